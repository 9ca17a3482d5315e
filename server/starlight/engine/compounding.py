"""A query's words beside the words of the notes that are made of them, or that they are made of.

"Dampf Schiff" is also looked for as "Dampfschiff", where the notes have that word.  In German notes a long word that
none of them has is looked for by its parts, where these are words of the notes: the likeliest are those that the
geometric mean of their counts is highest of (Koehn & Knight, "Empirical methods for compound splitting", 2003).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlight.index.reader import Reader
from starlight.notes.compounds import LEAST_LETTERS, joined, splits

_LANGUAGE = "de"
_LEAST_SHARE = 0.1
"""Of the notes that are in that language, from which words are taken apart: in others a long word is a name."""
_MOST_PAIRS = 16
_MOST_PARTS = 3


@dataclass(frozen=True, slots=True)
class Compounds:
    """The words that a query goes by, and the wholes that stand for several of them."""

    terms: tuple[str, ...]
    """The query's own, but for one that no note has: its parts stand in its place."""
    wholes: Mapping[str, tuple[str, ...]]
    """Words that are looked for as well, each with those of ``terms`` that it says at once."""


def compounds(order: Sequence[str], terms: Sequence[str], reader: Reader) -> Compounds:
    """Return what ``terms`` of a query are beside the words of the notes; ``order`` is all its words as they stand."""
    pairs = _joined(order, set(terms))
    long = [term for term in terms if len(term) >= LEAST_LETTERS and term.isalpha()]
    counts = _counts([*pairs, *terms], reader)  # of all terms: whoever weighs them needs the counts next
    unknown = [term for term in long if not counts[term]]
    parted = {term: parts for term in unknown if (parts := _parts(term, reader))} if _may_part(unknown, reader) else {}

    def own(words: Sequence[str]) -> tuple[str, ...]:
        return tuple(part for word in words for part in parted.get(word, (word,)))

    wholes = {whole: own(pair) for whole, pair in pairs.items() if counts[whole]}
    # The index does not have the words that are taken apart, but an open note may.
    return Compounds(tuple(dict.fromkeys(own(terms))), wholes | parted)


def _joined(order: Sequence[str], terms: set[str]) -> dict[str, tuple[str, str]]:
    """Return the words that two of ``terms`` may make which stand side by side."""
    pairs = [pair for pair in dict.fromkeys(itertools.pairwise(order)) if terms.issuperset(pair)]
    return {whole: pair for pair in pairs[:_MOST_PAIRS] for whole in joined(*pair) if whole not in terms}


def _may_part(unknown: Sequence[str], reader: Reader) -> bool:
    return bool(unknown) and reader.share_in(_LANGUAGE) >= _LEAST_SHARE


def _parts(word: str, reader: Reader, most: int = _MOST_PARTS) -> tuple[str, ...]:
    """Return the words of the notes, at most so many, that ``word`` is likely made of; nothing where it is of none."""
    pairs = splits(word)
    counts = _counts([part for pair in pairs for part in pair], reader)
    made: list[tuple[str, ...]] = [pair for pair in pairs if all(counts[part] for part in pair)]
    if not made and most > 2:
        made = [longer for pair in pairs if (longer := _longer(pair, counts, reader))]
        counts = _counts([part for parts in made for part in parts], reader)

    def likelihood(parts: Sequence[str]) -> tuple[float, int]:
        return math.prod(counts[part] for part in parts) ** (1 / len(parts)), len(parts[-1])

    return max(made, key=likelihood, default=())


def _longer(pair: tuple[str, str], counts: Mapping[str, int], reader: Reader) -> tuple[str, ...]:
    """Return ``pair`` with the one of the two that is no word of the notes by its parts."""
    first, second = pair
    if counts[first] and (parts := _parts(second, reader, 2)):
        return (first, *parts)
    if counts[second] and (parts := _parts(first, reader, 2)):
        return (*parts, second)
    return ()


def _counts(words: Sequence[str], reader: Reader) -> dict[str, int]:
    """Return how many passages hold each of ``words``, asked for all at once."""
    each = list(dict.fromkeys(words))
    return dict(zip(each, reader.holding(each), strict=True)) if each else {}
