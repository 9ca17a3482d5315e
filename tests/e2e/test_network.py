"""No byte leaves the machine: every process of ours indexes and searches with the network refused to it.

An audit hook in each process refuses and records every attempt; a network namespace without interfaces shows the
same for native code, which an audit hook does not see.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.models import consent
from tests.e2e.client import SERVE, Server
from tests.models import tiny_gguf
from tests.parts import need
from tests.waiting import wait_until

HOOK = Path(__file__).parent / "network"
NOTES = "== tea.md ==\n# Tea\nBoil the water.\n== alps.md ==\n# Alps\nThe glacier was blue.\n"
STARLIGHT = [sys.executable, "-m", "starlight"]
PROCESSES = {"index", "search", "serve", "indexer"}
REFINER = "refiner"
"""These and the refiner are every kind of process that there is."""


@pytest.fixture(autouse=True)
def _no_word_to_the_hub(monkeypatch):
    """None of the variables that keep a model hub's client quiet is needed."""
    for name in os.environ:
        if name.startswith(("HF_", "TRANSFORMERS_")):
            monkeypatch.delenv(name)


@pytest.fixture
def audit(tmp_path, monkeypatch) -> Path:
    """Refuse the network to every process that is started from here; attempts are recorded in this folder."""
    folder = tmp_path / "audit"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(HOOK), os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("STARLIGHT_TEST_AUDIT", str(folder))
    return folder


def _work(root: Path, run: Callable[[list[str]], str], start: Callable[[list[str]], Server]) -> None:
    """Index and search ``root`` by the command line, and again, changed and rebuilt, by the server."""
    report = json.loads(run([*STARLIGHT, "index", str(root), "--json"]).splitlines()[-1])
    assert (report["files"], report["failed"]) == (2, [])
    found = json.loads(run([*STARLIGHT, "search", "hot drink", "--root", str(root), "--json"]))
    assert found["hits"][0]["path"] == "tea.md"
    server = start(SERVE)
    server.initialize(root)
    server.wait_state("ready")
    (root / "new.md").write_text("# New\nA walrus appeared.\n")
    server.wait("the new note is indexed", lambda: server.of("starlight/status")[-1]["files"] == 3)
    server.execute("starlight.rebuild", {})
    wait_until("the new index is made in one go", lambda: _standing(server) == ("ready", 3, 1))
    assert server.search("walrus")["hits"][0]["path"] == "new.md"
    assert server.request("workspace/symbol", {"query": "hot drink"})
    assert server.close() == 0


def _standing(server: Server) -> tuple[str, int, int]:
    status = server.status()
    return status["state"], status["files"], status["revision"]


def _run(command: list[str]) -> str:
    ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


def _kinds(file: Path) -> set[str]:
    """Which of our processes wrote a line into ``file``."""
    lines = file.read_text().splitlines() if file.exists() else []
    return {_kind(line.split("\t")[-1].split()) for line in lines}


def _kind(command: list[str]) -> str:
    if "starlight.indexer" in command:
        return "indexer"
    if "starlight.models.refiner_worker" in command:
        return REFINER
    return next((word for word in command if word in PROCESSES), " ".join(command))


@pytest.fixture
def refines(xdg_home):
    """Let results be refined, as they are where nobody says otherwise."""
    (xdg_home / "config" / "starlight" / "config.toml").unlink()


@pytest.mark.usefixtures("refines")
def test_no_process_reaches_for_the_network(audit, start, vault):
    _work(vault(NOTES), _run, start)
    assert _kinds(audit / "started") - {REFINER} == PROCESSES
    if importlib.util.find_spec("onnxruntime"):
        assert REFINER in _kinds(audit / "started")
    assert not (audit / "attempts").exists(), (audit / "attempts").read_text()


def test_control_a_planted_connection_is_caught_in_each_process(audit, start, vault, monkeypatch):
    """Each process connects somewhere when it opens its database: the test above would have seen it."""
    monkeypatch.setenv("STARLIGHT_TEST_PLANT", "apsw")
    _work(vault(NOTES), _run, start)
    assert _kinds(audit / "attempts") == PROCESSES
    assert "192.0.2.1" in (audit / "attempts").read_text()


@pytest.mark.usefixtures("refines")
def test_control_a_planted_connection_is_caught_in_the_refiner(audit, vault, monkeypatch):
    need("onnxruntime", importlib.util.find_spec("onnxruntime") is not None, "pip install onnxruntime")
    monkeypatch.setenv("STARLIGHT_TEST_PLANT", "onnxruntime")
    queries = audit / "queries"
    queries.write_text("hot drink\n")
    _run([*STARLIGHT, "search", "--queries", str(queries), "--root", str(vault(NOTES))])
    assert _kinds(audit / "attempts") == {REFINER}


