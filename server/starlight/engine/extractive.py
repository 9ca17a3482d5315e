"""A summary in sentences of the notes themselves: always there, at once, the same every time.

The sentences that say something by themselves (``engine.quotable``) are scored and few that differ are chosen
(``engine.centrality``); each stands whole, in the order of the text, with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from starlight.engine.answer import Source, Statement
from starlight.engine.centrality import chosen
from starlight.engine.describe import HEADING_SEPARATOR
from starlight.engine.packing import estimate
from starlight.engine.quotable import Quotable, quotable
from starlight.engine.sections import Section
from starlight.engine.summary import Coverage, Length, Subject, Summary, n_words
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.models.embedder import Vectors

Embed = Callable[[Sequence[str]], "Vectors"]
"""Gives one row a text, of length 1; see ``models.embedder.Embedder``."""

NOTHING = "There is no sentence here to summarize it by."
EMPTY = "There is no text here."


def summarize(subject: Subject, length: Length, embed: Embed) -> Summary:
    """Return the sentences of ``subject`` that stand for it, each with its source.

    There are as many as ``length`` says, or fewer where there are fewer; none where the text has no sentence, as code
    or an endless line, and then ``hint`` says so.  Nothing is cut.
    """
    found = quotable(subject.sections)
    picked = _picked(subject.sections, found, length, embed)
    made = [_source(number, subject, each) for number, each in enumerate(picked, 1)]
    text, statements = _text([each.text for each in picked])
    hint = "" if picked else NOTHING if subject.sections else EMPTY
    n_sections = len(subject.sections)
    coverage = Coverage(n_sections, n_sections, sum(n_words(section.text) for section in subject.sections))
    return Summary(subject, text, "extractive", tuple(made), coverage, statements, hint=hint)


def _picked(sections: Sequence[Section], found: Sequence[Quotable], length: Length, embed: Embed) -> list[Quotable]:
    if not found:
        return []
    numbers: dict[tuple[str, str], int] = {}
    of_section = [numbers.setdefault((each.path, each.title), len(numbers)) for each in sections]
    titles = [title for _, title in numbers]
    vectors = embed([*titles, *(each.text for each in found)])
    notes = [of_section[each.section] for each in found]
    return [
        found[at] for at in chosen(found, vectors[len(titles) :], vectors[: len(titles)], notes, length.of(len(found)))
    ]


def _source(number: int, subject: Subject, each: Quotable) -> Source:
    section = subject.sections[each.section]
    text = section.text[each.start : each.end]
    lines = Lines(section.text)
    return Source(
        number=number,
        path=section.path,
        start_line=section.first + lines.at(each.start) - 1,
        end_line=section.first + lines.at(max(each.end - 1, each.start)) - 1,
        title=section.title,
        heading=_heading(section, each.heading),
        text=text,
        tokens=estimate(text),
        root=subject.root,
        locator=section.locator,
    )


def _heading(section: Section, inner: str) -> str:
    """Return the headings above a sentence: those of its section, and one within it."""
    *_, last = section.heading.split(HEADING_SEPARATOR)
    return (
        section.heading
        if inner in ("", last, section.title)
        else HEADING_SEPARATOR.join(filter(None, (section.heading, inner)))
    )


def _text(sentences: Sequence[str]) -> tuple[str, tuple[Statement, ...]]:
    """Return Markdown, one sentence by itself or a list of several, and each as a statement of its source."""
    bullet = "- " if len(sentences) > 1 else ""
    text = ""
    statements = []
    for number, sentence in enumerate(sentences, 1):
        text += ("\n" if text else "") + bullet
        said = f"{sentence} [{number}]"
        statements.append(Statement(said, len(text), len(text) + len(said), (number,), "supported"))
        text += said
    return text, tuple(statements)
