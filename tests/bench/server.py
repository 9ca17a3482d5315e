"""The language server: how soon it answers, how fast it searches, how soon a change is found."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

import starlight
from tests.bench.measure import DATA, STARLIGHT, Extent, Figure, isolated, latencies, median, missing

VAULT = DATA / "vaults" / "obsidian-help-en"
EMPTY = "from pygls.lsp.server import LanguageServer; LanguageServer('empty', '1').start_io()"
QUERIES = (
    "keep my notes in sync between devices", "how to make text bold", "publish a site", "graph of links",
    "keyboard shortcuts", "what happens when I delete a file", "templates for daily notes", "theme colours",
    "import from another app", "search operators", "plugins from the community", "encryption password lost",
)  # fmt: skip


def run(_extent: Extent) -> list[Figure]:
    empty = median(lambda: asyncio.run(_initialized([sys.executable, "-c", EMPTY])))
    ours = median(lambda: asyncio.run(_initialized([*STARLIGHT, "serve"])))
    found = [
        Figure(
            "process start to `initialize` answered, beyond an empty pygls server",
            ours - empty,
            "s",
            "under 0.15 s",
            f"{ours:.3f} s, empty {empty:.3f} s",
        )
    ]
    what = "search, warm, what the server does for one, in process: obsidian-help-en, 12 queries 10 times, 20 hits"
    goal = "under 10 ms"
    if not VAULT.is_dir():
        return [*found, missing(what, goal)]
    there_and_back = "the same with the way to it and back (LSP over pipes, a client in Python)"
    found += latencies(what, _searches_inside(), (goal, "", ""))
    return found + latencies(there_and_back, asyncio.run(_searches()))


def live(_extent: Extent) -> list[Figure]:
    what, goal = "a note written from outside until a search finds it", "under 1 s"
    if not VAULT.is_dir():
        return [missing(what, goal)]
    times = asyncio.run(_changes())
    return [Figure(what, statistics.median(times), "s", goal, f"worst of {len(times)} {max(times):.2f} s")]


def _searches_inside() -> list[float]:
    """What the server does for a search, on the thread that it does it on."""
    with isolated() as environment, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", environment["XDG_CACHE_HOME"])
        workspace = starlight.open(VAULT)
        workspace.search(QUERIES[0])
        times = []
        for query in QUERIES * 10:
            started = time.perf_counter()
            workspace.search(query)
            times.append(time.perf_counter() - started)
        workspace.close()
        return times


async def _initialized(command: list[str]) -> float:
    with isolated() as environment:
        started = time.perf_counter()
        client = await _connect(command, environment, None)
        elapsed = time.perf_counter() - started
        await _leave(client)
        return elapsed


async def _searches() -> list[float]:
    with isolated() as environment:
        client = await _connect([*STARLIGHT, "serve"], environment, VAULT)
        await _ready(client)
        times = []
        for query in QUERIES * 10:
            started = time.perf_counter()
            await _search(client, query)
            times.append(time.perf_counter() - started)
        await _leave(client)
        return times


async def _changes() -> list[float]:
    with isolated() as environment, tempfile.TemporaryDirectory() as folder:
        vault = Path(folder).resolve() / "vault"
        shutil.copytree(VAULT, vault)
        client = await _connect([*STARLIGHT, "serve"], environment, vault)
        await _ready(client)
        times = []
        for number in range(10):
            word = f"zyxw{number}qv"
            started = time.perf_counter()
            (vault / f"new{number}.md").write_text(f"# New\n\nThe {word} is here.\n", encoding="utf-8")
            while not any(word in hit["snippet"] for hit in (await _search(client, word))["hits"]):
                await asyncio.sleep(0.01)
            times.append(time.perf_counter() - started)
        await _leave(client)
        return times


async def _connect(command: list[str], environment: dict[str, str], root: Path | None) -> LanguageClient:
    client = LanguageClient("bench", "1")
    client.feature("starlight/status")(lambda _params: None)
    await client.start_io(*command, env=environment)
    folders = [lsp.WorkspaceFolder(root.as_uri(), root.name)] if root else None
    await client.initialize_async(
        lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), workspace_folders=folders)
    )
    client.initialized(lsp.InitializedParams())
    return client


async def _leave(client: LanguageClient) -> None:
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


async def _ready(client: LanguageClient) -> None:
    command = lsp.ExecuteCommandParams("starlight.status")
    while (await client.workspace_execute_command_async(command))["state"] != "ready":
        await asyncio.sleep(0.05)


async def _search(client: LanguageClient, query: str) -> dict:
    command = lsp.ExecuteCommandParams("starlight.search", [{"query": query}])
    return await client.workspace_execute_command_async(command)
