"""``starlight.status``, ``starlight.rebuild``, and the notification."""

from __future__ import annotations

import pytest

from starlight import __version__
from tests.e2e.client import Refused
from tests.e2e.vaults import BIG, make_big
from tests.waiting import wait_until

NUMBERS = (
    "files",
    "chunks",
    "queue",
    "revision",
    "failed",
    "total",
    "done",
    "percent",
    "refined",
    "scans",
    "recognised",
)
WORDS = ("message", "changed", "progress", "path", "watching", "refining", "recognising")
OTHERS = ("state", "rate", "seconds_left", "rebuilding", "paused")

NOTES = """
== tea.md ==
# Tea
Boil water.
== coffee.md ==
# Coffee
"""


@pytest.fixture(scope="module")
def server(share, module_home):
    (module_home / "notes").mkdir()
    (module_home / "notes" / "broken.md").write_bytes(b"\0\1\2")
    return share(NOTES)


@pytest.fixture(scope="module")
def root(module_home):
    return module_home / "notes"


def test_status_has_the_agreed_shape(server, root):
    status = server.status()
    report = status.pop("report")
    assert set(status) == {"version", "answers", "summary_lines", "roots", *NUMBERS, *WORDS, *OTHERS}
    assert status["answers"] == {
        "local_calls": 0, "local_tokens": 0, "remote_calls": 0, "remote_tokens": 0,
        "model": "", "loaded": False, "queue": 0,
    }  # fmt: skip
    assert status["state"] == "ready"
    assert status["version"] == __version__
    assert all(isinstance(status[name], int) for name in NUMBERS)
    assert (status["files"], status["queue"], status["failed"]) == (2, 0, 1)
    (of_root,) = status["roots"]
    sizes = of_root.pop("sizes")
    assert of_root.pop("problems") == []
    assert of_root["adaptation"]["message"] == "not tried"
    assert set(of_root) == {"root", "failures", "model", "fingerprint", "adaptation", *NUMBERS, *WORDS, *OTHERS}
    assert set(sizes) == {"database", "log", "text", "tables"}
    assert sizes["text"] > 0
    assert of_root["watching"] == "native"
    assert of_root["root"] == str(root)
    assert of_root["failures"] == [{"path": "broken.md", "reason": "is a binary file, not text"}]
    for part in (__version__, str(root), "broken.md", "ready", of_root["model"], of_root["fingerprint"], "s ago"):
        assert part in report
    assert status == server.of("starlight/status")[-1]


def test_status_needs_no_argument(server):
    for arguments in ([], [None], [{}]):
        assert server.execute("starlight.status", *arguments)["version"] == __version__


def test_notifications_tell_every_change_in_the_end(server, root):
    before = server.of("starlight/status")[-1]
    assert "report" not in before
    (root / "cocoa.md").write_text("# Cocoa\n")
    server.notify("textDocument/didSave", {"textDocument": {"uri": (root / "cocoa.md").as_uri()}})
    server.wait("the new note is counted", lambda: server.of("starlight/status")[-1]["files"] == 3)
    assert server.of("starlight/status")[-1]["revision"] > before["revision"]


def test_rebuild_makes_the_index_again_and_searches_go_on(ready, cache, tmp_path):
    root = make_big(tmp_path / "big")
    server = ready(root)
    before = _inode(cache)
    assert "roots" in server.execute("starlight.rebuild", {"root": str(root)})
    answers = []
    while _inode(cache) == before:
        answers.append(server.search("kettle"))
    assert all(answer["hits"] for answer in answers), "the old index answers until the new one is there"
    assert not all(answer["complete"] for answer in answers)
    told = [status for status in server.of("starlight/status") if status["rebuilding"]]
    assert {(status["state"], status["files"]) for status in told} == {("indexing", BIG)}
    server.wait("the new one is told", lambda: server.of("starlight/status")[-1]["rebuilding"] is False)
    assert _standing(server) == ("ready", BIG)
    assert server.search("kettle")["complete"] is True


def test_pause_and_resume(ready, tmp_path):
    root = make_big(tmp_path / "big")
    server = ready(root)
    server.execute("starlight.rebuild")
    assert "roots" in server.execute("starlight.pause", {"root": str(root)})
    status = server.wait_state("paused")
    assert (status["paused"], status["rebuilding"]) == (True, True)
    assert "goes on" in status["message"]
    assert server.search("kettle")["hits"]
    server.execute("starlight.resume")
    status = server.wait_state("ready", limit=60)
    assert (status["paused"], status["files"]) == (False, BIG)


@pytest.mark.parametrize("command", ["starlight.rebuild", "starlight.pause", "starlight.resume"])
def test_an_unknown_folder_is_refused(server, command):
    with pytest.raises(Refused, match="no such folder is open"):
        server.execute(command, {"root": "/nowhere"})


def test_status_adds_the_folders_up(serve, vault):
    server = serve(vault("== tea.md ==\n# Tea\n", "first"), vault("== a.md ==\n# A\n== b.md ==\n# B\n", "second"))
    wait_until("both are indexed", lambda: _standing(server) == ("ready", 3))
    assert [root["files"] for root in server.status()["roots"]] == [1, 2]


def _inode(cache) -> int:
    """Of the database that is searched."""
    (database,) = (path for path in cache.glob("starlight/indexes/*/index-*.db") if not path.match("*.new.db"))
    return database.stat().st_ino


def _standing(server) -> tuple[str, int]:
    status = server.status()
    return status["state"], status["files"]
