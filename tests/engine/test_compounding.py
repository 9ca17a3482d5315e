"""German compounds: asked for by their parts, and words of a query that the notes have in parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from starlight.engine.workspace import Workspace

SHIPS = """== elbe.md ==
# Die Elbe

Die Dampfschifffahrt auf dem Fluss begann im Sommer, und der Dampfschiffbau war das erste Gewerbe der Stadt.
== rhein.md ==
# Der Rhein

Mit der Kraft von Dampf fuhr das Schiff auf dem Rhein, und die Fahrt war nicht lang. Auf dem Bau war es laut.
== garten.md ==
# Der Garten

Die Rosen und die Lilien sind in dem Garten, und das Haus ist auf dem Berg. Das ist der Garten der Familie.
== arbeit.md ==
# Der Verein

Die Arbeitsgruppe trifft sich am Montag in dem Haus der Stadt, und das Schulbuch ist für die Kinder.
"""
ENGLISH = """== data.md ==
# Files

The dataset is in a folder of its own, and the file is read by the program that was written for it.
== steam.md ==
# Power

The power of steam was used for the boat, and the engine is what it was made of in the end.
"""


@pytest.mark.parametrize(
    ("query", "path", "word"),
    [
        ("Dampf Schifffahrt", "elbe.md", "dampfschifffahrt"),
        ("Wo ist die Arbeit Gruppe", "arbeit.md", "arbeitsgruppe"),
        ("Schule Buch", "arbeit.md", "schulbuch"),
    ],
)
def test_parts_find_the_word_of_the_notes(indexed: Callable[..., Workspace], query: str, path: str, word: str):
    results = indexed(SHIPS).search(query, only="lexical")
    (hit,) = (hit for hit in results.hits if hit.path == path)
    assert results.verdict == "found"
    assert f"words: {word}" in hit.reasons
    assert word in [hit.snippet[start:end].lower() for start, end in hit.highlights]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Dampfschiff", "words: dampf, schiff"),
        ("Flussgewerbe", "words: fluss, gewerbe"),
        ("Familienberg", "words: familie, berg"),
    ],
)
def test_an_unknown_word_finds_its_parts(indexed: Callable[..., Workspace], query: str, words: str):
    results = indexed(SHIPS).search(query, only="lexical")
    assert results.verdict == "found"
    assert words in results.hits[0].reasons


def test_three_parts(indexed: Callable[..., Workspace]):
    hit = indexed(SHIPS).search("Rosengartenhaus", only="lexical").hits[0]
    assert hit.path == "garten.md"
    assert {hit.snippet[start:end] for start, end in hit.highlights} >= {"Rosen", "Garten", "Haus"}


def test_a_word_that_the_notes_have_is_not_taken_apart(indexed: Callable[..., Workspace]):
    assert {hit.path for hit in indexed(SHIPS).search("Dampfschiffbau", only="lexical").hits} == {"elbe.md"}


def test_words_of_english_notes_are_put_together_but_not_taken_apart(indexed: Callable[..., Workspace]):
    workspace = indexed(ENGLISH)
    assert [hit.path for hit in workspace.search("data set", only="lexical").hits] == ["data.md"]
    assert workspace.search("steamboat", only="lexical").hits == ()


def test_an_open_note_may_have_the_word_itself(indexed: Callable[..., Workspace]):
    workspace = indexed(SHIPS)
    workspace.show("garten.md", "# Der Garten\n\nEin Gartenhaus.\n")
    hit = workspace.search("Gartenhaus", only="lexical").hits[0]
    assert "words: gartenhaus" in hit.reasons
