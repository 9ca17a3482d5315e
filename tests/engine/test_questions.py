"""Questions: what they take from the conversation, their parts, and the notes and tags that they name."""

from __future__ import annotations

import pytest

from starlight.engine.answer import Turn
from starlight.engine.questions import Named, named, needs_conversation, parts, queries, standalone

TALK = [Turn("Who founded the tea house in Kyoto?", "It was founded by Sen Rikyu in 1582. [1] He loved plain bowls.")]


@pytest.mark.parametrize(
    "question",
    [
        "And when did it close?", "Why?", "What about tomatoes?", "When did he die?", "And the roof?", "Since when?",
        "Und wann wurde es geschlossen?", "Warum?", "Wann ist er gestorben?", "Et le toit ?", "¿Y el tejado?",
        "А когда?", "那么什么时候?", "它什么时候关门?", "それはいつですか", "و چرا؟", "Tomatoes?",
    ],
)  # fmt: skip
def test_it_needs_the_conversation(question: str) -> None:
    assert needs_conversation(question)
    assert standalone(question, TALK) != question
    assert standalone(question, ()) == question


@pytest.mark.parametrize(
    "question",
    [
        "How do I keep a sourdough starter alive over the holidays?",
        "Which slate did the roofer recommend for our house?",
        "Wie lange muss der Sauerteig im Kühlschrank ruhen?",
        "Comment faire pousser des tomates sur un balcon ?",
    ],
)
def test_it_can_stand_alone(question: str) -> None:
    assert standalone(question, TALK) == question
    assert queries(question, TALK) == (question,)


def test_a_follow_up_takes_the_words_that_matter() -> None:
    asked = standalone("And when did it close?", TALK)
    assert asked.startswith("And when did it close? ")
    assert set(asked.lower().split()) >= {"founded", "tea", "house", "kyoto", "sen", "rikyu", "1582"}
    assert "[1]" not in asked
    again = standalone("Why?", [*TALK, Turn("And when did it close?", "In 1590.")])
    assert "kyoto" in again, "what the last question was about itself"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did we eat? What did the roofer say?", ["When did we eat", "What did the roofer say"]),
        ("Who built the shed and how much did the roof cost?", ["Who built the shed", "how much did the roof cost"]),
        ("Wer baute den Schuppen und was kostete das Dach?", ["Wer baute den Schuppen", "was kostete das Dach"]),
        ("What is the difference between slate and clay tiles?", ["slate", "clay tiles"]),
        ("Compare Neovim with VS Code", ["Neovim", "VS Code"]),
        ("slate vs. clay", ["slate", "clay"]),
        ("茶道是什么？屋顶多少钱？", ["茶道是什么", "屋顶多少钱"]),
    ],
)  # fmt: skip
def test_compound_questions_have_parts(question: str, expected: list[str]) -> None:
    assert parts(question) == expected
    assert queries(question)[0] == question
    assert len(queries(question)) == 3


@pytest.mark.parametrize(
    "question", ["salt and pepper", "How do bread and butter go together?", "Why? Why?", "", "?;?;?"]
)
def test_others_have_none(question: str) -> None:
    assert parts(question) == [question]


def test_a_part_that_points_takes_the_words_of_the_first() -> None:
    *_, last = queries("Who built the old shed and when did he finish?")
    assert {"built", "shed"} <= set(last.split())


NOTES = {"tea": ["tea.md"], "roof meeting": ["work/roof meeting.md"], "work/roof meeting.md": ["work/roof meeting.md"]}


def names(name: str) -> list[str]:
    return NOTES.get(" ".join(name.casefold().split()), [])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does @tea say?", Named("What does say?", ("tea.md",))),
        ("@Roof meeting: who came?", Named(": who came?", ("work/roof meeting.md",))),
        ("Who was at @roof meeting?", Named("Who was at ?", ("work/roof meeting.md",))),
        ("Sum up @tea's points", Named("Sum up 's points", ("tea.md",))),
        ('In @"Roof meeting", who came?', Named("In , who came?", ("work/roof meeting.md",))),
        ("@[[Roof meeting|it]] and @tea", Named("and", ("work/roof meeting.md", "tea.md"))),
        ("@work/roof meeting.md", Named("", ("work/roof meeting.md",))),
        ("write to anna@tea or @nobody", Named("write to anna@tea or @nobody")),
        ("what of #garden/beds and #42 or #none", Named("what of and #42 or #none", (), ("garden/beds",))),
        ("@", Named("@")),
        ("@@tea @", Named("@@tea @")),
    ],
)  # fmt: skip
def test_notes_and_tags_that_are_named(question: str, expected: Named) -> None:
    assert named(question, names, lambda tag: tag.startswith("garden")) == expected


def test_a_very_long_question_takes_no_time() -> None:
    for piece in ("and what ", "@", "@a ", "between a and b ", "x vs ", "?", "#a", "茶"):
        text = piece * (100_000 // len(piece))
        assert len(queries(text)) >= 1
        assert named(text, lambda _name: [], lambda _tag: False).text == " ".join(text.split())
