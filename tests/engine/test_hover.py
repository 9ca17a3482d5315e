"""What stands behind a link."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from starlight.engine.hover import Card
from starlight.engine.workspace import Workspace

NOTES = """== tea.md ==
---
aliases: [chai]
tags: [drink]
created: 2024-01-05
modified: 2024-02-06
---
# Tea

Boil the water.

Pour it.

## Green

Cooler water.
== drinks/milk notes.md ==
White.
== day.md ==
[[tea]] and [[chai]]
"""


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def check_card(notes: Workspace, marked: str, source: str = "day.md", **expected: object) -> None:
    """Hovering at ``|`` of ``marked`` shows a card with the ``expected`` fields over the link around it."""
    offset = marked.index("‸")
    text = marked.replace("‸", "")
    card = notes.hover(source, text, offset, lambda _path: None)
    assert card is not None
    assert card.start <= offset < card.end
    assert {name: getattr(card, name) for name in expected} == expected


def test_a_note(notes: Workspace) -> None:
    expected = {
        "path": "tea.md",
        "title": "Tea",
        "section": "",
        "tags": ("drink",),
        "dates": "2024-01-05 · 2024-02-06",
        "n_backlinks": 1,
        "body": "Boil the water.\n\nPour it.\n\n## Green\n\nCooler water.",
    }
    for marked in ("see [[te‸a]]", "‸[[tea]]", "[[CHAI‸|x]]", "[x](tea.md‸)", "- [ ] 茶🍵 [[tea‸]]"):
        check_card(notes, marked, **expected)


def test_links_are_counted_for_the_note_that_they_mean(indexed: Callable[..., Workspace]) -> None:
    notes = indexed("== one/index.md ==\nOne.\n== two/index.md ==\nTwo.\n== day.md ==\n[i](one/index.md)\n")
    check_card(notes, "[x](one/in‸dex.md)", path="one/index.md", n_backlinks=1)
    check_card(notes, "[x](two/in‸dex.md)", path="two/index.md", n_backlinks=0)


def test_a_section(notes: Workspace) -> None:
    for marked in ("[[tea#Gre‸en]]", "[x](tea.md#gr‸een)", "[[chai#gree‸n|x]]"):
        check_card(notes, marked, section="Green", body="Cooler water.")
    check_card(notes, "[[tea#No‸where]]", section="", title="Tea")


def test_a_name_with_a_space(notes: Workspace) -> None:
    for marked in ("[x](drinks/mi‸lk%20notes.md)", "[x](<drinks/milk‸ notes.md>)", "[[milk‸ notes]]"):
        check_card(notes, marked, path="drinks/milk notes.md", body="White.")


def test_the_note_itself_as_it_is_being_written(notes: Workspace) -> None:
    check_card(notes, "# Day\n\nnew words\n\n## Later\n\nunsaved [[#La‸ter]]", path="day.md", section="Later")


def test_a_note_that_is_open_wins_over_the_disk(notes: Workspace) -> None:
    card = notes.hover("day.md", "[[tea]]", 3, {"tea.md": "# Tea\n\nUnsaved."}.get)
    assert card.body == "Unsaved."
    card = notes.hover("day.md", "[[tea]]", 3, {"tea.md": ""}.get)
    assert card.body == ""


def test_no_such_note(notes: Workspace) -> None:
    check_card(notes, "[[cof‸fee]]", path="", title="coffee", body="")
    (notes.root / "tea.md").unlink()
    check_card(notes, "[[te‸a]]", path="", body="")


def test_beside_links_there_is_nothing(notes: Workspace) -> None:
    for text, offset in [("a [[tea]]", 0), ("[[tea]] a", 7), ("`[[tea]]`", 4), ("", 0), ("[x](https://a.b)", 2)]:
        assert notes.hover("day.md", text, offset, lambda _path: None) is None


def test_a_long_note_is_cut(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(f"== a.md ==\n{'one long paragraph ' * 200}\n== b.md ==\n" + "Short paragraph.\n\n" * 200)
    for marked in ("[[‸a]]", "[[‸b]]"):
        card: Card = notes.hover("c.md", marked.replace("‸", ""), 2, lambda _path: None)
        assert len(card.body) <= 1_200
        assert card.body.endswith("…")
