"""An answer without a model: whole sentences of the evidence, each with its source."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from starlight.engine.answer import Evidence, Rated, Source
from starlight.engine.extract import NOTHING, extract
from starlight.engine.workspace import Workspace
from starlight.notes.sentences import sentences
from starlight.notes.text import plain

NOTES = """== sourdough.md ==
# Sourdough

Feed the **starter** every morning. It sleeps in the [fridge](fridge.md) for two weeks.[2] Nobody knows why.

> Before a journey the starter
> is fed once.
== journal.md ==
In the fridge the starter sleeps for two weeks. How long does the starter sleep in the fridge?

```
starter = "sleep in the fridge"
```
== roof.md ==
# Roof

- We decided for slate, not for tiles.
- It costs 12,400 euros, e.g. Slate, nails and Dr. Miller's work.
== 茶.md ==
# 茶道

今天我们去了茶室。先温壶再泡茶。
"""


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def answered(workspace: Workspace, question: str, budget: int = 500) -> str:
    evidence = workspace.evidence(question, budget)
    text = extract(evidence, question)
    check(evidence, text)
    return text


def check(evidence: Evidence, text: str) -> None:
    """Every line is a whole sentence of the source that it cites, and they stand in order."""
    if text == NOTHING:
        return
    cited = []
    for line in text.split("\n"):
        found = re.fullmatch(r"(?:- )?(.+) \[(\d+)\]", line)
        assert found, line
        source = evidence.sources[int(found[2]) - 1]
        whole = [" ".join(plain(source.text[a:b]).split()) for a, b, _ in sentences(source.text)]
        assert any(
            found[1] == re.sub(r"\[\d+\]| > ", lambda mark: " " if ">" in mark[0] else "", each) for each in whole
        )
        cited.append(source.number)
    assert cited == sorted(cited)


def test_the_best_sentence_with_its_source(notes: Workspace) -> None:
    text = answered(notes, "How long does the starter sleep in the fridge?")
    assert "for two weeks. [" in text
    assert "?" not in text, "the question itself is no answer"
    assert "starter =" not in text, "nor is code"
    assert text.count("two weeks") == 1, "nor the same once more"


def test_several_are_items(notes: Workspace) -> None:
    text = answered(notes, "What did we decide for the roof and how much does it cost?")
    lines = text.split("\n")
    assert len(lines) >= 2
    assert all(line.startswith("- ") for line in lines)
    assert "12,400 euros, e.g. Slate, nails and Dr. Miller's work." in text


def test_a_quotation_is_one_sentence(notes: Workspace) -> None:
    assert "Before a journey the starter is fed once. [" in answered(notes, "starter before a journey")


def test_in_another_script(notes: Workspace) -> None:
    assert "先温壶再泡茶。 [" in answered(notes, "怎么泡茶？")


@pytest.mark.parametrize("question", ["quantum chromodynamics of gluons", "xqzvwk blorptangle"])
def test_the_notes_do_not_say(notes: Workspace, question: str) -> None:
    evidence = notes.evidence(question, 500)
    assert extract(evidence, question) == NOTHING == "Your notes do not say."


def source(text: str, *rated: tuple[str, float], number: int = 1) -> Source:
    places = [Rated(text.index(each), text.index(each) + len(each), value) for each, value in rated]
    return Source(number, "a.md", 1, 1, "A", "", text, 10, sentences=tuple(places))


def evidence(*sources: Source) -> Evidence:
    return Evidence("what?", ("what?",), sources)


def test_sentences_keep_the_order_of_their_sources() -> None:
    one = source("First it rains. Then it snows.", ("First it rains.", 0.5), ("Then it snows.", 0.6))
    two = source("The sun comes out.", ("The sun comes out.", 0.9), number=2)
    assert extract(evidence(one, two)) == "- First it rains. [1]\n- Then it snows. [1]\n- The sun comes out. [2]"


def test_what_answers_much_less_is_left_out() -> None:
    one = source("It rains here. Cows eat grass.", ("It rains here.", 0.8), ("Cows eat grass.", 0.3))
    assert extract(evidence(one)) == "It rains here. [1]"
    assert extract(evidence(source("It rains here.", ("It rains here.", 0.05)))) == NOTHING


def test_marks_of_the_note_are_no_citations_of_ours() -> None:
    one = source("It rained there. [7] [^a]", ("It rained there. [7] [^a]", 0.8))
    assert extract(evidence(one)) == "It rained there. [1]"


@pytest.mark.parametrize("sentence", ["Does it rain in spring?", "To make it rain:", "什么时候下雨？"])
def test_what_says_nothing_by_itself_is_left_out(sentence: str) -> None:
    one = source(f"{sentence} It rains in May.", (sentence, 0.9), ("It rains in May.", 0.7))
    assert extract(evidence(one)) == "It rains in May. [1]"


def test_no_sources_and_nothing_to_quote() -> None:
    assert extract(evidence()) == NOTHING
    assert extract(evidence(source("Yes.", ("Yes.", 0.9)))) == NOTHING
    endless = "a " * 500
    assert extract(evidence(source(endless, (endless.strip(), 0.9)))) == NOTHING
