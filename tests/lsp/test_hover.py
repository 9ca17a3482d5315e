"""What a hover shows, as Markdown."""

from __future__ import annotations

import dataclasses

import pytest

from starlight.engine.hover import Card
from starlight.engine.summary import SummaryLine
from starlight.lsp.features.hover import markdown

CARD = Card(
    start=0,
    end=5,
    path="drinks/tea.md",
    title="Tea",
    section="",
    tags=(),
    dates="",
    n_backlinks=0,
    body="Boil the *water*.",
)


def test_note():
    assert markdown(CARD) == "**Tea**\n\n`drinks/tea.md`\n\n---\n\nBoil the *water*."


def test_the_sentence_that_stands_for_a_long_note():
    card = dataclasses.replace(CARD, summary=SummaryLine("Tea is brewed."))
    assert markdown(card) == "**Tea**\n\n`drinks/tea.md`\n\n> Tea is brewed.\n\n---\n\nBoil the *water*."


def test_a_line_that_a_model_wrote_is_shown_as_such_and_has_nothing_active():
    said = "Tea ![is](https://example.org/a.png) brewed."
    shown = markdown(dataclasses.replace(CARD, summary=SummaryLine(said, "qwen`2")))
    assert "\n> Tea " in shown
    assert " · `qwen'2`\n" in shown
    assert "](https://" not in shown


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"tags": ("green", "hot")}, "`drinks/tea.md` · `#green` `#hot`"),
        ({"dates": "2026-01-02"}, "`drinks/tea.md` · 2026-01-02"),
        ({"n_backlinks": 1}, "`drinks/tea.md` · linked from 1 note"),
        ({"n_backlinks": 3}, "`drinks/tea.md` · linked from 3 notes"),
        ({"section": "Black tea"}, "**Tea** › Black tea"),
        ({"body": ""}, "*(empty)*"),
    ],
)
def test_facts(changes, line):
    assert line in markdown(dataclasses.replace(CARD, **changes)).split("\n\n")


def test_no_such_note():
    assert markdown(dataclasses.replace(CARD, path="", title="Coffee")) == "No note is called “Coffee” yet."
