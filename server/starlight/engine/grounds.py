"""The sources of an answer, sentence by sentence, so that what a statement says can be looked for in them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from starlight.engine.answer import Source
from starlight.notes import marks
from starlight.notes.claims import Claim, read
from starlight.notes.inflection import BUCKET, are_forms
from starlight.notes.links import stem_of
from starlight.notes.sentences import sentences

_MARKER = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?)?")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})")


class Unit(NamedTuple):
    """A sentence or a line of a source.  ``above``: the heading and the line with a colon that it stands below."""

    source: int
    claim: Claim
    above: tuple[Claim, ...]
    spoken: str


class Grounds:
    """The units of all sources, by the words in them."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.units: list[Unit] = []
        self.titles: dict[int, Claim] = {}
        self.spoken: dict[int, str] = {}
        """The words of each source in order, between spaces: what a literal copy is looked for in."""
        self.texts: dict[int, str] = {}
        for source in sources:
            self._add(source)
        self._places: dict[str, set[int]] = defaultdict(set)
        self._buckets: dict[str, set[str]] = defaultdict(set)
        self._found: dict[str, frozenset[int]] = {}
        for at, unit in enumerate(self.units):
            for word in unit.claim.words:
                self._places[word.key].add(at)
                self._buckets[word.key[:BUCKET]].add(word.key)

    def _add(self, source: Source) -> None:
        units = [Unit(source.number, claim, above, spoken(claim)) for claim, above in _units(source.text)]
        self.units += units
        self.titles[source.number] = read(f"{source.title}\n{source.heading}\n{stem_of(source.path)}")
        self.spoken[source.number] = spoken(*(unit.claim for unit in units))
        self.texts[source.number] = " ".join(unit.claim.text for unit in units)

    def where(self, key: str) -> frozenset[int]:
        """Return the places of the units that hold a form of that word."""
        if (found := self._found.get(key)) is None:
            forms = [key, *(other for other in self._buckets.get(key[:BUCKET], ()) if are_forms(key, other))]
            found = frozenset().union(*(self._places[form] for form in forms if form in self._places))
            self._found[key] = found
        return found

    def weight(self, key: str) -> float:
        """How much that word tells: the more, the fewer units hold it (inverse document frequency)."""
        return 0.5 + math.log((1 + len(self.units)) / (1 + len(self.where(key))))


def spoken(*claims: Claim) -> str:
    """Return the words of ``claims`` in order, between spaces, in lower case."""
    return f" {' '.join(word.text.lower() for claim in claims for word in claim.words)} "


def _units(text: str) -> Iterator[tuple[Claim, tuple[Claim, ...]]]:
    heading: list[Claim] = []
    leading: list[Claim] = []
    for line, is_heading in _lines(text):
        claim = read(marks.without(line))
        if not claim.words:
            continue
        yield claim, (*heading, *leading)
        if is_heading:
            heading, leading = [claim], []
        elif claim.text.endswith(":"):
            leading = [claim]


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the sentences of ``text``, and the lines between them: code."""
    at = 0
    for sentence in sentences(text):
        yield from _code(text[at : sentence.start])
        yield text[sentence.start : sentence.end], sentence.is_heading
        at = sentence.end
    yield from _code(text[at:])


def _code(gap: str) -> Iterator[tuple[str, bool]]:
    for line in gap.splitlines():
        code = _MARKER.sub("", line)
        if not _FENCE.match(line) and any(map(str.isalnum, code)):
            yield code, False
