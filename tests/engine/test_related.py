"""Passages that belong to a place in a note, as it is in the editor."""

from __future__ import annotations

import threading

import pytest

from starlight.engine.related import Origin
from starlight.engine.search import Searcher
from starlight.errors import InvalidRequest
from starlight.notes import markdown

NOTES = """
== drinks/tea.md ==
# Tea

Boil the water, then pour it on the leaves.

## Limescale

White crust from hard water spoils the taste.
== kitchen/kettle.md ==
# Kettle

A kettle furs up where the water is hard: vinegar takes the white crust off.
== garden/tomato.md ==
# Tomatoes

Brown spots on the lower leaves mean blight.
== garden/pests.md ==
# Pests

Aphids sit below the leaves of tomatoes.
"""


@pytest.fixture
def workspace(indexed):
    return indexed(NOTES)


def related(workspace, text: str, path: str = "new.md", limit: int = 5, **more):
    at = text.find("¦")
    text = text.replace("¦", "")
    origin = Origin(path, text, *(() if at < 0 else (at, at)))
    return workspace.authoring.related(origin, {path: text}, limit, **more)


def paths(hits) -> list[str]:
    return [hit.path for hit in hits]


def test_the_paragraph_counts_most(workspace):
    text = "# Home\n\nHard water leaves a white crust.{}\n\nBrown spots on tomato leaves, blight.{}\n"
    assert paths(related(workspace, text.format("¦", "")))[0] in ("kitchen/kettle.md", "drinks/tea.md")
    assert paths(related(workspace, text.format("", "¦")))[0] == "garden/tomato.md"


def test_hits_have_places_and_reasons(workspace):
    hit = related(workspace, "vinegar against the white crust in a kettle¦")[0]
    assert (hit.path, hit.start_line) == ("kitchen/kettle.md", 1)
    assert hit.reasons
    assert "vinegar" in hit.snippet


def test_neither_the_note_itself_nor_what_it_links_to(workspace):
    text = "White crust, hard water in a [[kettle]].¦"
    found = paths(related(workspace, text, "drinks/tea.md"))
    assert "drinks/tea.md" not in found
    assert "kitchen/kettle.md" not in found
    assert found


def test_links_are_completed_meanwhile(workspace, monkeypatch):
    """The search of this one keeps nobody from what is known of links."""
    completed: list[bool] = []
    like = Searcher.like

    def watched(*args):
        other = threading.Thread(target=workspace.authoring.complete, args=("x.md", "[[tea#", 6, {}), daemon=True)
        other.start()
        other.join(timeout=10)
        completed.append(not other.is_alive())
        return like(*args)

    monkeypatch.setattr(Searcher, "like", watched)
    assert related(workspace, "White crust, hard water¦")
    assert completed == [True]


def test_without_its_folder(workspace):
    text = "Spots on the leaves of tomatoes¦"
    assert "garden/tomato.md" in paths(related(workspace, text, "garden/new.md"))
    found = related(workspace, text, "garden/new.md", other_folders=True)
    assert found
    assert not any(hit.path.startswith("garden/") for hit in found)


def test_the_same_again(workspace):
    text = "# Home\n\nHard water leaves a white crust.¦"
    assert related(workspace, text) == related(workspace, text)


def test_without_a_place_the_whole_note_counts(workspace):
    assert paths(related(workspace, "# Blight\n\nBrown spots on leaves"))[0] == "garden/tomato.md"


def test_a_selection_counts_in_place_of_its_paragraph(workspace):
    text = "White crust in a kettle, and aphids on tomatoes."
    start = text.index("aphids")
    found = workspace.authoring.related(Origin("new.md", text, start, start + 6), {}, 1)
    assert paths(found) == ["garden/pests.md"]


def test_a_paragraph_without_words(workspace):
    """Its section and the note's beginning say what belongs to it."""
    text = "# Home\n\nBrown spots on tomato leaves mean blight.\n\n—¦\n"
    assert paths(related(workspace, text))[0] == "garden/tomato.md"


def test_the_section_counts_where_the_paragraph_says_little(workspace):
    text = "# Home\n\nBrown spots on tomato leaves mean blight.\n\nSo says a neighbour.¦\n"
    assert paths(related(workspace, text))[0] == "garden/tomato.md"


def test_of_a_long_paragraph_the_rare_words_are_looked_for(workspace):
    """Among many words that no other note holds, the few that one does."""
    rest = " ".join(f"unheard{n}" for n in range(40))
    hit = related(workspace, f"{rest} aphids¦")[0]
    assert hit.path == "garden/pests.md"
    assert "words: aphids" in hit.reasons


