"""Words that are made of words, as German writes them: taken apart, and put together.  Pure.

Which of the parts are words is for those to say who know the notes.
"""

from __future__ import annotations

from starlight.notes.stopwords import is_stop_word

LEAST_LETTERS = 8
"""Of a word that may be made of others."""
_LEAST_PART = 4
_LEAST_JOINED = 3
"""Letters of a part of a word that is taken apart, and of one that is put together, which the whole confirms."""
_LONGEST = 40
# What may stand between two parts, besides nothing (after Langer, "Zur Morphologie und Semantik von
# Nominalkomposita", 1998); the commonest.
_LINKS = ("s", "es", "n", "en", "er", "e")
_FIRST_BEYOND_LATIN = "\u0250"


def joined(first: str, second: str) -> list[str]:
    """Return the words that the two may make together: "schiff", "fahrt" into "schifffahrt", "schiffsfahrt"..."""
    if not (_may_be_part(first, _LEAST_JOINED) and _may_be_part(second, _LEAST_JOINED)):
        return []
    whole = [f"{first}{link}{second}" for link in ("", *_LINKS)]
    return [*whole, f"{first[:-1]}{second}"] if first.endswith("e") else whole


def splits(word: str) -> list[tuple[str, str]]:
    """Return all that ``word`` may be made of, the first part without what links it to the second.

    An e that is dropped within the word ("Schule", "Schulbuch") is put back.
    """
    if not (LEAST_LETTERS <= len(word) <= _LONGEST and _is_latin(word)):
        return []
    found = []
    for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
        start, second = word[:cut], word[cut:]
        firsts = (start, f"{start}e", *(start[: -len(link)] for link in _LINKS if start.endswith(link)))
        found += [(first, second) for first in firsts if _may_be_part(first) and _may_be_part(second)]
    return found


def _may_be_part(word: str, least: int = _LEAST_PART) -> bool:
    return len(word) >= least and _is_latin(word) and not is_stop_word(word)


def _is_latin(word: str) -> bool:
    return word.isalpha() and max(word) < _FIRST_BEYOND_LATIN
