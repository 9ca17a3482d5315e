"""``starlight.status``, ``starlight.rebuild``, and the notification."""

from __future__ import annotations

import pytest

from starlight import __version__
from tests.e2e.client import Refused
from tests.waiting import wait_until

NUMBERS = ("files", "chunks", "queue", "revision", "failed")

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
    assert set(status) == {"state", "message", "version", "roots", *NUMBERS}
    assert status["state"] == "ready"
    assert status["version"] == __version__
    assert all(isinstance(status[name], int) for name in NUMBERS)
    assert (status["files"], status["queue"], status["failed"]) == (2, 0, 1)
    (of_root,) = status["roots"]
    assert set(of_root) == {"root", "state", "message", "failures", *NUMBERS}
    assert of_root["root"] == str(root)
    assert of_root["failures"] == [{"path": "broken.md", "reason": "is a binary file, not text"}]
    for part in (__version__, str(root), "broken.md", "ready"):
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


def test_rebuild_makes_the_index_again_and_searches_go_on(server, root):
    before = server.status()["revision"]
    assert "roots" in server.execute("starlight.rebuild", {"root": str(root)})
    while _standing(server) != ("ready", 3) or server.status()["revision"] >= before:
        server.search("boil water")  # never an error: the answer is incomplete at most
    assert server.search("boil water")["hits"][0]["path"] == "tea.md"
    assert server.search("boil water")["complete"] is True


def test_rebuild_of_an_unknown_folder_is_refused(server):
    with pytest.raises(Refused, match="no such folder is open"):
        server.execute("starlight.rebuild", {"root": "/nowhere"})


def test_status_adds_the_folders_up(serve, vault):
    server = serve(vault("== tea.md ==\n# Tea\n", "first"), vault("== a.md ==\n# A\n== b.md ==\n# B\n", "second"))
    wait_until("both are indexed", lambda: _standing(server) == ("ready", 3))
    assert [root["files"] for root in server.status()["roots"]] == [1, 2]


def _standing(server) -> tuple[str, int]:
    status = server.status()
    return status["state"], status["files"]
