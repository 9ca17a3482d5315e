"""Words that stand in a text literally, but for what the index makes no difference of: case and diacritics."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from starlight.notes.folding import normalize
from starlight.notes.text import is_unspaced, plain, words

_DIACRITICS = re.compile("[\u0300-\u036f]")
"""What unicode61 takes from a letter (``remove_diacritics 2``), once the letter is decomposed."""
_PLAIN = re.compile("[a-z0-9]+")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


def fold(text: str) -> str:
    """Return ``text`` as two texts are compared: no case, no diacritics, single blanks, straight quotes."""
    if not text.isascii():
        bare = _DIACRITICS.sub("", unicodedata.normalize("NFD", normalize(text).translate(_QUOTES)))
        text = unicodedata.normalize("NFC", bare)  # 가 does not stand in 각, or か in が
    return " ".join(text.casefold().split())


def stands_in(phrase: str, texts: Iterable[str]) -> bool:
    """Whether ``phrase`` stands in one of ``texts``, which are Markdown, as it is written or as it is read.

    It begins and ends where words do: "tea" does not stand in "steak".
    """
    pattern = _pattern(phrase)
    return any(pattern.search(fold(text)) or pattern.search(fold(plain(text))) for text in texts)


def terms_of(text: str) -> list[str]:
    """Return what the index must be asked for to find what may hold ``text``: words, or several in a row.

    Only plain words of ASCII stand there in a row: between others the index has more than was written.  Between
    these, too, where a link leads somewhere or one of them is in ``camelCase``.
    """
    every = words(text)
    return [" ".join(every)] if every and all(map(_PLAIN.fullmatch, every)) else every


@functools.lru_cache(maxsize=256)
def _pattern(phrase: str) -> re.Pattern[str]:
    folded = fold(phrase)
    begin = r"(?<!\w)" if _is_letter(folded[:1]) else ""
    end = r"(?!\w)" if _is_letter(folded[-1:]) else ""
    return re.compile(f"{begin}{re.escape(folded)}{end}")


def _is_letter(char: str) -> bool:
    """Whether ``char`` is a part of a word that ends somewhere: scripts without spaces have no such ends."""
    return (char.isalnum() or char == "_") and not is_unspaced(char)
