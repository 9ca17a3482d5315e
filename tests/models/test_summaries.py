"""Summaries by a model that llama.cpp runs: its own tokens are counted, and every step fits its window."""

from __future__ import annotations

from starlight.engine.summarizing import summarize
from starlight.engine.summary import Length
from tests.engine.summaries import Kept, means, subject, text_of

SAID = "The roof was mended [1], and the garden has a kettle [2]."
TEXTS = [text_of(number) for number in range(30)]


def test_a_long_note_in_steps_and_nothing_twice(llama):
    kept, generator = Kept(), llama(says=SAID)
    made = summarize(subject(TEXTS), Length(5), means(generator, kept))
    assert made.kind == "generated"
    assert made.text == SAID
    assert "was not asked" not in made.hint
    assert (made.coverage.read, made.coverage.sections) == (30, 30)
    assert made.coverage.steps >= 2
    assert made.coverage.calls == len(kept) > 2
    assert made.usage.completion_tokens > 0
    again = summarize(subject(TEXTS), Length(5), means(generator, kept))
    assert (again.text, again.coverage.calls) == (made.text, 0)


def test_endless_text_of_a_real_model_ends(llama):
    made = summarize(subject(TEXTS[:2]), Length(1), means(llama(says=f"{SAID} ", forever=True)))
    assert made.text.startswith(SAID)
    assert len(made.statements) <= 2
