"""Open notes are searched as they are in the editor, with the ranks and scores that they would have if saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.config import Settings
from starlight.engine.describe import Made, describe
from starlight.engine.hits import Leg, Results
from starlight.engine.workspace import Workspace
from starlight.index.disk import Fact
from tests.engine.conftest import CountingEmbedder
from tests.engine.test_search import NOTES, check_shape
from tests.notes.strategies import markdown_text

LONG = "# Harbour\n\n" + "\n".join(
    f"## Pier {n}\n\nAt pier {n} the ships are loaded. {f'Word{n} about ropes, cranes and tides. ' * 30}\n"
    for n in range(9)
)
VAULT = f"{NOTES}== long.md ==\n{LONG}"
QUERIES = (
    "slate tiles", "flour", "water", "the", "growing vegetables", "holidays fridge", "levain", "baking", "泡茶", "چاي",
    "Gasthöfen Fluss", "ships at the pier", "word3 cranes", "harbour", "xqzvwk blorptangle", "covering of the house",
)  # fmt: skip


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(VAULT)


def found(workspace: Workspace, query: str, **how: object) -> list[str]:
    """The paths of the hits that hold a word of the query."""
    results = workspace.search(query, 100, **how)
    check_shape(results)
    return [hit.path for hit in results.hits if not all("in meaning" in why for why in hit.reasons)]


def text_of(workspace: Workspace, path: str) -> str:
    return (workspace.root / path).read_text(encoding="utf-8")


def check_equal(one: Results, other: Results) -> None:
    """The same hits at the same places for the same reasons, with the same scores."""
    assert [(hit.path, hit.start_line, hit.line, hit.title, hit.heading, hit.snippet) for hit in one.hits] == [
        (hit.path, hit.start_line, hit.line, hit.title, hit.heading, hit.snippet) for hit in other.hits
    ]
    assert [hit.reasons for hit in one.hits] == [hit.reasons for hit in other.hits]
    assert [hit.score for hit in one.hits] == pytest.approx([hit.score for hit in other.hits], abs=1e-3)
    assert one.verdict == other.verdict


@pytest.mark.parametrize("only", [None, "lexical", "semantic"])
@pytest.mark.parametrize("opened", [["long.md"], ["kitchen/sourdough.md", "日记/茶.md"], "all"])
def test_an_open_note_ranks_as_it_does_in_the_index(
    notes: Workspace, opened: list[str] | str, only: Leg | None
) -> None:
    """One more line end makes another note of the same passages: their ranks come from the overlay."""
    paths = [str(path.relative_to(notes.root)) for path in notes.root.rglob("*.md")] if opened == "all" else opened
    before = {query: notes.search(query, 100, only) for query in QUERIES}
    for path in paths:
        notes.show(path, f"{text_of(notes, path)}\n")
    for query in QUERIES:
        check_equal(notes.search(query, 100, only), before[query])


def test_an_edit_ranks_as_it_does_once_it_is_saved(notes: Workspace) -> None:
    edits = {
        "long.md": text_of(notes, "long.md").replace("Word4 about ropes", "A walrus about ropes"),
        "work/bicycle.md": text_of(notes, "work/bicycle.md").replace("# Bicycle", "# Velocipede"),
    }
    for path, text in edits.items():
        notes.show(path, text)
    queries = ("walrus", "velocipede", "ships at the pier", "the brake of the bicycle")
    unsaved = {query: notes.search(query, 100) for query in queries}
    for path, text in edits.items():
        (notes.root / path).write_text(text, encoding="utf-8")
        notes.hide(path)
    notes.bring_up_to_date()
    for query in queries:
        first, saved = unsaved[query].hits[0], notes.search(query, 100).hits[0]
        assert (first.path, first.start_line, first.snippet) == (saved.path, saved.start_line, saved.snippet), query
        assert first.reasons == saved.reasons
        assert first.score == pytest.approx(saved.score, abs=0.05), "rarer by one passage that holds the word"


def test_what_is_typed_is_found_and_what_is_deleted_is_not(notes: Workspace) -> None:
    assert found(notes, "slate") == ["work/roof meeting.md"]
    notes.show("work/roof meeting.md", "# Roof meeting\n\nWe decided for copper,\nand a walrus on top.\n")
    assert found(notes, "slate") == []
    hit = notes.search("walrus").hits[0]
    assert (hit.path, hit.line, hit.snippet) == ("work/roof meeting.md", 4, "and a walrus on top.")
    assert hit.reasons[0] == "words: walrus"
    assert not any("slate" in hit.snippet for hit in notes.search("covering of the house").hits)


def test_a_note_is_found_under_the_title_that_it_has_in_the_editor(notes: Workspace) -> None:
    notes.show("work/bicycle.md", text_of(notes, "work/bicycle.md").replace("# Bicycle", "# Velocipede"))
    hit = notes.search("velocipede").hits[0]
    assert (hit.path, hit.title, hit.reasons[0]) == ("work/bicycle.md", "Velocipede", "is called that")


def test_a_note_that_is_on_no_disk_yet_is_found(notes: Workspace) -> None:
    notes.show("new/note.md", "# New\n\nA walrus.\n")
    assert found(notes, "walrus") == ["new/note.md"]
    notes.hide("new/note.md")
    assert found(notes, "walrus") == []


def test_once_closed_the_disk_wins(notes: Workspace) -> None:
    notes.show("work/roof meeting.md", "A walrus.\n")
    notes.hide("work/roof meeting.md")
    notes.hide("never opened.md")
    assert found(notes, "walrus") == []
    assert found(notes, "slate") == ["work/roof meeting.md"]


def test_once_saved_the_index_is_used_again(notes: Workspace, counting: CountingEmbedder) -> None:
    path = notes.root / "work" / "roof meeting.md"
    notes.show("work/roof meeting.md", "A walrus.\n")
    path.write_text("A walrus.\n")
    assert found(notes, "walrus") == ["work/roof meeting.md"]
    notes.bring_up_to_date()
    assert found(notes, "walrus") == ["work/roof meeting.md"]
    path.write_text("A wombat, written by another program.\n")
    notes.bring_up_to_date()
    assert found(notes, "wombat") == []
    assert found(notes, "walrus") == ["work/roof meeting.md"], "what is in the editor wins until it is closed"


def test_a_note_opened_as_it_is_in_the_index_costs_nothing(notes: Workspace, counting: CountingEmbedder) -> None:
    counting.take()
    notes.show("long.md", text_of(notes, "long.md"))
    notes.get_ready()
    assert counting.take() == []


def test_only_what_changed_is_embedded_again(notes: Workspace, counting: CountingEmbedder) -> None:
    text = text_of(notes, "long.md")
    notes.show("long.md", f"{text}\n")
    notes.get_ready()
    counting.take()
    notes.show("long.md", text.replace("Word4 about ropes", "A walrus about ropes", 1))
    notes.get_ready()
    (embedded,) = counting.take()
    assert "A walrus about ropes" in embedded
    notes.show("long.md", f"# A new beginning\n\n{text}\n")
    notes.get_ready()
    assert len(counting.take()) >= text.count("## Pier"), "the title stands before every passage"


def test_many_open_notes(notes: Workspace) -> None:
    for n in range(60):
        notes.show(f"many/{n}.md", f"# Note {n}\n\nThe walrus number{n} sleeps on the ice.\n")
    assert len(set(found(notes, "walrus"))) == 60
    assert found(notes, "number17") == ["many/17.md"]
    for n in range(60):
        notes.hide(f"many/{n}.md")
    assert found(notes, "walrus") == []


def test_one_open_note_does_not_fill_the_list(notes: Workspace) -> None:
    notes.show("long.md", text_of(notes, "long.md") + "\nOne more pier.\n")
    assert found(notes, "pier").count("long.md") == 3


@pytest.mark.parametrize("below", ["kitchen", "work", "日记", "kit", "none", "kitchen/none"])
def test_below_a_folder(notes: Workspace, below: str) -> None:
    def check(query: str) -> list[str]:
        hits = notes.search(query, 100, below=below).hits
        assert all(hit.path.startswith(f"{below}/") for hit in hits)
        return [hit.path for hit in hits]

    stored = {query: check(query) for query in QUERIES}
    notes.show("kitchen/pancakes.md", text_of(notes, "kitchen/pancakes.md") + "\n")
    notes.show("kitchenette.md", "Flour and water.\n")
    notes.show("work/new.md", "A walrus.\n")
    assert {query: check(query) for query in QUERIES if below != "work"} == {
        query: paths for query, paths in stored.items() if below != "work"
    }
    assert found(notes, "walrus", below=below) == (["work/new.md"] if below == "work" else [])


def test_what_would_not_be_indexed_is_not_searched(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== a.md ==\nwords\n", Settings(exclude=("drafts/",)))
    for path in ("plain.txt", ".hidden/a.md", "drafts/a.md", "notes/.secret.md"):
        workspace.show(path, "A walrus.\n")
    assert found(workspace, "walrus") == []


@pytest.mark.parametrize(
    "text", ["", "\0 walrus", "walrus \ud800 and more", "\ufeffA walrus", "---\na: [\n---\nwalrus"]
)
def test_any_text(notes: Workspace, text: str) -> None:
    notes.show("work/roof meeting.md", text)
    assert found(notes, "slate") == []
    assert found(notes, "walrus") == (["work/roof meeting.md"] if "walrus" in text and "\0" not in text else [])


def test_a_note_too_large_to_be_indexed_is_not_searched(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== a.md ==\nA walrus.\n", Settings(max_file_size=0.001))
    workspace.show("a.md", "A walrus. " * 1_000)
    assert found(workspace, "walrus") == []
    workspace.show("a.md", "A walrus. ")
    assert found(workspace, "walrus") == ["a.md"]


def test_before_there_is_an_index(open_workspace: Callable[..., Workspace], vault: Callable[..., Path]) -> None:
    workspace = open_workspace(vault(VAULT))
    workspace.show("work/roof meeting.md", "A walrus.\n")
    workspace.bring_up_to_date()
    assert found(workspace, "walrus") == ["work/roof meeting.md"]
    workspace.bring_up_to_date(rebuild=True)
    assert found(workspace, "walrus") == ["work/roof meeting.md"]


def test_what_a_parser_fails_on_costs_that_note_alone(notes: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    with monkeypatch.context() as patch:
        patch.setattr("starlight.engine.overlay.describe", broken)
        notes.show("work/bicycle.md", "A walrus.\n")
        notes.get_ready()
    assert found(notes, "walrus") == []
    assert found(notes, "slate") == ["work/roof meeting.md"]
    notes.show("work/bicycle.md", "A walrus!\n")
    assert found(notes, "walrus") == ["work/bicycle.md"]


@given(
    st.lists(markdown_text | st.sampled_from([LONG, LONG.replace("Word3", "Walrus"), f"{LONG}\n\nEnd."]), max_size=4)
)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_passages_made_again_are_those_made_anew(texts: list[str]) -> None:
    made = Made()
    for text in texts:
        data = text.encode()
        fact = Fact("long.md", len(data), 0)
        assert describe(fact, data, made=made) == describe(fact, data)
