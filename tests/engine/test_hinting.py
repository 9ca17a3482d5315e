"""Names of notes in plain words, and what is written already, from a real index."""

from __future__ import annotations

import pytest

from starlight.engine.hinting import CODES, Hint, moved

WORDS = (
    "Limescale builds up wherever hard water is boiled again and again. Fill the kettle halfway with white vinegar "
    "and plain water, bring it slowly to the boil, leave it for one hour, pour everything away, then rinse three "
    "times until nothing smells of vinegar any more, and dry the lid with a cotton cloth."
)
NOTES = f"""
== drinks/green tea.md ==
---
aliases: [Sencha leaves]
---
# Green tea

Eighty degrees.
== drinks/tea.md ==
# Tea
== kitchen/descaling.md ==
# Descaling

## The kettle

{WORDS}
== a/same name.md ==
# Some name
== b/same name.md ==
# Some title
== 茶/绿茶泡法.md ==
# 绿茶泡法

水温八十度。
== day.md ==
# Day

See [[drinks/tea]] and [[descaling]].
"""
FILLER = "".join(f"== filler/{n}.md ==\n# Filler {n}\n\nMore tea, please, and number {n}.\n" for n in range(20))


@pytest.fixture
def workspace(indexed):
    return indexed(NOTES + FILLER)


def hints(workspace, text: str, path: str = "new.md", wanted=CODES, seconds: float = 60.0, **opened: str):
    return workspace.authoring.hints(path, text, {path: text, **opened}, wanted, lambda: True, seconds)


def said(workspace, text: str, **more) -> list[tuple[str, str]]:
    return [(text[hint.start : hint.end], hint.path) for hint in hints(workspace, text, **more).found]


def test_a_name_in_plain_words(workspace):
    text = "# New\n\nI had green tea, Green Tea again, and sencha\nleaves.\n"
    assert said(workspace, text) == [("green tea", "drinks/green tea.md")]
    assert said(workspace, "Sencha leaves' smell, the descaling.") == [
        ("Sencha leaves", "drinks/green tea.md"), ("descaling", "kitchen/descaling.md"),
    ]  # fmt: skip
    assert said(workspace, "我喜欢绿茶泡法和水。") == [("绿茶泡法", "茶/绿茶泡法.md")]
    assert said(workspace, "Descaling's end") == [("Descaling", "kitchen/descaling.md")]


@pytest.mark.parametrize(
    "text",
    [
        "Common words such as tea are none.",
        "same name is that of two notes.",
        "[[green tea]] is linked, and so green tea is.",
        "`green tea` ``green tea`` <!-- green tea --> <b title='green tea'> [green tea](https://a.example/green tea)",
        "---\ntitle: green tea\n---\n",
        "+++\ntitle = 'green tea'\n+++\n",
        "# All of green tea\n",
        "```\ngreen tea\n```\n\n    green tea\n",
        "https://a.example/green tea?".replace(" ", "-"),
        "#green/tea $green tea$ evergreen teas",
        "green\n\ntea",
        "green \0 tea",
    ],
)
def test_what_is_no_mention(workspace, text: str):
    assert said(workspace, text) == []


def test_a_note_does_not_mention_itself(workspace):
    assert said(workspace, "# Green tea\n\nGreen tea is good.\n", path="drinks/green tea.md") == []


def test_names_of_open_notes_count(workspace):
    text = "A pinch of cardamom sugar."
    assert said(workspace, text) == []
    assert said(workspace, text, **{"open.md": "# Cardamom sugar\n"}) == [("cardamom sugar", "open.md")]


def test_what_is_written_already(workspace):
    text = f"# Other\n\nSomething else.\n\n{WORDS.replace('white', 'cheap')}\n\nShort.\n"
    (hint,) = hints(workspace, text).found
    assert (hint.code, hint.path, hint.title, hint.line) == ("already-written", "kitchen/descaling.md", "Descaling", 5)
    assert text[hint.start : hint.until] == WORDS.replace("white", "cheap")
    assert hints(workspace, text, wanted=["unlinked-mention"]).found == ()


def test_what_is_not_written_already(workspace):
    assert hints(workspace, f"See [[descaling]].\n\n{WORDS}").found == ()
    assert hints(workspace, f"```\n{WORDS}\n```\n").found == ()
    half = " ".join(WORDS.split()[:20])
    assert hints(workspace, half, wanted=["already-written"]).found == ()
    other = "vinegar boils hard water away and again wherever " * 8
    assert hints(workspace, other, wanted=["already-written"]).found == ()


def test_templates_are_not_written_already(indexed):
    workspace = indexed("".join(f"== {n}.md ==\n# {n}\n\n{WORDS}\n" for n in range(4)))
    assert hints(workspace, WORDS).found == ()


def test_only_new_passages_are_searched_for(workspace, counting):
    text = f"{WORDS}\n\n" + " ".join(f"word{n} of some other things" for n in range(20))
    assert not hints(workspace, text, seconds=0.0).is_whole
    found = hints(workspace, text)
    assert found.is_whole
    counting.take()
    assert hints(workspace, text) == found
    assert counting.take() == []
    assert hints(workspace, f"New.\n\n{text}", seconds=0.0).found[0].start == found.found[0].start + 6
    stopped = workspace.authoring.hints("x.md", text, {}, CODES, lambda: False, 60.0)
    assert not stopped.is_whole


def test_what_another_note_no_longer_says_is_forgotten(workspace):
    assert hints(workspace, WORDS).found
    (workspace.root / "kitchen" / "descaling.md").write_text("# Descaling\n")
    workspace.bring_up_to_date()
    assert hints(workspace, WORDS).found == ()


def fixed(workspace, text: str, marked: str, code: str = "unlinked-mention", style: str = "auto", path="new.md"):
    hint, fixes = workspace.authoring.hint_fixes(path, text, {path: text}, code, text.index(marked), style)
    (edit,) = fixes[0].change.edits
    return text[: edit.start] + edit.text + text[edit.end :], hint


@pytest.mark.parametrize(
    ("style", "text", "expected"),
    [
        ("wiki", "x green tea y", "x [[green tea]] y"),
        ("auto", "x Green\ntea y", "x [[green tea|Green tea]] y"),
        ("markdown", "x Green tea y", "x [Green tea](../drinks/green%20tea.md) y"),
        ("wiki", "| a |\n| - |\n| Green tea |\n", "| a |\n| - |\n| [[green tea\\|Green tea]] |\n"),
    ],
)
def test_a_mention_becomes_a_link(workspace, style: str, text: str, expected: str):
    marked = next(each for each in ("green", "Green") if each in text)
    assert fixed(workspace, text, marked, style=style, path="sub/new.md")[0] == expected


def test_what_is_written_already_is_linked(workspace):
    hints(workspace, f"{WORDS}\n\nMore.\n")
    text, hint = fixed(workspace, f"{WORDS}\n\nMore.\n", "Lime", "already-written")
    assert text == f"{WORDS} [[descaling]]\n\nMore.\n"
    assert hint
    assert hint.line == 5
    assert workspace.authoring.hint_fixes("new.md", "x", {}, "unlinked-mention", 0, "auto") == (None, [])


def test_hints_move_with_the_text():
    before = "one two three"
    kept = [Hint("unlinked-mention", at, at + 3, at + 3, "", "a.md", "A") for at in (0, 4)]
    assert [hint.start for hint in moved(kept, before, "one two, three")] == [0, 4]
    assert [hint.start for hint in moved(kept, before, "one and two three")] == [0, 8]
    assert [hint.start for hint in moved(kept, before, "on two three")] == [3]
    assert moved(kept, before, "") == []