@pytest.mark.parametrize(
    "reach",
    [
        "socket.socket().connect(('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "socket.getaddrinfo('localhost', 80)",
        "socket.gethostbyname('localhost')",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:9/')",
    ],
)
def test_control_every_way_out_is_refused(audit, reach):
    ended = subprocess.run([sys.executable, "-c", f"import socket; {reach}"], capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"the network is refused in this test" in ended.stderr
    assert (audit / "attempts").exists()


def test_server_on_a_port_opens_that_port_only(audit, vault, monkeypatch, cache):
    """With loopback allowed to this test's server, nothing else is reached for."""
    from tests.e2e.test_wire import connected

    monkeypatch.setenv("STARLIGHT_TEST_LOOPBACK", "1")
    with connected() as client:
        client.initialize(vault(NOTES))
        client.wait_state("ready")
        assert client.search("hot drink")["hits"][0]["path"] == "tea.md"
    assert "serve" in _kinds(audit / "started")
    assert not (audit / "attempts").exists(), (audit / "attempts").read_text()


def test_models_are_kept_and_chosen_without_network(audit, xdg_home, tmp_path):
    _configure(xdg_home, "localPorts = []")
    file = tiny_gguf.write(tmp_path / "tiny.gguf", says="Tea.")
    for arguments in (["add", str(file)], ["use", "tiny"], ["list"], ["use", "--clear"], ["remove", "tiny"]):
        _run([*STARLIGHT, "model", *arguments])
    assert len((audit / "started").read_text().splitlines()) == 5
    assert not (audit / "attempts").exists(), (audit / "attempts").read_text()


def test_servers_are_looked_for_on_this_machine_alone_and_only_when_asked_for(audit, start, vault, monkeypatch):
    """Listing models reaches for loopback (refused here), and for nothing else; a start reaches for nothing."""
    server = start(SERVE)
    server.initialize(vault(NOTES), options={"chat": {"model": "x@127.0.0.1:11434"}})
    server.wait_state("ready")
    assert server.close() == 0
    assert not (audit / "attempts").exists()
    _run([*STARLIGHT, "model", "list"])
    reached = [line.split("\t")[0] for line in (audit / "attempts").read_text().splitlines()]
    assert reached
    assert all("('127.0.0.1', " in line for line in reached), reached


def test_another_machine_is_not_reached_for_without_consent(audit, start, vault, xdg_home):
    chat = {"endpoint": "http://models.example.org:8000", "model": "x", "localPorts": []}
    _configure(xdg_home, 'endpoint = "http://models.example.org:8000"\nmodel = "x"\nlocalPorts = []')
    root = vault(NOTES)
    server = start(SERVE)
    server.initialize(root, options={"chat": chat})
    server.wait_state("ready")
    assert server.close() == 0
    assert "only once you have agreed" in _run([*STARLIGHT, "model", "list", "--root", str(root)])
    refused = subprocess.run([*STARLIGHT, "model", "test", "--root", str(root)], capture_output=True, check=False)
    assert b"you have not agreed to that for this folder" in refused.stderr
    assert not (audit / "attempts").exists(), (audit / "attempts").read_text()


def test_control_with_consent_and_by_a_download_the_network_is_reached_for(audit, vault, xdg_home):
    _configure(xdg_home, 'endpoint = "http://models.example.org:8000"\nmodel = "x"\nlocalPorts = []')
    root = vault(NOTES)
    consent.allow(root, "models.example.org:8000")
    for arguments in (["test", "--root", str(root)], ["get", "qwen3-0.6b"]):
        assert not _ends_well([*STARLIGHT, "model", *arguments])
    attempts = (audit / "attempts").read_text()
    assert "models.example.org" in attempts
    assert "huggingface.co" in attempts


def _configure(xdg_home: Path, chat: str) -> None:
    folder = xdg_home / "config" / "starlight"
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(f"[chat]\n{chat}\n")


def _namespace() -> list[str]:
    """The command prefix that runs a program without any network interface; empty where that is not allowed."""
    ways = (["unshare", "--net", "--"], ["unshare", "--user", "--map-root-user", "--net", "--"])
    return next((way for way in ways if shutil.which("unshare") and _ends_well([*way, "true"])), [])


def _ends_well(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0


def test_without_any_network_interface(start, vault):
    prefix = _namespace()
    need("namespaces", bool(prefix), "needs Linux, the command unshare and the right to make a network namespace")
    _assert_cut_off(prefix)
    _work(vault(NOTES), lambda command: _run([*prefix, *command]), lambda command: start([*prefix, *command]))


def _assert_cut_off(prefix: list[str]) -> None:
    """The control: what can be reached outside of the namespace cannot be reached inside."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        reach = [sys.executable, "-c", f"__import__('socket').create_connection(('127.0.0.1', {port}), timeout=2)"]
        assert _ends_well(reach)
        assert not _ends_well([*prefix, *reach])
