"""What stands around a place."""

from __future__ import annotations

from starlight.notes.surroundings import AFTER, BEFORE, surroundings


def around(text: str):
    at = text.index("¦")
    return surroundings(text.replace("¦", ""), at, at)


def test_paragraph():
    found = around("# Tea\n\nOther.\n\nBoil the *water* ¦ with [[leaves|some leaves]].\n\nMore.")
    assert (found.before, found.after) == ("Boil the water", "with some leaves.")
    assert found.headings == ("Tea",)


def test_a_new_paragraph_takes_the_one_before():
    assert around("# Tea\n\nBoil water.\n\n¦").before == "Boil water."


def test_headings_above():
    assert around("# A\n## B\n### C\n## D\ntext ¦\n# E").headings == ("A", "D")


def test_lengths():
    found = around("x" * 5_000 + "¦" + "y" * 5_000)
    assert (len(found.before), len(found.after)) == (BEFORE, AFTER)
