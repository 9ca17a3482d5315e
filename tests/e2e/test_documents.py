"""What is in the editor is what is searched: opened, typed, saved, closed."""

from __future__ import annotations

import shutil

import pytest

from tests import vaults
from tests.waiting import wait_until

SOON = 20.0
START = """
== tea.md ==
# Tea
Boil the water.
== trips/alps.md ==
# Alps
The glacier was blue.
"""


@pytest.fixture(scope="module")
def server(share):
    return share(START)


@pytest.fixture
def root(module_home, server):
    """The folder as it was at the start, with nothing open."""
    root = module_home / "notes"
    yield root
    for path in ("tea.md", "trips/alps.md", "new.md"):
        close(server, root / path)
    for left in root.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    vaults.write(root, START)
    server.notify("textDocument/didSave", {"textDocument": {"uri": (root / "tea.md").as_uri()}})
    wait_until("everything is as at the start", lambda: places(server, "boil") == ["tea.md"], limit=SOON)


def type_(server, path, text: str, version: int = 2) -> None:
    """Replace all that is in the editor."""
    server.notify("textDocument/didChange", {
        "textDocument": {"uri": path.as_uri(), "version": version}, "contentChanges": [{"text": text}],
    })  # fmt: skip


def insert(server, path, line: int, character: int, text: str, version: int) -> None:
    place = {"line": line, "character": character}
    server.notify("textDocument/didChange", {
        "textDocument": {"uri": path.as_uri(), "version": version},
        "contentChanges": [{"range": {"start": place, "end": place}, "text": text}],
    })  # fmt: skip


def close(server, path) -> None:
    server.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})


def places(server, word: str) -> list[str]:
    return [hit["path"] for hit in server.search(word)["hits"] if word in hit["snippet"].lower()]


def test_what_is_typed_is_found_by_the_very_next_search(server, root):
    tea = root / "tea.md"
    server.open(tea, tea.read_text())
    type_(server, tea, "# Tea\nAdd cardamom.\n\nA walrus\n")
    (hit,) = [hit for hit in server.search("walrus")["hits"] if "walrus" in hit["snippet"]]
    assert (hit["path"], hit["line"], hit["uri"]) == ("tea.md", 4, tea.as_uri())
    assert places(server, "boil") == []
    insert(server, tea, 3, 8, " and a narwhal", 3)
    assert places(server, "narwhal") == ["tea.md"]
    assert places(server, "glacier") == ["trips/alps.md"]


@pytest.mark.parametrize("name", ["my tea.md", "Tee für Jürgen.md", "50%25 off #1 [b] 茶.md"])
def test_what_is_typed_is_found_in_a_note_of_any_name(server, root, name):
    note = root / name
    note.write_text("# Note\n")
    server.open(note, "# Note\nA capybara.\n")
    assert places(server, "capybara") == [name]
    type_(server, note, "# Note\nA walrus.\n")
    assert (places(server, "walrus"), places(server, "capybara")) == ([name], [])
    close(server, note)


def test_a_new_title_is_found(server, root):
    server.open(root / "tea.md", "# Infusions\nBoil the water.\n")
    assert server.search("infusions")["hits"][0]["title"] == "Infusions"
    assert server.request("workspace/symbol", {"query": "infusions"})[0]["name"] == "Infusions"


def test_hundreds_of_keys(server, root):
    tea = root / "tea.md"
    server.open(tea, "# Tea\n")
    for version in range(2, 302):
        insert(server, tea, 1, 0, "walrus " if version % 3 else f"word{version}x\n", version)
        if version % 20 == 0:
            assert set(places(server, "walrus")) == {"tea.md"}
    assert places(server, "word300x") == ["tea.md"]


def test_closed_without_saving_the_disk_wins(server, root):
    server.open(root / "tea.md", "A walrus.\n")
    assert places(server, "walrus") == ["tea.md"]
    close(server, root / "tea.md")
    assert places(server, "walrus") == []
    assert places(server, "boil") == ["tea.md"]


def test_saved_it_is_found_all_the_time(server, root):
    tea = root / "tea.md"
    server.open(tea, tea.read_text())
    for number in range(10):
        text = f"# Tea\nA walrus named number{number}x.\n"
        type_(server, tea, text, number + 2)
        assert places(server, f"number{number}x") == ["tea.md"]
        tea.write_text(text)
        server.notify("textDocument/didSave", {"textDocument": {"uri": tea.as_uri()}})
        assert places(server, f"number{number}x") == ["tea.md"]
    close(server, tea)
    wait_until("what was saved is indexed", lambda: places(server, "number9x") == ["tea.md"], limit=SOON)


def test_a_note_that_is_on_no_disk_yet(server, root):
    server.open(root / "new.md", "# New\nA walrus.\n")
    assert places(server, "walrus") == ["new.md"]
    close(server, root / "new.md")
    assert places(server, "walrus") == []


def test_what_is_no_note_of_the_folder_is_not_searched(server, root, module_home):
    for uri in (
        "untitled:Untitled-1", (root / "plain.txt").as_uri(), (root / ".hidden" / "a.md").as_uri(),
        (module_home / "elsewhere.md").as_uri(), "vscode-notebook-cell:/a.md", "file:", "git:/tea.md?ref",
    ):  # fmt: skip
        document = {"uri": uri, "languageId": "markdown", "version": 1, "text": "A walrus.\n"}
        server.notify("textDocument/didOpen", {"textDocument": document})
        change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": "A walrus, twice.\n"}]}
        server.notify("textDocument/didChange", change)
        assert places(server, "walrus") == [], uri
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def test_documents_stay_open_when_the_folder_is_opened_anew(serve, vault):
    folder = vault(START)
    server = serve()
    server.open(folder / "tea.md", "A walrus.\n")
    added = {"added": [{"uri": folder.as_uri(), "name": "notes"}], "removed": []}
    server.notify("workspace/didChangeWorkspaceFolders", {"event": added})
    wait_until("the folder is indexed", lambda: places(server, "glacier") == ["trips/alps.md"], limit=SOON)
    assert places(server, "walrus") == ["tea.md"]
    server.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": added["added"]}})
    server.notify("workspace/didChangeWorkspaceFolders", {"event": added})
    wait_until("the folder is there again", lambda: places(server, "glacier") == ["trips/alps.md"], limit=SOON)
    assert places(server, "walrus") == ["tea.md"]


def test_a_folder_within_another_and_one_under_two_names(ready, vault, tmp_path):
    outer, link = vault(START, "outer"), tmp_path / "link"
    link.symlink_to(outer)
    inner = outer / "trips"
    server = ready(inner, outer, link)
    server.wait("all is indexed", lambda: server.status()["files"] == 2)
    server.open(inner / "alps.md", "A walrus.\n")
    server.open(link / "tea.md", "A walrus, too.\n")
    assert sorted(places(server, "walrus")) == ["tea.md", "trips/alps.md"]
    assert [hit["path"] for hit in server.search("walrus", root=str(inner))["hits"]] == ["alps.md"]
    close(server, inner / "alps.md")
    assert places(server, "walrus") == ["tea.md"]
    close(server, link / "tea.md")
    assert places(server, "walrus") == []
