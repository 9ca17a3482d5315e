"""Files saved, created, renamed and deleted, in the editor and outside of it, reach the search.

The promise is one second, which the benchmark measures; here the limit only tells soon from never.
"""

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
    """The folder as it was at the start, whatever an earlier test did to it."""
    root = module_home / "notes"
    for left in root.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    vaults.write(root, START)
    wait_until("everything is as at the start", lambda: _places(server, "boil") == ["tea.md"])
    wait_until("everything is as at the start", lambda: _places(server, "glacier") == ["trips/alps.md"])
    return root


@pytest.fixture
def found(server):
    """Wait until a search for a word that stands in one note only finds it there; None: until it is not found."""

    def wait(word: str, path: str | None) -> None:
        there = [path] if path else []
        wait_until(f"{word} is found in {path}", lambda: _places(server, word) == there, limit=SOON)

    return wait


def _places(server, word: str) -> list[str]:
    return [hit["path"] for hit in server.search(word)["hits"] if word in hit["snippet"].lower()]


def test_saved(server, root, found):
    (root / "tea.md").write_text("# Tea\nAdd cardamom.\n")
    server.notify("textDocument/didSave", {"textDocument": {"uri": (root / "tea.md").as_uri()}})
    found("cardamom", "tea.md")
    found("boil", None)


def test_created_renamed_and_deleted_in_the_editor(server, root, found):
    new, renamed = root / "new note.md", root / "trips" / "ärger.md"
    new.write_text("# New\nA walrus appeared.\n")
    server.notify("workspace/didCreateFiles", {"files": [{"uri": new.as_uri()}]})
    found("walrus", "new note.md")
    new.rename(renamed)
    server.notify("workspace/didRenameFiles", {"files": [{"oldUri": new.as_uri(), "newUri": renamed.as_uri()}]})
    found("walrus", "trips/ärger.md")
    renamed.unlink()
    server.notify("workspace/didDeleteFiles", {"files": [{"uri": renamed.as_uri()}]})
    found("walrus", None)


def test_folder_renamed_in_the_editor(server, root, found):
    (root / "trips").rename(root / "journeys")
    server.notify(
        "workspace/didRenameFiles",
        {"files": [{"oldUri": (root / "trips").as_uri(), "newUri": (root / "journeys").as_uri()}]},
    )
    found("glacier", "journeys/alps.md")


def test_created_changed_renamed_and_deleted_outside(root, found):
    note = root / "outside.md"
    note.write_text("# Outside\nA badger dug here.\n")
    found("badger", "outside.md")
    note.write_text("# Outside\nAn otter swam here.\n")
    found("otter", "outside.md")
    found("badger", None)
    note.rename(root / "trips" / "river.md")
    found("otter", "trips/river.md")
    (root / "trips" / "river.md").unlink()
    found("otter", None)


def test_replaced_as_editors_save(root, found):
    temporary = root / ".tea.md.swp"
    temporary.write_text("# Tea\nAdd saffron.\n")
    temporary.replace(root / "tea.md")
    found("saffron", "tea.md")


def test_folders_moved_and_removed_outside(root, found, module_home):
    (root / "trips").rename(root / "voyages")
    found("glacier", "voyages/alps.md")
    shutil.move(root / "voyages", module_home / "away")
    found("glacier", None)
    shutil.copytree(module_home / "away", root / "back" / "again")
    found("glacier", "back/again/alps.md")
    shutil.rmtree(root / "back")
    found("glacier", None)


def test_searches_go_on_while_notes_change(server, root):
    """A search sees one state of the index: a passage that was found does not vanish before it is shown."""
    for number in range(60):
        (root / "tea.md").write_text(f"# Tea\nBoil the water {number} times.\n")
        server.notify("textDocument/didSave", {"textDocument": {"uri": (root / "tea.md").as_uri()}})
        for _ in range(3):
            assert server.search("boil the water")["hits"][0]["path"] == "tea.md"


def test_what_is_left_out_stays_out(server, root, found):
    for path in (".hidden/secret.md", "node_modules/readme.md", "plain.canvas"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("A wombat.\n")
        server.notify("textDocument/didSave", {"textDocument": {"uri": (root / path).as_uri()}})
    (root / "seen.md").write_text("A quokka.\n")
    server.notify("textDocument/didSave", {"textDocument": {"uri": (root / "seen.md").as_uri()}})
    found("quokka", "seen.md")
    found("wombat", None)


def test_files_outside_of_the_folder_and_other_schemes_are_nobody_s(server, root, found, module_home):
    (module_home / "elsewhere.md").write_text("A wombat.\n")
    uris = [(module_home / "elsewhere.md").as_uri(), "untitled:Untitled-1", "vscode-notebook:/a.md", "file:"]
    for uri in uris:
        server.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        server.notify("workspace/didDeleteFiles", {"files": [{"uri": uri}]})
    found("boil", "tea.md")
    found("wombat", None)
