"""What a program for text recognition writes as pieces of lines, and these as the text of a scan."""

from __future__ import annotations

import random

import pytest

from starlight.errors import NoteError
from starlight.readers import hocr, pdf
from tests.engine.scans import scan

PAGE = "<html><body><div class='ocr_page' title='image \"stdin\"; bbox 0 0 2480 3508'>{}</div></body></html>"


def line(text: str, left: int, top: int, height: int = 38, *, kind: str = "ocr_line", more: str = "") -> str:
    """A line of words of 20 dots a letter; the baseline is a quarter of its height above its foot."""
    words, at = [], left
    for word in text.split():
        right = at + 20 * len(word)
        words.append(
            f"<span class='ocrx_word' title='bbox {at} {top} {right} {top + height}; x_wconf 90'>{word}</span>"
        )
        at = right + 10
    title = f"bbox {left} {top} {at - 10} {top + height}; baseline 0 {-height // 4}; x_size {height}{more}"
    return f'<span class="{kind}" title="{title}">{"".join(words)}</span>'


def test_a_line_has_the_place_and_size_that_it_has_on_the_page():
    (piece,) = hocr.fragments(PAGE.format(line("Half a brain", 300, 600, 40)), 300)
    assert piece.text == "Half a brain"
    assert (piece.left, piece.top, piece.right, piece.bottom) == (72.0, 144.0, 124.8, 153.6)
    assert piece.base == pytest.approx(151.2)
    assert piece.font.size == pytest.approx(10.5, abs=0.5)


def test_lines_of_all_kinds_are_taken_and_wide_gaps_part_them():
    wide = (
        line("Left", 300, 600)
        + line("Caption", 300, 700, kind="ocr_caption")
        + line("Head", 300, 100, kind="ocr_header")
    )
    assert [piece.text for piece in hocr.fragments(PAGE.format(wide), 300)] == ["Left", "Caption", "Head"]
    cells = line("one two", 300, 600).replace("bbox 370", "bbox 970").replace("430 638", "1030 638")
    assert [piece.text for piece in hocr.fragments(PAGE.format(cells), 300)] == ["one", "two"]


def test_stains_are_no_words_and_markup_in_words_is_none():
    content = line("Milk &amp; <strong>honey</strong> ;:~", 300, 600)
    content = content.replace("x_wconf 90'>;:~", "x_wconf 12'>;:~")
    assert [piece.text for piece in hocr.fragments(PAGE.format(content), 300)] == ["Milk & honey"]


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_from_there(angle: int):
    """Lines of a turned page are in order when they are turned back."""
    boxes = {
        90: ("200 300 240 900", "260 300 300 900"),
        180: ("300 3200 900 3240", "300 3140 900 3180"),
        270: ("2300 300 2340 900", "2240 300 2280 900"),
    }[angle]
    lines = [
        f"<span class='ocr_line' title='bbox {box}; textangle {angle}; x_size 40'>"
        f"<span class='ocrx_word' title='bbox {box}; x_wconf 90'>{text}</span></span>"
        for box, text in zip(boxes, ("First", "Second"), strict=True)
    ]
    first, second = hocr.fragments(PAGE.format("".join(reversed(lines))), 300)[::-1]
    assert (first.text, second.text) == ("First", "Second")
    assert first.top < second.top
    assert first.right - first.left > first.bottom - first.top
    assert first.left == second.left >= 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no HTML",
        "<html></html>",
        "<div class='ocr_page'>",
        "<![odd[",
        PAGE.replace("bbox 0 0", "bbox x y").format(""),
    ],
)
def test_what_is_no_hocr_is_refused(text: str):
    with pytest.raises(NoteError, match="no hOCR"):
        hocr.fragments(text, 300)


@pytest.mark.parametrize(
    "odd", ["baseline nan nan", "baseline 1e999 0", f"x_wconf 90; baseline 0 {'9' * 400}", "bbox 1 2"]
)
def test_odd_numbers_cost_their_line(odd: str):
    content = line("Odd", 300, 600).replace("baseline 0 -10", odd) + line("Good", 300, 700)
    assert "Good" in [piece.text for piece in hocr.fragments(PAGE.format(content), 300)]


@pytest.mark.parametrize("seed", range(200))
def test_damaged_output_ends_nothing(seed: int):
    """Pieces of what it writes, mixed up, are read as something or refused."""
    chance = random.Random(seed)
    whole = PAGE.format(line("Half of the brain sleeps", 300, 600) + line("the other wakes", 300, 660))
    cuts = sorted(chance.sample(range(len(whole)), 6))
    parts = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    chance.shuffle(parts)
    mixed = "".join(parts).replace("4", chance.choice(["4", "-4", "999999999", "nan"]))
    try:
        found = hocr.fragments(mixed, 300)
    except NoteError:
        return
    pdf.recognised(scan(200), hocr.pages({1: hocr.to_json(found)}), is_part=False)


def test_pages_become_one_document_with_headings_and_pages():
    text = "Half of the brain of a whale sleeps while the other half stays aw"
    first = line("Whales and their sleep", 300, 300, 70) + "".join(line(text, 300, 500 + 50 * at) for at in range(8))
    second = line("How they wake", 300, 300, 54) + "".join(line(text, 300, 500 + 50 * at) for at in range(8))
    stored = [hocr.to_json(hocr.fragments(PAGE.format(page), 300)) for page in (first, second)]
    found = hocr.pages(dict(enumerate([*stored, ""], start=1)))
    document = pdf.recognised(scan(200, 100, 50), found, is_part=False)
    assert document.front.title == "Whales and their sleep"
    assert [each.strip("# ") for each in document.text.splitlines() if each.startswith("#")] == [
        "Whales and their sleep",
        "How they wake",
    ]
    assert [mark.number for mark in document.marks] == [1, 2]
    assert document.text[document.marks[1].start :].lstrip("# ").startswith("How they wake")


def test_a_scan_on_which_nothing_was_recognised_is_empty():
    assert pdf.recognised(scan(200), hocr.pages({1: ""}), is_part=False).text == ""
