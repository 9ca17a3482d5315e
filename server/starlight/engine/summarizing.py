"""A subject becomes a summary: by a model in steps, or in the notes' own sentences, with places and how much was read.

Whatever a model does, a summary comes of it: a part that it has nothing for stands in the notes' own sentences, and
without a model, or where it does not answer at all, everything does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from starlight.engine import summary_prompts as prompts
from starlight.engine import summary_text as text_of
from starlight.engine.answer import Event, Source, Statement, Working, Written
from starlight.engine.citations import check
from starlight.engine.drafting import Desk
from starlight.engine.grounds import Grounds
from starlight.engine.sections import Section
from starlight.engine.summary import Coverage, Length, Subject, Summary, n_words
from starlight.engine.summary_prompts import Task
from starlight.engine.summary_tree import Growing, Kept, Made, Tree, rooms, together, tree
from starlight.engine.support import find
from starlight.errors import ConsentNeeded, GeneratorUnavailable, PromptTooLong
from starlight.models.generator import Cancellation, Generator
from starlight.notes import marks
from starlight.notes.claims import read
from starlight.notes.sentences import sentences

log = logging.getLogger(__name__)

Extract = Callable[[Subject, Length], Summary]
"""Gives a summary in sentences of the notes themselves."""

_ABSENT = " is not in source"


@dataclass(frozen=True, slots=True)
class Means:
    """What a summary is made with."""

    generator: Generator | None
    desk: Desk
    kept: Kept
    extract: Extract
    temperature: float = 0.2
    tell: Callable[[Event], None] = lambda _event: None
    cancellation: Cancellation = field(default_factory=Cancellation)
    hint: str = ""
    """Why there is no model."""


def summarize(subject: Subject, length: Length, means: Means) -> Summary:
    """Return the summary of ``subject``; ``means.tell`` hears how far it is, on this thread.

    Where there is nothing to read, it is empty and ``hint`` says so.

    Raises:
        ConsentNeeded: the text would leave the machine, and nobody has agreed to that.
    """
    sections = tuple(section for section in subject.sections if section.text.strip())
    hint = means.hint
    if means.generator and sections:
        try:
            summary = _Generated(replace(subject, sections=sections), length, means, means.generator).summary()
        except ConsentNeeded:
            raise
        except (GeneratorUnavailable, PromptTooLong) as error:
            hint = f"{means.generator.name} was not asked: {error}"
        else:
            log.info("a summary: %s, %s", summary.kind, summary.coverage)
            return replace(summary, subject=subject)
    return _extracted(subject, length, means, hint)


def _extracted(subject: Subject, length: Length, means: Means, hint: str) -> Summary:
    means.tell(Working("reading", "reading"))
    summary = means.extract(subject, length)
    means.tell(Written(summary.text))
    return replace(summary, hint=" ".join(filter(None, (hint, summary.hint))))


class _StoppedError(Exception):
    """Nobody waits for the summary any more."""


class _Generated:
    """The summary of a subject by a model."""

    def __init__(self, subject: Subject, length: Length, means: Means, generator: Generator) -> None:
        self._subject = subject
        self._means = means
        self._generator = generator
        self._length = length
        self._pieces = subject.sections
        self._growing = Growing(
            generator, means.desk, means.kept, self._stand_in,
            temperature=means.temperature, tell=means.tell, cancellation=means.cancellation,
        )  # fmt: skip

    def summary(self) -> Summary:
        """Return it."""
        self._means.tell(Working("reading", "reading"))
        try:
            return self._made()
        except _StoppedError:  # before anything was read
            return self._finished(Tree((), ()), ())

    def _made(self) -> Summary:
        task = Task(Length(self._n_sentences()), is_paper=prompts.is_paper(self._subject))
        room = rooms(self._generator, task)
        plan = tree(self._subject.sections, room, self._weight)
        self._pieces = plan.pieces
        made = self._growing.grow(plan, room, task, self._sources)
        if not any(part.by_model for part in made) and not self._means.cancellation.is_cancelled:
            hint = self._growing.tally.problem
            return _extracted(self._subject, self._length, self._means, hint)
        return self._finished(plan, made)

    def _weight(self, section: Section) -> int:
        """Return the tokens that ``section`` takes; a long text is weighed for so long that a stop is heard here."""
        if self._means.cancellation.is_cancelled:
            raise _StoppedError
        return prompts.weight(section, self._generator.count)

    def _n_sentences(self) -> int:
        is_share = bool(self._length.share)
        there = sum(len(sentences(section.text)) for section in self._subject.sections) if is_share else 0
        return self._length.of(there)

    def _sources(self, numbers: Sequence[int]) -> list[Source]:
        return [self._source(self._pieces[piece], number) for number, piece in enumerate(numbers, 1)]

    def _source(self, piece: Section, number: int) -> Source:
        return Source(
            number, piece.path, piece.first, piece.last, piece.title, piece.heading, piece.text,
            self._generator.count(piece.text), root=self._subject.root, locator=piece.locator,
        )  # fmt: skip

    def _stand_in(self, sections: Sequence[Section], n_sentences: int) -> str:
        """Return what the notes themselves say, with marks that count ``sections`` from 1."""
        said = self._means.extract(replace(self._subject, sections=tuple(sections)), Length(n_sentences))
        numbers = {}
        for source in said.sources:
            at = next((n for n, each in enumerate(sections, 1) if _holds(each, source)), None)
            if at:
                numbers[source.number] = at
        return text_of.renumbered(said.text, numbers)

    def _finished(self, plan: Tree, made: Sequence[Made]) -> Summary:
        growing, generator, is_stopped = self._growing, self._generator, self._means.cancellation.is_cancelled
        shown = [growing.unfinished] if growing.unfinished else made
        numbers, texts = together(shown)
        text = "\n\n".join(filter(None, texts))
        self._means.tell(Working("checking", "checking the citations"))
        sources = self._sources(numbers)
        statements = check(text, sources)
        if len(shown) == 1:
            statements = self._doubted(statements, shown[0])
        return Summary(
            subject=self._subject,
            text=text,
            kind="generated" if any(part.by_model for part in shown) else "extractive",
            sources=tuple(sources),
            coverage=self._coverage(plan),
            statements=statements,
            host=generator.host,
            left_machine=generator.place == "remote",
            stopped=is_stopped,
            hint=" ".join(self._hints(plan, statements)),
            usage=growing.tally.usage,
        )

    def _doubted(self, statements: Sequence[Statement], made: Made) -> tuple[Statement, ...]:
        """Return ``statements``; those that cite nothing are looked at, too, for what nothing that was read has."""
        if not any(each.support == "uncited" for each in statements):
            return tuple(statements)
        grounds = Grounds(self._sources(made.numbers))
        numbers = range(1, len(made.numbers) + 1)
        return tuple(each if each.support != "uncited" else _doubt(each, numbers, grounds) for each in statements)

    def _coverage(self, plan: Tree) -> Coverage:
        tally = self._growing.tally
        sections = self._subject.sections
        pieces = [piece for leaf in plan.leaves[: self._growing.n_read] for piece in leaf]
        n_sections = len(sections)
        if len(pieces) < len(self._pieces):
            unread = self._pieces[len(pieces)]
            n_sections = next(n for n, each in enumerate(sections) if each.overlaps(unread))
        words = sum(n_words(piece.text) for piece in pieces)
        return Coverage(
            n_sections, len(sections), words, plan.steps, tally.calls, tally.reused, self._generator.name, tally.failed
        )

    def _hints(self, plan: Tree, statements: Sequence[Statement]) -> list[str]:
        tally, hints = self._growing.tally, []
        if tally.failed:
            hints.append(f"{tally.failed} of {plan.parts} parts are not in the model's words: {tally.problem}")
        elif tally.problem:
            hints.append(tally.problem)
        false = [each for each in statements if each.support == "unsupported"]
        if false:
            more = f", and {len(false) - 1} more" if len(false) > 1 else ""
            hints.append(f"Check “{marks.without(false[0].text).strip()}”: {false[0].reason}{more}.")
        return hints


def _holds(section: Section, source: Source) -> bool:
    return section.path == source.path and section.first <= source.start_line <= section.last


def _doubt(statement: Statement, numbers: Sequence[int], grounds: Grounds) -> Statement:
    finding = find(read(marks.without(statement.text)), tuple(numbers), grounds)
    if finding.support != "unsupported" or finding.is_of_words or _ABSENT not in finding.reason:
        return statement
    absent = finding.reason.partition(_ABSENT)[0]
    return replace(statement, support="unsupported", reason=f"{absent} is in nothing that was read")
