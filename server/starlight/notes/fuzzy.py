"""How well a name fits what somebody has typed of it."""

from __future__ import annotations

import re
import unicodedata

EXACT, PREFIX, WORDS, INSIDE, SCATTERED = 1.0, 0.9, 0.8, 0.6, 0.3
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return ``text`` as names are compared: without case and accents, in compatibility forms."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


class Typed:
    """What was typed, ready to be compared with many names."""

    def __init__(self, text: str) -> None:
        self._text = " ".join(fold(text).split())
        self._words = self._text.split()
        letters = [re.escape(char) for char in self._text if not char.isspace()]
        self._scattered = re.compile(".*?".join(letters), re.DOTALL) if 1 < len(letters) <= 40 else None

    def __bool__(self) -> bool:
        return bool(self._text)

    @property
    def is_path(self) -> bool:
        """Whether a folder was typed."""
        return "/" in self._text

    def fits(self, name: str) -> float:
        """Return how well ``name``, which is folded, fits: 0 for not at all, 1 for to the letter.

        In falling order: equal, beginning so, each word beginning a word of it, each word inside it, its letters in
        order with others in between.
        """
        typed = self._text
        at = name.find(typed)
        if at == 0:
            return EXACT if len(name) == len(typed) else PREFIX
        starts = [found.start() for found in _WORD.finditer(name)] if at > 0 or len(self._words) > 1 else []
        if at > 0 and at in starts:
            return WORDS
        if len(self._words) > 1 and all(any(name.startswith(word, start) for start in starts) for word in self._words):
            return WORDS
        if at > 0 or (len(self._words) > 1 and all(word in name for word in self._words)):
            return INSIDE
        if self._scattered and (found := self._scattered.search(name)):
            return SCATTERED * min(2 * len(typed) / (found.end() - found.start()), 1.0)
        return 0.0