def test_a_note_is_parsed_once(workspace, monkeypatch):
    """Whoever moves the cursor, and an editor that has shown the text before, pays for no second time."""
    parsed: list[str] = []
    read = markdown.read

    def counted(text, *rest):
        parsed.append(text)
        return read(text, *rest)

    monkeypatch.setattr(markdown, "read", counted)
    text = "# Home\n\nHard water.\n\nBrown spots on tomato leaves.\n"
    workspace.show("new.md", text)
    for at in (10, 25):
        workspace.authoring.related(Origin("new.md", text, at, at), {"new.md": text}, 5)
    assert parsed == [text]


def test_nothing_is_written(workspace):
    assert related(workspace, "", "") == ()


def test_what_other_notes_say_unsaved(workspace):
    text = "Where do juniper bushes grow?¦"
    opened = {"kitchen/kettle.md": "# Juniper\n\nJuniper bushes grow on heaths."}
    workspace.show("kitchen/kettle.md", opened["kitchen/kettle.md"])
    origin = Origin("new.md", text.replace("¦", ""), 5, 5)
    assert paths(workspace.authoring.related(origin, opened, 1)) == ["kitchen/kettle.md"]


def test_a_paragraph_is_never_read_as_filters(workspace):
    text = 'tag:nowhere "words of nobody" -kettle and the white crust that hard water leaves in it¦'
    assert paths(related(workspace, text))[0] == "kitchen/kettle.md"


def test_limit(workspace):
    assert len(related(workspace, "water and leaves¦", limit=2)) == 2
    with pytest.raises(InvalidRequest):
        related(workspace, "water¦", limit=0)


def test_within_a_sentence_the_answer_is_the_same(workspace):
    """A list beside the text stays still while the cursor moves, even through a word."""
    sentence, other = "Hard water leaves a white crust.", "Brown spots on tomato leaves mean blight."
    text = f"# Home\n\n{other}\n\n{sentence} {other}\n\nMore of it.\n"
    at = text.index(sentence)
    found = {
        tuple((hit.path, hit.snippet, hit.score) for hit in related(workspace, f"{text[:n]}¦{text[n:]}"))
        for n in range(at, at + len(sentence), 3)
    }
    assert len(found) == 1


LINKED = """
== list.md ==
# List
See [[mint]] and [[balm]] side by side.
== mint.md ==
# Mint
It grows in the shade and spreads.
== balm.md ==
# Balm
It grows in the shade and spreads, too.
== sage.md ==
# Sage
It grows in the shade and spreads, as well.
== fern.md ==
# Fern
Green leaves in the damp wood, see [[moss]].
== moss.md ==
# Moss
A cushion on stones.
== lichen.md ==
# Lichen
A cushion on stones, grey.
"""


def test_what_is_linked_together_elsewhere_goes_before_what_is_as_much_alike(indexed):
    text = "# Bed\n\nIn the shade it grows and spreads, beside [[mint]].¦\n"
    found = related(indexed(LINKED), text)
    assert paths(found)[0] == "balm.md"
    assert "linked together with Mint" in found[0].reasons
    assert not any("linked" in reason for hit in found[1:] for reason in hit.reasons if hit.path == "sage.md")


def test_what_a_passage_like_this_one_links_to_goes_before_what_is_as_much_alike(indexed):
    text = "# Walk\n\nGreen leaves in the damp wood, and a cushion on stones.¦\n"
    found = related(indexed(LINKED), text)
    places = paths(found)
    assert places.index("moss.md") < places.index("lichen.md")
    assert "linked in similar passages" in found[places.index("moss.md")].reasons


def test_what_notes_near_in_meaning_link_to(indexed):
    notes = """
== old.md ==
# Steam engines
The boiler of a steam engine makes steam for its pistons. They need [[oil]].
== new.md ==
# Steam engines
A steam engine has a boiler that makes steam, pistons and valves.

## Care
Rub it in.
== oil.md ==
# Oil
A can of it.
"""
    workspace = indexed(notes)
    workspace.graphs.make()
    assert workspace.graphs.nearness.of("new.md").keys() == {"old.md"}
    text = "# Steam engines\nA steam engine has a boiler that makes steam, pistons and valves.\n\nA can of it.¦\n"
    found = related(workspace, text, "new.md")
    [oil] = [hit for hit in found if hit.path == "oil.md"]
    assert any(reason.startswith("linked in") for reason in oil.reasons)


@pytest.mark.parametrize("at", [9, 20, 40])
def test_the_same_while_the_cursor_moves_within_a_sentence(indexed, at):
    workspace = indexed(LINKED)
    text = "# Bed\n\nIn the shade it grows and spreads, beside [[mint]].\n"
    found = [workspace.authoring.related(Origin("new.md", text, place, place), {}, 5) for place in (8, at)]
    assert found[0] == found[1]
