"""What stands behind a link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.engine.hover import Card, hover
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


def look(notes: Workspace, source: str, text: str, offset: int, opened: dict[str, str] | None = None) -> Card | None:
    """The card at ``offset`` of ``text``, which is open at ``source``, as others may be."""
    return notes.look({**(opened or {}), source: text}, lambda catalogue: hover(catalogue, source, offset))


def check_card(notes: Workspace, marked: str, source: str = "day.md", **expected: object) -> None:
    """Hovering at ``|`` of ``marked`` shows a card with the ``expected`` fields over the link around it."""
    offset = marked.index("‸")
    text = marked.replace("‸", "")
    card = look(notes, source, text, offset)
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
    check_card(notes, "[x](in‸dex.md)", "one/index.md", path="one/index.md", n_backlinks=1)
    check_card(notes, "[x](in‸dex.md)", "two/index.md", path="two/index.md", n_backlinks=0)


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
    card = look(notes, "day.md", "[[tea]]", 3, {"tea.md": "# Tea\n\nUnsaved."})
    assert card.body == "Unsaved."
    card = look(notes, "day.md", "[[tea]]", 3, {"tea.md": ""})
    assert card.body == ""


def test_no_such_note(notes: Workspace) -> None:
    check_card(notes, "[[cof‸fee]]", path="", title="coffee", body="")
    check_card(notes, "[x](my%20cof‸fee)", path="", title="my coffee", body="")
    (notes.root / "tea.md").unlink()
    check_card(notes, "[[te‸a]]", path="", body="")


def test_beside_links_there_is_nothing(notes: Workspace) -> None:
    for text, offset in [("a [[tea]]", 0), ("[[tea]] a", 7), ("`[[tea]]`", 4), ("", 0), ("[x](https://a.b)", 2)]:
        assert look(notes, "day.md", text, offset) is None


def test_a_long_note_is_cut(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(f"== a.md ==\n{'one long paragraph ' * 200}\n== b.md ==\n" + "Short paragraph.\n\n" * 200)
    for marked in ("[[‸a]]", "[[‸b]]"):
        card: Card = look(notes, "c.md", marked.replace("‸", ""), 2)
        assert len(card.body) <= 1_200
        assert card.body.endswith("…")


def test_a_long_note_has_the_sentence_that_stands_for_it(indexed: Callable[..., Workspace]) -> None:
    bees = "Bees and hives need water, shade and blossoms near the hives.\n\n"
    aside = "- A list of things that were bought on that day.\n" * 30
    notes = indexed(f"== a.md ==\n# Bees and hives\n\n{aside}\n{bees}== b.md ==\n# Bees and hives\n\n{bees}{aside}")
    below: Card = look(notes, "c.md", "[[a]]", 2)
    assert below.summary == (bees.strip(), "")
    assert below.summary.text not in below.body
    above: Card = look(notes, "c.md", "[[b]]", 2)
    assert (above.summary.text, bees.strip() in above.body) == ("", True), "the head has it"
    section: Card = look(notes, "c.md", "[[a#Bees and hives]]", 2)
    assert section.summary.text == ""


def test_a_long_text_without_spaces_is_cut(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(f"== a.md ==\n{'茶道' * 1_000}\n== b.md ==\n- {'茶道' * 1_000}\n")
    for marked in ("[[‸a]]", "[[‸b]]"):
        card: Card = look(notes, "c.md", marked.replace("‸", ""), 2)
        assert 700 < len(card.body) <= 820
        assert card.body.endswith("…")


def test_a_block(notes: Workspace) -> None:
    steps = "# Steps\n\nFirst this.\n\nThen\nthat. ^then\n\n- one ^a\n- two ^b\n\n```\nno ^c\n```\n\n[[#^‸"
    check_card(notes, f"{steps}then]]", path="day.md", body="Then\nthat.")
    check_card(notes, f"{steps}b]]", path="day.md", body="- two")
    check_card(notes, f"{steps}c]]", path="day.md", title="Steps")


def test_a_tag_lists_its_notes_as_they_are_now(notes: Workspace) -> None:
    check_card(notes, "some #dri‸nk", kind="tag", title="#drink", n_notes=2)
    card = look(notes, "day.md", "some #DRINK/hot", 8, {"milk.md": "#drink/HOT/very"})
    assert card is not None
    assert [note.path for note in card.notes] == ["day.md", "milk.md"]
    check_card(notes, "---\ntags: [x, dr‸ink]\n---\n", kind="tag", n_notes=2)


def test_a_heading_has_its_backlinks_and_what_is_about_the_same(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(
        "== tea.md ==\n# Tea\n\n## Brewing green tea\n\nCool water.\n== b.md ==\n[[tea#Brewing green tea]] [[tea]]\n"
        "== c.md ==\n# Kettles\n\nBrewing green tea needs a kettle.\n"
    )
    text = (notes.root / "tea.md").read_text()
    card = look(notes, "tea.md", text, text.index("green"))
    assert card is not None
    assert [note.path for note in card.notes] == ["b.md"]
    assert "c.md" in [note.path for note in card.related]
    assert "tea.md" not in [note.path for note in card.related]


def test_a_heading_is_never_read_as_filters(indexed: Callable[..., Workspace]) -> None:
    notes = indexed('== tea.md ==\n# tag:none "no such words" green tea\n== c.md ==\nGreen tea needs a kettle.\n')
    text = (notes.root / "tea.md").read_text()
    card = look(notes, "tea.md", text, text.index("green"))
    assert card is not None
    assert [note.path for note in card.related] == ["c.md"]


def test_files_say_what_they_are(notes: Workspace) -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
    jpeg = b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\0\x10\0\x20\x03" + bytes(20)
    files = {
        "a.png": png,
        "b.jpg": jpeg,
        "c.gif": b"GIF89a\x05\0\x06\0",
        "d.pdf": b"%PDF-1.7",
        "e.jpg": b"\xff\xd8\xff",
    }
    for name, data in files.items():
        (notes.root / name).write_bytes(data)
    check_card(notes, "![[a‸.png]]", kind="file", path="a.png", title="PNG image, 640 × 480, 24 bytes")
    check_card(notes, "![x](b‸.jpg)", kind="file", title="JPEG image, 32 × 16, 38 bytes")
    check_card(notes, "![x](c‸.gif)", kind="file", title="GIF image, 5 × 6, 10 bytes")
    check_card(notes, "[x](d‸.pdf)", kind="file", title="PDF document, 8 bytes")
    check_card(notes, "[x](e‸.jpg)", kind="file", title="JPEG image, 3 bytes")


def test_without_an_index_links_lead_to_files(
    open_workspace: Callable[..., Workspace], vault: Callable[..., Path]
) -> None:
    notes = open_workspace(vault(NOTES))
    check_card(notes, "[[te‸a]]", path="tea.md", title="Tea")
    check_card(notes, "[[mi‸lk notes]]", path="")
