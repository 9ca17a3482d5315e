"""What a hover shows, as Markdown."""

from __future__ import annotations

import dataclasses

import pytest

from starlight.engine.hover import Card
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
