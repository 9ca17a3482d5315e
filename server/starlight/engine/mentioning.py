"""Names of other notes that stand in the plain words of a note, and are no links yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from starlight.index.reader import Reader
from starlight.notes.links import name_key
from starlight.notes.prose import HIDDEN
from starlight.notes.text import is_unspaced, runs, segment

_MAX_CHARACTERS = 100_000
"""Of a note that are looked at, from its beginning."""
_MAX_WORDS = 8
"""Of a name: longer ones are sentences, which nobody writes twice."""
_MAX_UNSPACED = 12
"""Characters of a name in a script without spaces."""
_SHORTEST, _SHORTEST_UNSPACED = 3, 3
_WORD = re.compile(r"[^\W_](?:[\w'’-]*\w)?")
_GAP = re.compile(rf"[^\S\n]*\r?\n?[^\S\n]*|[^\w\n{HIDDEN}]{{1,3}}")
_SPACES = str.maketrans("\t\n\r\xa0", "    ")

_COMMON_WORD = 0.002
"""Share of all passages from which a single word is a common one."""
_COMMON_PHRASE = 0.01
"""The same of several words that stand one after the other."""
_FEW = 3
"""Passages that may hold any name, however few there are."""

Named = Callable[[str], Sequence[str]]
"""Gives the paths of the notes that have a name, as ``notes.links.name_key`` has it."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """``text[start:end]`` is a name of the note at ``path``."""

    start: int
    end: int
    path: str
    key: str
    """The name, as ``notes.links.name_key`` has it."""


def mentioned(prose: str, named: Named, without: Iterable[str]) -> list[Mentioned]:
    """Return where names stand in ``prose`` that mean one note, none of those in ``without``, in order.

    Of names that overlap the one that begins first counts, of those the longest.
    """
    left_out = set(without)
    prose = prose[:_MAX_CHARACTERS]
    folded = prose.casefold()
    folded = folded if len(folded) == len(prose) else prose.lower()
    folded = (folded if len(folded) == len(prose) else prose).translate(_SPACES)
    found: list[Mentioned] = []
    end = 0
    for start, stops in _spans(prose):
        if start < end:
            continue
        for stop in stops:
            key = folded[start:stop]
            paths = named(name_key(key) if "  " in key else key)
            if paths and _is_name(key):
                end = stop
                if len(paths) == 1 and paths[0] not in left_out:
                    found.append(Mentioned(start, stop, paths[0], name_key(key)))
                break
    return found


def telling(found: Sequence[Mentioned], reader: Reader) -> list[Mentioned]:
    """Return the first place of each note whose name there is no common word, in order."""
    keys = list(dict.fromkeys(each.key for each in found))
    paths = {each.key: each.path for each in found}
    n_chunks = reader.status().chunks
    rare = set()
    for key, n_holding in zip(keys, reader.holding([segment(key) for key in keys]), strict=True):
        stored = reader.stored(paths[key])  # its own passages all have its names
        n_others = n_holding - (stored.passages if stored else 0)
        share = _COMMON_PHRASE if len(key.split()) > 1 else _COMMON_WORD
        if n_others <= max(share * n_chunks, _FEW):
            rare.add(key)
    first: dict[str, Mentioned] = {}
    for each in found:
        if each.key in rare:
            first.setdefault(each.path, each)
    return list(first.values())


def _is_name(key: str) -> bool:
    shortest = _SHORTEST_UNSPACED if is_unspaced(key) else _SHORTEST
    return len(key) >= shortest and any(char.isalpha() for char in key)


def _spans(prose: str) -> Iterator[tuple[int, Iterable[int]]]:
    """Yield where a name may begin, with where it may end, the last first."""
    words = [
        (found.start() + start, found.start() + end) for found in _WORD.finditer(prose) for start, end in runs(found[0])
    ]
    last = _last_words(prose, words)
    for number, (start, end) in enumerate(words):
        if is_unspaced(prose[start]):
            yield from _unspaced(start, end)
        else:
            yield start, _ends(prose, words[number : min(last[number], number + _MAX_WORDS - 1) + 1])


def _last_words(prose: str, words: Sequence[tuple[int, int]]) -> list[int]:
    """Return for each word the number of the last one that may belong to the same name."""
    last = list(range(len(words)))
    for number in range(len(words) - 2, -1, -1):
        start, end = words[number][1], words[number + 1][0]
        if prose[start:end] == " " or _GAP.fullmatch(prose, start, end):
            last[number] = last[number + 1]
    return last


def _ends(prose: str, words: Sequence[tuple[int, int]]) -> Iterator[int]:
    for _, end in reversed(words):
        yield end
        if prose[end - 1] == "s" and prose[end - 2 : end - 1] in ("'", "’"):
            yield end - 2


def _unspaced(start: int, end: int) -> Iterator[tuple[int, Iterable[int]]]:
    """Yield the same in a run of a script without spaces: nothing says where words begin there."""
    for at in range(start, end):
        yield at, range(min(at + _MAX_UNSPACED, end), at, -1)
