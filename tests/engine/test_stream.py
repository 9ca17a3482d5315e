"""The text of a model, made fit to be shown."""

from __future__ import annotations

import pytest

from starlight.engine.stream import bounded, clean, spoken


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\r\nb\x00\x07\x9bc", "a\nbc"),
        ("left \u202eright\u2066", "left right"),
        ("half \ud83d of one", "half ? of one"),
        ("می‌خواهم 👩‍🚀", "می‌خواهم 👩‍🚀"),
    ],
)
def test_commands_to_a_terminal_are_taken_out(piece, shown):
    assert clean(piece) == shown


def pieces_of(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The tap.", "The tap."),
        ("<think>\nHm, the tap </thin\n</think>\n\nThe tap.", "The tap."),
        ("\n <think></think>The tap.", "The tap."),
        ("<thin ice", "<thin ice"),
        ("<think>never ends", ""),
        ("a <think>b</think>", "a <think>b</think>"),
        ("", ""),
        ("<", "<"),
    ],
)
def test_thinking_aloud_is_not_said(text, said, size):
    assert "".join(spoken(pieces_of(text, size))) == said


def test_an_endless_answer_ends():
    def endless():
        while True:
            yield "word "

    assert len(list(bounded(endless(), 50))) == 100


def test_endless_thinking_ends_too():
    def endless():
        while True:
            yield "<think>"

    assert list(bounded(spoken(bounded(endless(), 50)), 50)) == []
