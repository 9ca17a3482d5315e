"""Parsing what changed gives what parsing all of the text gives."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.notes import markdown, scanner
from starlight.notes.changes import change
from starlight.notes.place import Lines
from tests.notes.strategies import any_text, markdown_text, odd_markdown

_texts = st.lists(odd_markdown | markdown_text | any_text, max_size=6).map("\n\n".join)
_edit = st.tuples(
    st.floats(0, 1), st.floats(0, 0.2), odd_markdown | st.sampled_from(["", "x", "\n", "```\n", "> ", "-"])
)
_PARAGRAPHS = "# Large\n\n" + "A paragraph about [[tea]] and other things.\n\n" * 2_000


def edited(text: str, edit: tuple[float, float, str]) -> str:
    """Return ``text`` with a part of it replaced."""
    at, much, new = edit
    start = round(at * len(text))
    return text[:start] + new + text[start + round(much * much * len(text)) :]


@given(_texts, st.lists(_edit, min_size=1, max_size=4))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_what_is_read_again_is_what_all_of_it_holds(text: str, edits: list[tuple[float, float, str]]) -> None:
    parsing = markdown.read(text, "stem")
    for edit in edits:
        text = edited(text, edit)
        parsing = markdown.read(text, "stem", before=parsing)
        assert parsing == markdown.read(text, "stem")._replace(lines=parsing.lines)


@pytest.mark.parametrize("seed", [
    "> a\n\nb\n\nc [[x]]\n",
    "- a\n\nb [[x]]\n\nc\n",
    "text\n\n```\n[[x]]\n\n```\n\n[[y]]\n\n# b\n",
    "<div>\n[[x]]\n\n[[y]] #t\n\n</div>\n\nc #u\n",
    "[r]: x.md\n\n[s]: y.md\n\n[a][r] #t\n\n## c\n",
    "---\ntitle: t\n---\n\na #b\n\n## c\n\n[[d]]\n",
    "a [[x]]\n\n\xa0\n[[y]] #t\n\nb [[z]]\n",
    "    code\n\n    more\n\nb [[x]]\n\n| a | b |\n|---|---|\n| [[c]] | d |\n\ne #f\n",
])  # fmt: skip
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_small_change_of_every_construct(seed: str, line_end: str) -> None:
    text = seed.replace("\n", line_end)
    before = markdown.read(text, "stem")
    for start in range(len(text) + 1):
        for new in ("", "\n", "```", "- ", "    ", "---\n", "\r"):
            for end in {start, min(start + 2, len(text))}:
                after = text[:start] + new + text[end:]
                assert markdown.read(after, "stem", before=before).note == markdown.parse(after, "stem")


@given(any_text, any_text, any_text, any_text)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_what_is_said_to_be_as_it_was_is(head: str, old: str, new: str, tail: str) -> None:
    before, after = head + old + tail, head + new + tail
    lines, lines_after = Lines(before), Lines(after)
    found = change(before, lines, after, lines_after)
    assert before[: lines.start(found.first)] == after[: lines_after.start(found.first)]
    behind = lines.start(found.last + 1)
    assert lines_after.start(found.last + 1 + found.lines) == behind + found.characters
    assert before[behind:] == after[behind + found.characters :]


def test_little_of_a_long_text_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parsing = markdown.read(_PARAGRAPHS, "stem")
    read: list[int] = []
    scan = scanner.scan

    def counted(text: str, line: int = 0, stops: Collection[int] = ()) -> scanner.Outline | None:
        read.append(len(text))
        return scan(text, line, stops)

    monkeypatch.setattr(scanner, "scan", counted)
    for number in range(3):
        text = f"{_PARAGRAPHS[:50_000]}{number}{_PARAGRAPHS[50_000:]}"
        parsing = markdown.read(text, "stem", before=parsing)
    assert len(read) == 3
    assert max(read) < 5_000
