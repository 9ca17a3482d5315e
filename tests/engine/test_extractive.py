"""Summaries in the notes' own sentences: which are chosen, that they are whole, and what cannot be summarized."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine.contents import Content
from starlight.engine.extractive import EMPTY, NOTHING, summarize
from starlight.engine.quotable import quotable
from starlight.engine.sections import Section, Sections
from starlight.engine.summary import LINE, MOST_SENTENCES, NO_LINE, Length, Subject, Summary, n_words
from starlight.engine.summary_lines import SummaryLines, subject_of
from starlight.index.cache import Cache
from starlight.models.embedder import Embedder
from starlight.notes import markdown
from starlight.notes.text import plain

SOURDOUGH = """# Sourdough

Sourdough bread is raised by wild yeast and bacteria that live in a starter of flour and water.
The starter is fed every day. My aunt likes the red jar better. The weather was mild.

## Baking

Sourdough bread is baked in a very hot oven with steam, so that its crust becomes thin and crisp.

| flour | water |
| --- | --- |
| sourdough bread flour 500 g | sourdough bread water 350 g |

- Status: sourdough bread draft
- See [[sourdough bread]] and [sourdough](https://example.org/sourdough-bread-is-baked)

## References

Sourdough bread is raised by wild yeast, says a book about sourdough bread.
"""
GERMAN = """# Der Teich

Im Teich leben Frösche, Molche und Libellen, die im Frühjahr laichen. Der Nachbar hat am Dienstag gemäht.
Damit der Teich nicht zuwächst, wird er z. B. im Herbst von Laub und Schlamm befreit. Es war kalt.
Wasserpflanzen geben dem Teich Sauerstoff und den Fröschen und Molchen Schutz.
"""
CHINESE = """# 茶道

绿茶用八十度的水冲泡，以免茶叶变苦。今天下雨了。泡茶之前先把茶壶和茶杯温热。猫睡着了。红茶需要沸水冲泡。
"""


def sections_of(*texts: str) -> tuple[Section, ...]:
    made = {f"{number}.md": Content(text, b"") for number, text in enumerate(texts, 1)}
    read = Sections(made.get, lambda _path: False, lambda _name: ())
    return tuple(section for path in made for section in read.of(path))


@pytest.fixture
def summary(embedder: Embedder):
    def make(*texts: str, length: Length = LINE) -> Summary:
        subject = Subject("note", "a note", sections_of(*texts))
        made = summarize(subject, length, embedder.embed)
        check(made)
        return made

    return make


def check(made: Summary) -> None:
    """Every statement is a sentence that stands at its place, and they stand in the order of the text."""
    assert len(made.statements) == len(made.sources)
    places = []
    for number, (statement, source) in enumerate(zip(made.statements, made.sources, strict=True), 1):
        assert made.text[statement.start : statement.end] == statement.text
        said = re.sub(r" \[\d+\]$", "", statement.text)
        assert statement.text == f"{said} [{number}]"
        assert (statement.sources, source.number) == ((number,), number)
        shown = " ".join(plain(re.sub(r"\n[ ]{0,3}(?:>[ \t]?)+", "\n", source.text)).split())
        assert re.sub(r"[ \t]*\[[\d, \t^\w]+\]", "", shown).split() == said.split()
        at = next(
            n
            for n, section in enumerate(made.subject.sections)
            if section.path == source.path
            and section.first <= source.start_line <= source.end_line <= section.last
            and source.text in section.text
        )
        places.append((at, source.start_line))
    assert places == sorted(places)


def said(made: Summary) -> list[str]:
    return [re.sub(r" \[\d+\]$", "", statement.text) for statement in made.statements]


def test_what_a_note_is_about(summary) -> None:
    made = summary(SOURDOUGH, length=Length(2))
    assert said(made) == [
        "Sourdough bread is raised by wild yeast and bacteria that live in a starter of flour and water.",
        "Sourdough bread is baked in a very hot oven with steam, so that its crust becomes thin and crisp.",
    ]
    assert [(source.start_line, source.heading) for source in made.sources] == [(3, ""), (8, "Baking")]
    assert made.text.startswith("- Sourdough bread is raised")
    assert made.kind == "extractive"
    assert str(made.coverage).endswith("words, without a model")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GERMAN, {"Frösche", "z. B.", "Wasserpflanzen"}),
        (CHINESE, {"绿茶", "泡茶", "红茶"}),
    ],
)
def test_in_other_languages(summary, text: str, expected: set[str]) -> None:
    made = summary(text, length=Length(3))
    assert len(made.statements) == 3
    assert all(any(word in each for each in said(made)) for word in expected), made.text


def test_no_rows_fields_links_questions_or_references(summary) -> None:
    everything = " ".join(said(summary(SOURDOUGH, length=Length(share=1.0))))
    for beside in ("500 g", "Status", "See", "says a book"):
        assert beside not in everything


def test_lengths(summary) -> None:
    n_all = len(quotable(sections_of(SOURDOUGH)))
    assert n_all == 5
    assert [len(summary(SOURDOUGH, length=Length(n)).statements) for n in (1, 3, 5, 50)] == [1, 3, 5, 5]
    assert [len(summary(SOURDOUGH, length=Length(share=s)).statements) for s in (0.01, 0.4, 1.0)] == [1, 2, 5]


def test_a_share_of_a_long_text_has_an_end(summary) -> None:
    many = " ".join(f"The lamp of street {number} in the harbour was lit at dusk." for number in range(300))
    assert len(summary(many, length=Length(share=0.9)).statements) == MOST_SENTENCES
    assert len(summary(many, length=Length(1_000)).statements) == MOST_SENTENCES


def test_one_line_stands_alone(summary) -> None:
    made = summary(SOURDOUGH)
    assert made.text.startswith("Sourdough bread is")
    assert "\n" not in made.text


def test_the_same_thing_is_not_said_twice(summary) -> None:
    twice = (
        "# Bees\n\nBees fly to apple blossoms in the spring. In spring, bees fly to apple blossoms. Hives are brown."
    )
    assert "Hives are brown." in said(summary(twice, length=Length(2)))


def test_what_a_template_repeats_is_no_theme(summary) -> None:
    days = "\n\n".join(f"## Day {n}\n\nWrite down what went well." for n in range(20))
    made = summary(f"# Diary\n\n{days}\n\nThe bees swarmed.", length=Length(5))
    assert said(made) == ["Write down what went well.", "The bees swarmed."]


def test_several_notes_have_their_say(summary) -> None:
    made = summary(SOURDOUGH, GERMAN, CHINESE, length=Length(3))
    assert {source.path for source in made.sources} == {"1.md", "2.md", "3.md"}


ENDLESS = "# Endless\n\n" + "water " * 100_000
CODE = "# Code\n\n```python\nprint('there is nothing to read here')\n```\n"


@pytest.mark.parametrize(
    "text", [ENDLESS, CODE, "# Only a title\n", "# Table\n\n| a | b |\n| --- | --- |\n| one | two |\n"]
)
def test_nothing_to_quote(summary, text: str) -> None:
    made = summary(text, length=Length(5))
    assert (made.text, made.statements, made.hint) == ("", (), NOTHING)


def test_nothing_at_all(summary) -> None:
    assert summary("", length=Length(5)).hint == EMPTY


def test_a_list_of_links_is_what_there_is(summary) -> None:
    made = summary("# Links\n\n- [[Garden]]\n- [Roof](roof.md)\n", length=Length(5))
    assert said(made) == ["Garden", "Roof"]


def test_one_endless_sentence_hides_no_other(summary) -> None:
    assert said(summary(f"{ENDLESS}\n\nA river flows to the sea.")) == ["A river flows to the sea."]


@pytest.mark.parametrize(
    "before", ["", "> [!summary] Starlight\n> What a summary of ours says is none of its words.\n\n"]
)
def test_a_note_that_is_parsed_already_has_the_same_line(embedder: Embedder, tmp_path: Path, before: str) -> None:
    with contextlib.closing(Cache(tmp_path / "cache.db", 1_000_000)) as cache:
        text = before + SOURDOUGH
        note = markdown.parse(text, "tea")
        lines = [SummaryLines(embedder.embed, cache).line("tea.md", text, each) for each in (None, note)]
        assert lines[0] == lines[1] != NO_LINE
        assert "summary of ours" not in lines[0].text
        parsed = subject_of("tea.md", text, dataclasses.replace(note, title="As it was given"))
        assert (parsed.sections[0].title == "As it was given") is (before == "")


def test_lines_are_made_once_for_each_text(embedder: Embedder, tmp_path: Path) -> None:
    asked: list[int] = []

    def embed(texts):
        asked.append(len(texts))
        return embedder.embed(texts)

    cache = Cache(tmp_path / "cache.db", 1_000_000)
    lines = SummaryLines(embed, cache)
    assert lines.line("tea.md", SOURDOUGH) == lines.line("tea.md", SOURDOUGH) != NO_LINE
    assert len(asked) == 1
    assert "A river flows." in lines.line("tea.md", "# River\n\nA river flows.").text
    assert (lines.line("tea.md", CODE), len(asked)) == (NO_LINE, 2)
    assert lines.line("tea.md", ENDLESS) == NO_LINE
    cache.close()


def test_words_of_scripts_without_spaces() -> None:
    assert n_words("It rains. 今天下雨了 again") == 3 + 5
    assert n_words("no more") == 2


WORDS = st.lists(
    st.sampled_from(
        ["river", "sea", "水", "Über", "don't", "e.g.", "Dr.", "3.5", "**bold**", "[link](a.md)", "`code.x`", "[2]"]
    ),
    min_size=1,
)
SENTENCES = st.builds(lambda words, mark: " ".join(words) + mark, WORDS, st.sampled_from([".", "!", "?", "。", ":"]))
BLOCKS = st.builds(
    lambda head, parts: head + " ".join(parts),
    st.sampled_from(["", "# ", "- ", "> ", "1. ", "| ", "    ", "```\n"]),
    st.lists(SENTENCES, min_size=1, max_size=5),
)


@given(st.lists(BLOCKS, max_size=8), st.integers(1, 6))
def test_any_text(embedder: Embedder, blocks: list[str], limit: int) -> None:
    subject = Subject("note", "a note", sections_of("\n\n".join(blocks)))
    made = summarize(subject, Length(limit), embedder.embed)
    check(made)
    assert len(made.statements) == min(limit, len(quotable(subject.sections)))
    assert made == summarize(subject, Length(limit), embedder.embed)
