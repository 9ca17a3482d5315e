"""Chunks: whole, in order, of a bounded size, and under the right headings."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes import markdown
from starlight.notes.chunking import MERGED, TARGET, body_of, chunks
from starlight.notes.model import Chunk, Note
from starlight.notes.place import Lines
from tests.notes.strategies import any_text, markdown_text

WHOLE = 2 * TARGET
"""The most that a fence, a table or a block of code takes without being cut."""


def cut(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the headings and the text of each chunk of ``text``."""
    return [(chunk.headings, text[chunk.start : chunk.end]) for chunk in chunks(text, markdown.parse(text, "stem"))]


def check_sound(text: str, note: Note, found: list[Chunk]) -> None:
    """What holds for the chunks of any text."""
    lines = Lines(text)
    assert found
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    left = list(text[lines.start(note.body_line) :])
    shift = len(text) - len(left)
    for chunk in found:
        assert chunk.start <= chunk.end <= len(text)
        assert (chunk.first, chunk.last) == (lines.at(chunk.start), lines.at(max(chunk.start, chunk.end - 1)))
        left[chunk.start - shift : chunk.end - shift] = " " * (chunk.end - chunk.start)
    assert not "".join(left).strip(), "text that is in no chunk"


@given(any_text)
def test_sound_for_any_text(text: str) -> None:
    note = markdown.parse(text, "stem")
    check_sound(text, note, chunks(text, note))


@given(markdown_text, st.integers(1, 10))
def test_sound_for_markdown(text: str, times: int) -> None:
    text = "\n\n".join([text] * times)
    note = markdown.parse(text, "stem")
    found = chunks(text, note)
    check_sound(text, note, found)
    assert all(len(body_of(text[chunk.start : chunk.end])) <= WHOLE for chunk in found)


def test_a_note_without_text_has_one_empty_chunk() -> None:
    for text in ("", "\n\n \t\n", "---\ntitle: Tea\n---\n", "---\ntitle: Tea\n---\n\n\n"):
        note = markdown.parse(text, "stem")
        (chunk,) = chunks(text, note)
        assert text[chunk.start : chunk.end].strip() == ""
        check_sound(text, note, [chunk])


def test_sections_are_chunks() -> None:
    long = "Some words about it. " * 30
    text = f"# Tea\n\n{long}\n\n## Black\n\n{long}\n\n### Assam\n\n{long}\n\n## Green\n\n{long}\n"
    assert [headings for headings, _ in cut(text)] == [(), ("Black",), ("Black", "Assam"), ("Green",)]
    assert [body.split("\n")[0] for _, body in cut(text)] == ["# Tea", "## Black", "### Assam", "## Green"]


def test_small_sections_are_merged_under_their_common_heading() -> None:
    text = "# Tea\n\n## Black\n\n### Assam\n\nstrong\n\n### Darjeeling\n\nlight\n"
    assert cut(text) == [((), text.strip())]
    long = "words " * 260
    text = f"# Tea\n\n{long}\n\n## Black\n\n### Assam\n\nstrong\n\n### Darjeeling\n\nlight\n\n## Green\n\n{long}"
    assert [headings for headings, _ in cut(text)] == [(), ("Black",), ("Green",)]


def test_a_title_that_is_not_the_first_heading_stays_in_the_path() -> None:
    text = "---\ntitle: Drinks\n---\n# Tea\n\n## Black\n\nstrong\n"
    assert [headings for headings, _ in cut(text)] == [("Tea",)]


def test_large_sections_are_cut_between_blocks() -> None:
    paragraphs = [f"{number} " + "some words " * 50 for number in range(20)]
    text = "# Tea\n\n" + "\n\n".join(paragraphs)
    found = cut(text)
    assert 8 <= len(found) <= 20
    assert all(body.split()[0] in {"#", *map(str, range(20))} for _, body in found)


@pytest.mark.parametrize("kind", ["fence", "table"])
def test_fences_and_tables_stay_whole_up_to_twice_the_size(kind: str) -> None:
    head, row, foot = {
        "fence": ("```py\n", "call(argument)\n", "```"),
        "table": ("| a | b |\n|---|---|\n", "| cell | cell |\n", ""),
    }[kind]
    whole = head + row * ((WHOLE - 50) // len(row)) + foot
    assert any(whole.strip() in body for _, body in cut(f"{'words ' * 150}\n\n{whole}\n\n{'words ' * 150}"))
    large = head + row * (3 * WHOLE // len(row)) + foot
    assert max(len(body) for _, body in cut(large)) <= MERGED


def test_definitions_of_references_are_cut_as_well() -> None:
    text = "words\n\n" + "".join(f"[name {number}]: https://example.org/{number}\n" for number in range(1_000))
    found = cut(text)
    assert max(len(body) for _, body in found) <= WHOLE
    assert "".join("".join(body.split()) for _, body in found) == "".join(text.split())


@pytest.mark.parametrize("words", ["泡茶的水不要太热。", "お湯を沸かします。", "ชงชาด้วยน้ำร้อน "])
def test_scripts_without_spaces_get_chunks_of_as_much_meaning(words: str) -> None:
    dense = max(len(body) for _, body in cut(words * 2_000))
    assert TARGET // 3 <= dense <= 0.6 * MERGED, "its punctuation counts as one letter"
    for body in [body for _, body in cut(words * 2_000)][:-1]:
        assert body.endswith(words.rstrip()), "cut inside a sentence"


def test_a_line_of_5_mb_is_cut_in_linear_time() -> None:
    for line in ("x" * 5_000_000, "some words [[tea]] " * 260_000, "茶" * 1_700_000):
        started = time.perf_counter()
        note = markdown.parse(line, "stem")
        found = chunks(line, note)
        assert time.perf_counter() - started < 5
        assert len(found) > 1_000
        assert max(chunk.end - chunk.start for chunk in found) <= MERGED


def test_many_headings_are_cut_in_linear_time() -> None:
    text = "# a\n\nb\n\n" * 10_000
    started = time.perf_counter()
    assert len(cut(text)) > 50
    assert time.perf_counter() - started < 5


def test_body_of_leaves_the_heading_line_out() -> None:
    assert body_of("## Black\nstrong") == "strong"
    assert body_of("  # Black\r\nstrong\n# more") == "strong\n# more"
    assert body_of("#tag first") == "#tag first"
    assert body_of("# Only") == ""
