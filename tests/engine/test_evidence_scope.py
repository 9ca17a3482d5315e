"""The scope of evidence: folder, tags, notes, lines; named in the request or in the question; open in an editor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from starlight.engine.answer import Scope
from starlight.engine.conversations import Saved, markdown
from starlight.engine.workspace import Workspace
from tests.engine.test_evidence import BUDGET, NOTES, check, paths


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope(folder="work"), {"work/roof meeting.md", "work/2024-02-27.md", "work/2023-05-01.md"}),
        (Scope(folder="work/"), {"work/roof meeting.md", "work/2024-02-27.md", "work/2023-05-01.md"}),
        (Scope(folder="wor"), set()),
        (Scope(tags=("baking",)), {"kitchen/sourdough.md"}),
        (
            Scope(tags=("BAKING/bread", "vegetables")),
            {"kitchen/sourdough.md", "garden/tomatoes.md", "garden/tomatoes copy.md"},
        ),
        (Scope(tags=("bak",)), set()),
        (Scope(notes=("coast.md", "kitchen/oven.md")), {"coast.md", "kitchen/oven.md"}),
        (Scope(folder="kitchen", notes=("coast.md", "kitchen/oven.md")), {"kitchen/oven.md"}),
        (Scope(folder="kitchen", tags=("vegetables",)), set()),
        (Scope(selection=("coast.md", 5, 7)), {"coast.md"}),
        (Scope(selection=("none.md", 5, 7)), set()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_open", [False, True])
def test_nothing_comes_from_outside_the_scope(notes: Workspace, scope: Scope, allowed: set[str], is_open: bool) -> None:
    if is_open:
        for path in list(notes.root.rglob("*.md")):
            notes.show(path.relative_to(notes.root).as_posix(), path.read_text() + "\nMore lunch.\n")
    for question in ("starter, roofer, lunch, tomatoes, otter, oven", "What is this about?", "the loaf baked"):
        evidence = check(notes, notes.evidence(question, 3_000, scope=scope))
        assert set(paths(evidence)) <= allowed, question
        assert {each.path for each in evidence.left_out} <= allowed | {"none.md"}
    wide = notes.evidence("starter, roofer, lunch, tomatoes, otter, oven", 3_000, scope=scope)
    assert bool(wide.sources) == bool(allowed)


def test_a_scope_is_part_of_the_search(indexed: Callable[..., Workspace]) -> None:
    """Of very many better ones outside, none takes the place of one inside."""
    many = "".join(
        f"== many/{n}.md ==\n# Harbour {n}\n\nThe harbour, the harbour {n}, harbour again.\n" for n in range(300)
    )
    workspace = indexed(
        f"{many}== few/a.md ==\nA walk that led past a harbour in the end.\n== few/b.md ==\n#quay harbour\n"
    )
    for scope in (Scope(folder="few"), Scope(notes=("few/a.md", "few/b.md"))):
        assert set(paths(workspace.evidence("harbour", BUDGET, scope=scope))) == {"few/a.md", "few/b.md"}
    assert paths(workspace.evidence("harbour", BUDGET, scope=Scope(tags=("quay",)))) == ["few/b.md"]


def test_the_folder_that_is_served_and_that_of_the_scope(notes: Workspace) -> None:
    def found(folder: str, below: str) -> set[str]:
        return set(paths(notes.evidence("slate and tomatoes", BUDGET, scope=Scope(folder=folder), below=below)))

    assert found("", "work") == found("work", "") == found("work", "work") == {"work/roof meeting.md"}
    assert found("garden", "work") == set()


def test_the_lines_that_are_selected(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("Explain this", BUDGET, scope=Scope(selection=("coast.md", 5, 7))))
    assert [(source.start_line, source.end_line) for source in evidence.sources] == [(5, 7)]
    assert evidence.verdict != "nothing", "whoever selects lines means them"
    notes.show("coast.md", "One.\n\nTwo.\n\nThree.\n")
    evidence = check(notes, notes.evidence("Explain this", BUDGET, scope=Scope(selection=("coast.md", 3, 99))))
    assert [source.text for source in evidence.sources] == ["Two.\n\nThree."]
    assert notes.evidence("Explain", BUDGET, scope=Scope(selection=("coast.md", 50, 99))).sources == ()
    gone = notes.evidence("Explain this", BUDGET, scope=Scope(selection=("none.md", 1, 2)))
    assert (gone.sources, gone.verdict, gone.left_out[0].reason) == ((), "nothing", "gone")


def test_a_whole_note_where_it_is_named(notes: Workspace) -> None:
    for question, scope in (
        ("What is this about?", Scope(notes=("kitchen/sourdough.md",))),
        ("Sum up @sourdough", Scope()),
    ):
        evidence = check(notes, notes.evidence(question, 2_000, scope=scope))
        assert set(paths(evidence)) == {"kitchen/sourdough.md"}
        said = " ".join(source.text for source in evidence.sources)
        assert "every morning" in said
        assert "45 minutes" in said
        assert evidence.verdict != "nothing"


def test_notes_and_tags_named_in_the_question(notes: Workspace) -> None:
    assert set(paths(notes.evidence("Who comes, says @roof meeting?", BUDGET))) == {"work/roof meeting.md"}
    assert set(paths(notes.evidence("What of #baking and the roofer?", BUDGET))) == {"kitchen/sourdough.md"}
    outside = notes.evidence("roofer @sourdough", BUDGET, scope=Scope(folder="work"))
    assert "kitchen/sourdough.md" not in paths(outside), "a name does not lead out of the scope"
    assert "work/roof meeting.md" in paths(outside)


def test_an_open_buffer_wins(notes: Workspace) -> None:
    notes.show("work/roof meeting.md", "# Roof meeting\n\nWe decided for copper. The roofer laughed.\n")
    evidence = check(notes, notes.evidence("What did we decide for the roof?", BUDGET))
    said = " ".join(source.text for source in evidence.sources)
    assert "copper" in said
    assert "slate" not in said
    notes.show("kitchen/oven.md", "A line with #vegetables and the roofer.\n")
    assert "kitchen/oven.md" in paths(notes.evidence("roofer", BUDGET, scope=Scope(tags=("vegetables",))))
    notes.show("garden/tomatoes.md", "The roofer. No tag any more.\n")
    assert "garden/tomatoes.md" not in paths(notes.evidence("roofer", BUDGET, scope=Scope(tags=("vegetables",))))


def test_what_a_model_wrote_is_no_evidence_unless_it_is_named(indexed: Callable[..., Workspace]) -> None:
    turns = (Saved("How hot is the oven?", "The oven is at 900 degrees."),)
    chat = markdown(turns, "How hot is the oven?", "chats/oven.md", "2026-01-02")
    notes = indexed(f"== oven.md ==\nThe oven is hot at 250 degrees.\n== chats/oven.md ==\n{chat}")
    notes.show("chats/oven.md", chat)  # as it is in an editor that has just saved it
    assert paths(notes.evidence("How hot is the oven?", BUDGET)) == ["oven.md"]
    named = (Scope(folder="chats"), Scope(notes=("chats/oven.md",)), Scope(selection=("chats/oven.md", 1, 99)))
    for scope in named:
        assert paths(notes.evidence("How hot is the oven?", BUDGET, scope=scope)) == ["chats/oven.md"], scope
    assert paths(notes.evidence("How hot is the oven, says @chats/oven.md?", BUDGET)) == ["chats/oven.md"]
    assert "chats/oven.md" in {hit.path for hit in notes.search("oven 900").hits}, "a search finds all notes"
