"""Whether the sources of an answer say what it says: every statement is checked, by rules alone.

A statement is *supported* where its sources have its words in one place, its numbers, names and quotations, and no
negation more or less; *weak* where they have much of it; *unsupported* where they do not, or where they say otherwise;
*uncited* where it names no source.  The rules, and what they cannot see, are in ``docs/citations.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlight.engine.answer import Source, Statement
from starlight.engine.grounds import Grounds
from starlight.engine.statements import Part, parts
from starlight.engine.support import Finding, find
from starlight.notes import marks
from starlight.notes.claims import Claim, folded, read

_CLOSER = 0.12
"""How much more of a statement another source has, where that one was meant."""


def check(answer: str, sources: Sequence[Source]) -> tuple[Statement, ...]:
    """Return the statements of ``answer`` in order, each with how far the sources that it cites support it."""
    checker = _Checker(sources)
    return tuple(checker.statement(answer, part) for part in parts(answer))


class _Checker:
    def __init__(self, sources: Sequence[Source]) -> None:
        self.grounds = Grounds(sources)
        self.numbers = tuple(dict.fromkeys(source.number for source in sources))

    def statement(self, answer: str, part: Part) -> Statement:
        text = answer[part.start : part.end]
        finding = self._find(text, part)
        return Statement(text, part.start, part.end, part.cited, finding.support, finding.reason)

    def _find(self, text: str, part: Part) -> Finding:
        if unknown := [number for number in part.cited if number not in self.numbers]:
            return Finding("unsupported", 0.0, f"there is no source {unknown[0]}")
        if part.is_code and part.cited:
            return self._code(text, part.cited)
        claim = read(marks.without(text))
        if not part.cited:
            other = self._elsewhere(claim, ())
            said = f"; source {other} says this" if other else ""
            return Finding("uncited", 0.0, f"no source is cited{said}")
        return self._cited(claim, part.cited)

    def _cited(self, claim: Claim, cited: tuple[int, ...]) -> Finding:
        finding = find(claim, cited, self.grounds)
        if finding.support == "supported" and finding.share > 1 - _CLOSER:
            return finding
        other = self._elsewhere(claim, cited, finding.share + _CLOSER if finding.support == "supported" else 0.0)
        if other and finding.support == "supported":
            return Finding("weak", finding.share, f"source {other} says this more closely")
        if other:
            return Finding("unsupported", finding.share, f"source {other} says this; {finding.reason}")
        # What announces a list says little itself; what it announces is checked item by item.
        if finding.support == "unsupported" and finding.is_of_words and claim.text.endswith(":"):
            return finding._replace(support="weak")
        return finding

    def _elsewhere(self, claim: Claim, cited: tuple[int, ...], least: float = 0.0) -> int | None:
        """Return the source that supports what these do not."""
        for number in self.numbers:
            if number not in cited:
                finding = find(claim, (number,), self.grounds)
                if finding.support == "supported" and finding.share >= least:
                    return number
        return None

    def _code(self, text: str, cited: tuple[int, ...]) -> Finding:
        there = " ".join(self.grounds.texts[number] for number in cited)
        for line in filter(str.strip, text.splitlines()):
            if any(map(str.isalnum, line)) and folded(line) not in there:
                return Finding("unsupported", 0.0, f"the line `{line.strip()}` is not in the sources cited")
        return Finding("supported", 1.0)
