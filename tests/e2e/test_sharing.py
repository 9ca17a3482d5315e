"""One indexer a folder, however many servers: who starts it, who goes on when something is killed, and its end."""

from __future__ import annotations

import os
import sys

import pytest

from tests.e2e import processes
from tests.e2e.vaults import BIG, make_big
from tests.waiting import wait_until

TEA = "== tea.md ==\n# Tea\nBoil the water.\n"


@pytest.fixture(autouse=True)
def _proc() -> None:
    processes.need_proc()


def test_two_servers_that_start_at_once_share_one_indexer(serve, vault, cache):
    root = vault(TEA)
    servers = [serve(root) for _ in range(2)]
    for server in servers:
        server.wait_state("ready")
    (pid,) = wait_until("one indexer is left", lambda: _one(processes.of(cache)))
    _write(root, "cardamom")
    for server in servers:
        _wait_found(server, "cardamom")
    assert processes.of(cache) == [pid]
    assert os.getpriority(os.PRIO_PROCESS, pid) >= 10
    assert not (processes.PROC / str(pid) / "cwd").resolve().is_relative_to(root)  # it must stay free to be moved
    assert os.getsid(pid) == pid  # what ends the editor's session does not end it


def test_servers_go_one_after_the_other_and_the_indexer_with_the_last(ready, vault, cache):
    root = vault(TEA)
    first, second = ready(root), ready(root)
    first.process.kill()
    first.wait_ended()
    _write(root, "cardamom")
    _wait_found(second, "cardamom")
    second.hang_up()  # as an editor that crashed: no word, its pipes are closed
    second.wait_ended()
    assert "Traceback" not in second.log
    assert len(processes.of(cache)) == 1  # a window that reloads is back by then
    wait_until("the indexer has ended", lambda: not processes.of(cache), limit=15)


def test_indexer_is_killed(ready, vault, cache):
    root = vault(TEA)
    first, second = ready(root), ready(root)
    (pid,) = processes.of(cache)
    processes.kill(pid)
    _write(root, "cardamom")
    for server in (first, second):
        _wait_found(server, "cardamom")
        assert server.wait_state("ready")["files"] == 2
    (other,) = processes.of(cache)
    assert other != pid


def test_indexer_is_killed_while_it_works(serve, cache, tmp_path):
    server = serve(make_big(tmp_path / "big"))
    server.wait("indexing has begun", lambda: any(status["chunks"] for status in server.of("starlight/status")))
    committed = server.status()["files"]
    (pid,) = processes.of(cache)
    processes.kill(pid)
    assert server.search("kettle")["hits"]
    assert server.wait_state("ready", limit=60)["files"] == BIG
    assert 0 < committed < BIG


def test_indexer_that_dies_over_and_over_is_given_up_and_it_is_said(start, vault, cache):
    """An indexer that cannot even start: its interpreter is another program."""
    root = vault(TEA)
    server = start(_python("import sys; sys.executable = '/bin/false'"))
    server.initialize(root)
    status = server.wait_state("failed")
    assert "the indexer ended with code 1" in status["message"]
    assert "log" in status["message"]
    (warning,) = server.of("window/showMessage")
    assert status["message"] in warning["message"]


def _python(first: str) -> list[str]:
    return [sys.executable, "-c", f"{first}\nfrom starlight.cli import main\nraise SystemExit(main(['serve']))"]


def _one(found: list[int]) -> list[int]:
    return found if len(found) == 1 else []


def _write(root, word: str) -> None:
    (root / f"{word}.md").write_text(f"# New\nAdd {word}.\n")


def _wait_found(server, word: str) -> None:
    wait_until(f"{word} is found", lambda: f"{word}.md" in str(server.search(word)["hits"]))


@pytest.mark.parametrize("what", ["index-*.db*", "*"])
def test_index_is_deleted_under_a_running_server(ready, vault, cache, what):
    root = vault(TEA)
    server = ready(root)
    _wait_found(server, "tea")
    for file in cache.glob(f"starlight/indexes/*/{what}"):
        file.unlink()
    found = server.search("tea")
    assert (found["verdict"], found["complete"], found["hits"]) == ("nothing", False, [])
    _wait_found(server, "tea")
    _write(root, "cardamom")
    _wait_found(server, "cardamom")
    wait_until("one indexer is left", lambda: len(processes.of(cache)) == 1)
