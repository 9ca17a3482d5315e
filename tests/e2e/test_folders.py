"""Folders of the client: added and removed, one within another, and a home directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import processes
from tests.waiting import wait_until

TEA = "== tea.md ==\n# Tea\nBoil the water.\n"
ALPS = "== alps.md ==\n# Alps\nThe glacier was blue.\n"


def test_added_and_removed(ready, vault, cache):
    first, second = vault(TEA, "first"), vault(ALPS, "second")
    server = ready(first, first)
    server.notify("workspace/didChangeWorkspaceFolders", _event(added=[second, first]))
    wait_until("the new folder is searched", lambda: _paths(server.search("blue glacier"))[:1] == ["alps.md"])
    assert [root["root"] for root in server.status()["roots"]] == [str(first), str(second)]
    assert _paths(server.search("water", root=str(first)))[0] == "tea.md"

    server.notify("workspace/didChangeWorkspaceFolders", _event(removed=[first]))
    wait_until("the old folder is gone", lambda: [r["root"] for r in server.status()["roots"]] == [str(second)])
    assert "tea.md" not in _paths(server.search("boil the water"))
    assert server.status()["files"] == 1

    server.notify("workspace/didChangeWorkspaceFolders", _event(removed=[second]))
    assert server.search("tea")["hits"] == []
    assert "No folder is open" in server.status()["message"]
    server.notify("workspace/didChangeWorkspaceFolders", _event(added=[first]))
    server.notify("workspace/didChangeWorkspaceFolders", _event(removed=[first]))
    assert server.status()["roots"] == []
    assert "failed" not in server.log


OUTER = (
    TEA
    + """== inner/alps.md ==
# Alps
The glacier was blue.
== inner/deep/ice.md ==
# Ice
The glacier was cold.
== innermost.md ==
# Innermost
No glacier is here.
"""
)


def test_a_folder_within_another_is_indexed_once(ready, vault, cache):
    outer = vault(OUTER, "outer")
    inner = outer / "inner"
    server = ready(inner, outer)
    server.wait("the inner one leans on the outer", lambda: _roots(server) == [str(outer)])
    server.wait("all is indexed", lambda: server.status()["files"] == 4)
    assert sorted(_paths(server.search("glacier"))) == ["inner/alps.md", "inner/deep/ice.md", "innermost.md"]
    hits = server.search("glacier", root=str(inner))["hits"]
    assert sorted((hit["path"], hit["uri"]) for hit in hits) == [
        ("alps.md", (inner / "alps.md").as_uri()),
        ("deep/ice.md", (inner / "deep" / "ice.md").as_uri()),
    ]
    (inner / "alps.md").write_text("# Alps\nA marmot whistled.\n")
    server.notify("textDocument/didSave", {"textDocument": {"uri": (inner / "alps.md").as_uri()}})
    wait_until("the change is found", lambda: "marmot" in str(server.search("marmot", root=str(inner))["hits"]))
    answer = server.execute("starlight.why", {"uri": (inner / "alps.md").as_uri()})
    assert (answer["path"], answer["root"]) == ("inner/alps.md", str(outer))

    server.notify("workspace/didChangeWorkspaceFolders", _event(removed=[outer]))
    server.wait("the inner one is indexed by itself", lambda: _roots(server) == [str(inner)])
    wait_until("it is searched", lambda: sorted(_paths(server.search("glacier marmot"))) == ["alps.md", "deep/ice.md"])
    server.notify("workspace/didChangeWorkspaceFolders", _event(added=[outer]))
    server.wait("the outer one has it again", lambda: _roots(server) == [str(outer)])
    wait_until("it is searched", lambda: "inner/deep/ice.md" in _paths(server.search("glacier")))
    assert "failed" not in server.log


def test_a_folder_that_the_outer_one_leaves_out_is_indexed_by_itself(ready, vault):
    outer = vault(OUTER + "== .gitignore ==\ninner\n", "outer")
    server = ready(outer, outer / "inner")
    wait_until(
        "both are indexed",
        lambda: sorted(_paths(server.search("glacier"))) == ["alps.md", "deep/ice.md", "innermost.md"],
    )
    assert _roots(server) == [str(outer), str(outer / "inner")]


def test_a_folder_under_two_names_is_indexed_once(ready, vault, tmp_path):
    root, link = vault(TEA), tmp_path / "link"
    link.symlink_to(root)
    server = ready(root, link)
    server.wait("the link leans on the folder", lambda: _roots(server) == [str(root)])
    assert _paths(server.search("boil")) == ["tea.md"]
    assert server.search("boil", root=str(link))["hits"][0]["uri"] == (link / "tea.md").as_uri()


def test_link_to_a_folder_is_that_folder_under_the_client_s_name(ready, vault, tmp_path):
    root, link = vault(TEA), tmp_path / "link"
    link.symlink_to(root)
    server = ready(link)
    assert server.status()["roots"][0]["root"] == str(link)
    assert server.search("boil", root=str(link))["hits"][0]["uri"] == (link / "tea.md").as_uri()
    assert server.search("boil", root=str(root))["hits"][0]["path"] == "tea.md"
    (root / "tea.md").write_text("# Tea\nAdd cardamom.\n")
    server.notify("textDocument/didSave", {"textDocument": {"uri": (link / "tea.md").as_uri()}})
    wait_until("the change is found", lambda: "cardamom" in str(server.search("cardamom")["hits"]))


@pytest.fixture
def home(tmp_path: Path, vault) -> Path:
    return vault(TEA, "home")


def _ask(start, home: Path, answer: str | None):
    server = start(environment={"HOME": str(home), "USERPROFILE": str(home)})
    server.answers["window/showMessageRequest"] = lambda _params: {"title": answer} if answer else None
    server.initialize(home)
    (question,) = server.wait("the user is asked", lambda: server.of("window/showMessageRequest"))
    assert "home directory" in question["message"]
    assert str(home) in question["message"]
    assert [action["title"] for action in question["actions"]] == ["Index it anyway", "Leave it"]
    return server


@pytest.mark.parametrize("answer", ["Leave it", None])
def test_home_directory_is_left_alone(start, home, cache, answer):
    server = _ask(start, home, answer)
    status = server.wait_state("failed")
    assert "home directory" in status["message"]
    assert processes.of(cache) == []
    assert not list(cache.rglob("index-*.db"))
    assert server.of("window/showMessage") == []  # the question was enough
    assert len(server.of("window/showMessageRequest")) == 1


def test_home_directory_is_indexed_when_asked_twice(start, home):
    server = _ask(start, home, "Index it anyway")
    server.wait_state("ready")
    assert _paths(server.search("boil the water")) == ["tea.md"]


def _roots(server) -> list[str]:
    return [root["root"] for root in server.status()["roots"]]


def _event(added: list[Path] = [], removed: list[Path] = []) -> dict:  # noqa: B006 -- never changed
    return {"event": {"added": _folders(added), "removed": _folders(removed)}}


def _folders(paths: list[Path]) -> list[dict]:
    return [{"uri": path.as_uri(), "name": path.name} for path in paths]


def _paths(answer: dict) -> list[str]:
    return [hit["path"] for hit in answer["hits"]]
