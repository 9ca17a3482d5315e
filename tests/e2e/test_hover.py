"""``textDocument/hover`` over a link: the head of the note that it leads to, as the editor has it.

Driven by pytest-lsp, a client that someone else wrote.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient

from tests import vaults

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTES = """
== index.md ==
# Index
See [[tea]], [[tea#Black tea]], [[Brewed leaves]], [[tea|the green one]], [[nothing here]].
Also [a page](garden/blight.md) and [a site](https://example.org).
== tea.md ==
---
aliases: [Brewed leaves]
tags: [drinks]
---
# Tea

Boil the water first.

## Black tea

Wait four minutes.
== garden/blight.md ==
# Tomato blight
Brown spots.
== 😀 smile.md ==
😀😀 [[tea]]
"""


@pytest_lsp.fixture(
    scope="module", config=ClientServerConfig(server_command=[sys.executable, "-m", "starlight", "serve"])
)
async def editor(lsp_client: LanguageClient, notes: Path):
    """A session with the notes open and indexed."""
    states: list[str] = []

    @lsp_client.feature("starlight/status")
    def status(params) -> None:
        states.append(params.state)

    hover = lsp.HoverClientCapabilities(content_format=[lsp.MarkupKind.Markdown])
    capabilities = lsp.ClientCapabilities(text_document=lsp.TextDocumentClientCapabilities(hover=hover))
    folder = lsp.WorkspaceFolder(uri=notes.as_uri(), name="notes")
    await lsp_client.initialize_session(lsp.InitializeParams(capabilities, workspace_folders=[folder]))
    while "ready" not in states:
        await lsp_client.wait_for_notification("starlight/status")
    yield
    await lsp_client.shutdown_session()


@pytest.fixture(scope="module")
def notes(module_home: Path) -> Path:
    return vaults.write(module_home / "notes", NOTES)


@pytest.fixture(scope="module", autouse=True)
def _home_comes_first(module_home: Path) -> None:
    """The server that pytest-lsp starts takes its environment from ours."""


@contextlib.asynccontextmanager
async def opened(editor: LanguageClient, path: Path, text: str) -> AsyncIterator[str]:
    """Have ``path`` open in the editor, with that text; yields its URI."""
    uri = path.as_uri()
    document = lsp.TextDocumentItem(uri=uri, language_id="markdown", version=1, text=text)
    editor.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
    yield uri
    editor.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))


async def at(editor: LanguageClient, uri: str, line: int, character: int) -> lsp.Hover | None:
    """Hover over that position."""
    params = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(line, character))
    return await editor.text_document_hover_async(params)


async def over(editor: LanguageClient, path: Path, link: str) -> str:
    """Hover over the second character of ``link`` in a note that is not changed; returns the text, if any."""
    text = vaults.split(NOTES)[path.name]
    before = text[: text.index(link)]
    async with opened(editor, path, text) as uri:
        found = await at(editor, uri, before.count("\n"), len(before) - before.rfind("\n"))
    return found.contents.value if found else ""


async def test_wikilink(editor, notes):
    async with opened(editor, notes / "index.md", (notes / "index.md").read_text()) as uri:
        found = await at(editor, uri, 1, 6)
    assert found.contents.kind == lsp.MarkupKind.Markdown
    head = found.contents.value
    assert head.startswith("**Tea**")
    for part in ("`#drinks`", "`tea.md`", "linked from 2 notes", "Boil the water first."):
        assert part in head, head
    assert found.range == lsp.Range(lsp.Position(1, 4), lsp.Position(1, 11))


async def test_document_that_is_not_open_is_read_from_disk(editor, notes):
    found = await at(editor, (notes / "index.md").as_uri(), 1, 6)
    assert found.contents.value.startswith("**Tea**")


async def test_anchor_shows_the_section(editor, notes):
    head = await over(editor, notes / "index.md", "[[tea#Black tea]]")
    assert head.startswith("**Tea** › Black tea")
    assert "Wait four minutes." in head
    assert "Boil the water" not in head


@pytest.mark.parametrize("link", ["[[Brewed leaves]]", "[[tea|the green one]]"])
async def test_alias_and_shown_text(editor, notes, link):
    assert (await over(editor, notes / "index.md", link)).startswith("**Tea**")


async def test_markdown_link(editor, notes):
    assert (await over(editor, notes / "index.md", "[a page]")).startswith("**Tomato blight**")


async def test_beside_links_and_over_other_sites_there_is_nothing(editor, notes):
    assert await over(editor, notes / "index.md", "Also") == ""
    assert await over(editor, notes / "index.md", "[a site]") == ""


async def test_link_to_no_note(editor, notes):
    assert await over(editor, notes / "index.md", "[[nothing here]]") == "No note is called “nothing here” yet."


async def test_open_buffer_wins_over_the_disk_until_it_is_closed(editor, notes):
    async with opened(editor, notes / "tea.md", "# Tea\n\nBoil it, or so the unsaved text says.\n"):
        head = await over(editor, notes / "index.md", "[[tea]]")
    assert "so the unsaved text says" in head
    assert "Boil the water first" not in head
    assert "Boil the water first" in await over(editor, notes / "index.md", "[[tea]]")


async def test_buffer_that_was_emptied_wins_too(editor, notes):
    async with opened(editor, notes / "tea.md", ""):
        head = await over(editor, notes / "index.md", "[[tea]]")
    assert "*(empty)*" in head
    assert "Boil" not in head


async def test_characters_outside_the_first_plane_count_twice(editor, notes):
    path = notes / "😀 smile.md"
    async with opened(editor, path, path.read_text()) as uri:
        found = await at(editor, uri, 0, 7)
    assert found.contents.value.startswith("**Tea**")
    assert found.range == lsp.Range(lsp.Position(0, 5), lsp.Position(0, 12))


async def test_edits_are_followed(editor, notes):
    path = notes / "index.md"
    start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
    async with opened(editor, path, path.read_text()) as uri:
        edit = lsp.TextDocumentContentChangePartial(range=start, text="Two lines more.\n\n")
        version = lsp.VersionedTextDocumentIdentifier(uri=uri, version=2)
        editor.text_document_did_change(lsp.DidChangeTextDocumentParams(version, [edit]))
        found = await at(editor, uri, 3, 6)
    assert found.contents.value.startswith("**Tea**")
    assert found.range.start == lsp.Position(3, 4)


async def test_document_outside_of_every_folder(editor, notes, tmp_path):
    async with opened(editor, tmp_path / "elsewhere.md", "See [[tea]].\n") as uri:
        assert await at(editor, uri, 0, 7) is None
