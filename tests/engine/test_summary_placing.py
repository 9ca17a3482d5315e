"""Where a summary goes: one callout, one field, one new note, and nothing else of a note is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine.answer import Source
from starlight.engine.summary_placing import as_callout, as_field, as_note, checked
from starlight.errors import InvalidRequest

TAP = Source(1, "howto/tap.md", 6, 9, "A dripping tap", "Repair", "It drips.", 3)
CALLOUT = "> [!summary] Starlight\n> It drips [[howto/tap#Repair|1]].\n"


def callout(text: str, line: int | None = None, summary: str = "It drips [1].") -> str:
    edit = as_callout("tap.md", text, summary, [TAP], line)
    return text[: edit.start] + edit.text + text[edit.end :]


def field(text: str, summary: str = "It drips [1].") -> str:
    edit = as_field("tap.md", text, summary)
    return text[: edit.start] + edit.text + text[edit.end :]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Tap\n\nIt drips.\n", f"# Tap\n\n{CALLOUT}\nIt drips.\n"),
        ("# Tap\nIt drips.\n", f"# Tap\n\n{CALLOUT}\nIt drips.\n"),
        ("It drips.\n", f"{CALLOUT}\nIt drips.\n"),
        ("---\na: 1\n---\n# Tap\n\nIt drips.\n", f"---\na: 1\n---\n# Tap\n\n{CALLOUT}\nIt drips.\n"),
        ("Tap\n===\n\nIt drips.\n", f"Tap\n===\n\n{CALLOUT}\nIt drips.\n"),
        ("# Tap", f"# Tap\n\n{CALLOUT}"),
    ],
)
def test_a_callout_stands_below_the_title(before, after):
    assert callout(before) == after


def test_a_callout_stands_below_the_heading_or_before_the_lines_that_it_is_of():
    note = "# Tap\n\nIt drips.\n\n## Repair\n\nA washer.\n"
    assert callout(note, 5) == f"# Tap\n\nIt drips.\n\n## Repair\n\n{CALLOUT}\nA washer.\n"
    assert callout(note, 7) == f"# Tap\n\nIt drips.\n\n## Repair\n\n{CALLOUT}\nA washer.\n"


@pytest.mark.parametrize(
    "head", ["---\ntags: [home]\n---\n", "+++\ntitle = 'x'\n\n# Tap\n+++\n", "alias:: drip\ntags:: home\n\n"]
)
def test_a_callout_never_stands_in_the_head_of_a_note(head):
    for line in range(1, head.count("\n") + 1):
        assert callout(f"{head}# Tap\n\nIt drips.\n", line) == f"{head}# Tap\n\n{CALLOUT}\nIt drips.\n"
        assert callout(f"{head}It drips.\n", line).replace("\n\n", "\n") == f"{head}{CALLOUT}It drips.\n".replace(
            "\n\n", "\n"
        )


@pytest.mark.parametrize(
    "block",
    [
        "```python\na = 1\n\nb = 2\n```\n", "| a | b |\n| - | - |\n| 1 | 2 |\n", "- one\n\n  two\n- three\n",
        "One line\nand another.\n", "> A quotation\n> of two lines.\n",
    ],
)  # fmt: skip
def test_a_callout_of_a_selection_stands_before_the_block_that_it_begins_in(block):
    note = f"# Tap\n\nText.\n\n{block}\nEnd.\n"
    for line in range(5, 5 + block.count("\n")):
        assert callout(note, line) == f"# Tap\n\nText.\n\n{CALLOUT}\n{block}\nEnd.\n"


def test_a_callout_stands_below_a_heading_of_several_lines():
    assert callout("A tap\nthat drips\n===\n\nIt drips.\n") == f"A tap\nthat drips\n===\n\n{CALLOUT}\nIt drips.\n"


def test_a_summary_that_is_there_is_replaced():
    note = "# Tap\n\nIt drips.\n"
    once = callout(note, summary="It was new.\n- Two lines.")
    assert callout(once) == callout(note)


@pytest.mark.parametrize(
    "own", ["> [!summary] My own words\n> For days.\n", "> [!summary]\n> Mine.\n", "> Starlight\n"]
)
def test_a_callout_of_the_users_own_stays(own):
    assert callout(f"# Tap\n\n{own}\nIt drips.\n") == f"# Tap\n\n{CALLOUT}\n{own}\nIt drips.\n"


def test_a_callout_that_was_folded_is_replaced_to_its_last_line():
    folded = CALLOUT.replace("]", "]-", 1)
    assert callout(f"# Tap\n\n{folded}>\n> - More.\nIt drips.\n") == f"# Tap\n\n{CALLOUT}It drips.\n"
    assert callout(f"# Tap\n\n{folded}>".rstrip("\n")) == f"# Tap\n\n{CALLOUT}"


def test_lines_end_as_those_of_the_note_do():
    assert callout("# Tap\r\n\r\nIt drips.\r\n") == callout("# Tap\n\nIt drips.\n").replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Tap\n", '---\nsummary: "It drips."\n---\n# Tap\n'),
        ("---\na: 1\n---\n# Tap\n", '---\nsummary: "It drips."\na: 1\n---\n# Tap\n'),
        ("---\na: 1\nsummary: old\nb: 2\n---\n", '---\na: 1\nsummary: "It drips."\nb: 2\n---\n'),
        ("---\nsummary: >\n  old\n  lines\nb: 2\n---\n", '---\nsummary: "It drips."\nb: 2\n---\n'),
        ("---\r\na: 1\r\n---\r\nx\r\n", '---\r\nsummary: "It drips."\r\na: 1\r\n---\r\nx\r\n'),
        ("\ufeff# Tap\n", '\ufeff---\nsummary: "It drips."\n---\n# Tap\n'),
    ],
)
def test_a_field_of_the_front_matter(before, after):
    assert field(before) == after


@pytest.mark.parametrize(
    "old",
    ["summary: |\n  old\n\n  second", "summary:\n- one\n- two", "summary:\n  - one\n  -\n    - two",
     "Summary: >-\n\n  x",
     "summary:", '"summary": [one,\n  two]', "summary:\n  a: 1\n  b:\n  - c", "summary: old\n  lines"],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_whatever_the_field_was_nothing_else_changes(old, ends):
    note = "---\n{}\n# a comment\n\nb: 2\n---\nSummary: mine.\n"
    before, after = (note.format(each).replace("\n", ends) for each in (old, 'summary: "It drips."'))
    assert field(before) == after


def test_only_the_head_has_the_field():
    keys = "".join(f"k{number}: {number}\r\n" for number in range(25))
    body = "Summary: I wrote this.\r\nMore.\r\n"
    assert field(f"---\r\n{keys}---\r\n{body}") == f'---\r\nsummary: "It drips."\r\n{keys}---\r\n{body}'


@pytest.mark.parametrize("head", ["---\n{a: 1}\n---\n", "---\na: [\n---\n", "---\n- a\n---\n", "+++\na = 1\n+++\n"])
def test_a_head_that_can_have_no_field_is_left_alone(head):
    with pytest.raises(InvalidRequest, match="front matter"):
        field(f"{head}x\n")


@given(st.text(max_size=80))
def test_any_summary_is_one_line_of_yaml(summary):
    import yaml

    made = field("---\na: 1\n---\nx\n", summary)
    assert made.count("\n") == 5
    assert isinstance(yaml.safe_load(made.split("---")[1])["summary"], str) or "---" in summary


def test_a_note_of_its_own_says_what_it_is_and_where_it_comes_from():
    path, text = as_note("#home: a week", "It drips [1].", [TAP], "2 of 2 sections", "summaries", lambda _path: False)
    assert path.startswith("summaries/")
    assert path.endswith("-home-a-week.md")
    assert text.startswith('---\ntitle: "#home: a week"\ncreated: ')
    assert "type: starlight-summary\n---\n\n# #home: a week\n\nIt drips [[howto/tap#Repair|1]].\n" in text
    assert "- \\[1\\] [howto/tap.md](../howto/tap.md), lines 6 to 9\n\n_2 of 2 sections_\n" in text


def test_a_conversation_that_is_no_note_has_no_link():
    turn = Source(1, "", 1, 1, "How hot?", "How [hot]?", "70 degrees.", 1)
    _, text = as_note("How hot?", "70 degrees [1].", [turn], "", "summaries", lambda _path: False)
    assert text.endswith("\n\n70 degrees \\[1\\].\n\nSources:\n\n- \\[1\\] How \\[hot\\]?\n")


def test_no_note_is_written_over_and_none_is_made_elsewhere():
    path, _ = as_note("a", "x", [], "", "s", lambda path: not path.endswith("-2.md"))
    assert path.endswith("-a-2.md")
    with pytest.raises(InvalidRequest, match=r"summary\.folder"):
        as_note("a", "x", [], "", "../s", lambda _path: False)
    with pytest.raises(InvalidRequest, match="callout"):
        checked("song")
