"""What a note says nearly as another note does already: "you wrote about this"."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple

from starlight.engine.hits import Found
from starlight.engine.search import Searcher
from starlight.index.records import Scope
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.notes.text import plain, words

_SPEAKING = frozenset(("paragraph", "bullet_list", "ordered_list", "blockquote"))
_LEAST = 40
"""Words that a passage has at least: fewer are like others by chance."""
_MOST = 4_000
"""Characters of a passage that are compared."""
_SHINGLE = 5
"""Words that follow one another and count as one (shingles: Broder, 1997)."""
_SAME = 0.4
"""Share of a passage's shingles from which another note says the same."""
_CANDIDATES = 6
"""Notes that are looked at: the best of a search for the passage."""
_TEMPLATE = 3
"""Other notes that say the same from which it is a template, which is meant to be everywhere."""
_ASKED = 1_500
"""Characters of a passage that are searched for."""
_LONGEST = 200_000
"""Characters of another note that are looked at."""
_FRESH = 60.0
"""Seconds for which what was found for a passage holds, though other notes have changed."""
_AGAIN = 5
"""Passages that are searched for again in one go for that reason."""
_MAX_PASSAGES = 200
"""Of a note that are looked at."""


class Said(NamedTuple):
    """A passage of a note: ``text[start:end]``, and its words."""

    start: int
    end: int
    words: tuple[str, ...]


class _Place(NamedTuple):
    path: str
    title: str
    line: int


class _Known(NamedTuple):
    """What was found for a passage: in which revision of the index, when (monotonic seconds), and where."""

    revision: int
    at: float
    place: _Place | None

    def is_old(self, revision: int) -> bool:
        """Whether it may be otherwise by now."""
        return self.revision != revision and (self.place is not None or time.monotonic() - self.at > _FRESH)


@dataclass(frozen=True, slots=True)
class Repeat:
    """``text[start:end]`` stands nearly so at ``line`` of the note at ``path``."""

    start: int
    end: int
    path: str
    title: str
    line: int


Searching = Callable[[], AbstractContextManager[Searcher]]
KeepGoing = Callable[[], bool]


def passages(text: str, prose: str, note: Note, lines: Lines) -> Iterator[Said]:
    """Yield what a note says, in parts of at least ``_LEAST`` words: paragraphs and lists, short ones together.

    ``prose`` is that of ``notes.prose``: what consists of links mostly is none.
    """
    for start, end, said in _runs(text, note, lines):
        if len(said) >= _LEAST and 2 * len(words(prose[start:end])) >= len(said):
            yield Said(start, start + len(text[start:end].rstrip()), tuple(said))


def _runs(text: str, note: Note, lines: Lines) -> Iterator[tuple[int, int, list[str]]]:
    """Yield paragraphs and lists with their words: those that are short by themselves together with the next ones."""
    start = end = 0
    said: list[str] = []
    for block in note.blocks:
        span = lines.start(block.first), lines.start(block.last + 1)
        is_one = block.kind in _SPEAKING and block.first >= note.body_line
        more = words(plain(text[span[0] : min(span[1], span[0] + _MOST)])) if is_one else []
        if said and (not is_one or len(said) >= _LEAST or len(more) >= _LEAST):
            yield start, end, said
            said = []
        start, end = start if said else span[0], span[1]
        said = said + more
    if said:
        yield start, end, said


def coverage(said: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of the shingles of ``said`` that are among those of ``other`` (containment; Broder, 1997)."""
    own = _shingles(said)
    return len(own & _shingles(other)) / len(own) if own else 0.0


def _shingles(said: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(said[skipped:] for skipped in range(_SHINGLE)), strict=False))


class Repeats:
    """Finds repeats, and remembers what it found, note by note.  Use it on one thread."""

    def __init__(self, searching: Searching) -> None:
        self._searching = searching
        self._notes: dict[str, dict[bytes, _Known]] = {}

    def keep(self, paths: Iterable[str]) -> None:
        """Forget all notes but those at ``paths``."""
        kept = set(paths)
        self._notes = {path: known for path, known in self._notes.items() if path in kept}

    def find(
        self, path: str, text: str, said: Sequence[Said], revision: int, keep_going: KeepGoing, seconds: float
    ) -> tuple[list[Repeat], bool]:
        """Return what of the note at ``path`` stands in others, in order, and whether all of it was looked for.

        Only passages are searched for that are new, and few of those that are known from an index of another
        ``revision``: while ``keep_going`` says so, for that many seconds.
        """
        until = time.monotonic() + seconds
        before = self._notes.get(path, {})
        known: dict[bytes, _Known] = {}
        n_again = 0
        is_whole = True
        found: list[Repeat] = []
        for each in said[:_MAX_PASSAGES]:
            key = _digest(each.words)
            old = before.get(key)
            is_old = old is not None and old.is_old(revision)
            if old is None or (is_old and n_again < _AGAIN):
                n_again += is_old
                if seconds and keep_going() and time.monotonic() < until:
                    old = _Known(revision, time.monotonic(), self._look(path, text, each))
            if old is None:
                is_whole = False
                continue
            known[key] = old
            if old.place:
                found.append(Repeat(each.start, each.end, *old.place))
        self._notes[path] = known
        return found, is_whole

    def _look(self, path: str, text: str, said: Said) -> _Place | None:
        """Return where else that is said best; None where it is not, or in so many notes that it is a template."""
        asked = plain(text[said.start : said.end])[:_ASKED]
        beside = min(said.end - said.start, _MOST)
        with self._searching() as searcher:
            found = searcher.find(asked, _CANDIDATES, Scope(without=(path,)), per_note=1)
            others = [_around(searcher, each, beside) for each in found]
        same = [each for each in others if coverage(said.words, words(plain(each.text))) >= _SAME]
        if not same or len(same) >= _TEMPLATE:
            return None
        best = max(same, key=lambda each: coverage(said.words, words(plain(each.text))))
        return _Place(best.path, best.title, best.line + _row(said.words, best.text))


class _Other(NamedTuple):
    """A part of another note: its text from the beginning of ``line``."""

    path: str
    title: str
    line: int
    text: str


def _around(searcher: Searcher, found: Found, beside: int) -> _Other:
    """Return the text of a passage with so many characters around it: not all notes are cut at the same places."""
    passage, content = found.passage, searcher.content(found.passage.path)
    if content is None:
        return _Other(passage.path, passage.title, 1, "")
    if content.hash != passage.note_hash:
        return _Other(passage.path, passage.title, 1, content.text[:_LONGEST])
    start = content.text.rfind("\n", 0, max(passage.start - beside, 0)) + 1
    text = content.text[start : passage.end + beside]
    return _Other(passage.path, passage.title, Lines(content.text).at(start), text)


def _row(said: Sequence[str], other: str) -> int:
    """Return the line of ``other``, from 0, that has most of ``said``."""
    own = _shingles(said)
    shared = [len(own & _shingles(words(plain(line)))) for line in other.split("\n")]
    return shared.index(max(shared))


def _digest(said: Sequence[str]) -> bytes:
    return hashlib.blake2b(" ".join(said).encode("utf-8", "surrogatepass"), digest_size=16).digest()
