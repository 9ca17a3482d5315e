"""Names that are not plain words: identifiers of programs, versions, languages such as C++, emoji.

What a tokenizer would drop becomes a letter of Unicode's private use areas, which FTS5 takes for a letter: a sign of
a name (``C++``), an emoji.  Others that are cut where nobody would cut them are given twice, or looked for as phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SIGNS = {"++": "\ue000", "#": "\ue001"}
_PLUSES = re.compile(r"\+\+(?<=(?<!\w)[A-Za-z]\+\+)(?![\w+])")
_SHARP = re.compile(r"#(?<=(?<!\w)[A-Za-z]#)(?!\w)")
_VERSION = re.compile(r"[vV](?<!\w[vV])(?=[0-9]+\.[0-9])")
_WRITTEN_VERSION = re.compile(r"v (?=[0-9])")
# JavaScript and GitHub are words: a name has three parts, or begins with a small letter and has two.
_CAMEL = re.compile(
    r"(?<![^\W_])(?:[a-z][a-z0-9]+|(?=(?:[A-Z]+[a-z0-9]+){3})[A-Z]+[a-z0-9]+)(?:[A-Z]+[a-z0-9]*)+(?![^\W_])"
)
_HUMP = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_CLASSES = bytes.maketrans(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", b"a" * 26 + b"A" * 26 + b"0" * 10
)
"""Bytes by what they are: a look at these says for most texts that there is nothing to do."""

_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff]{2}|[\u231a-\u231b\u23e9-\u23f3\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]")
_COLOURS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""What only says how an emoji looks."""
_STANDING_FOR_EMOJI = re.compile("[\U000f2000-\U000ffffd]")
_EMOJI_BYTES = tuple(bytes((0xE2, second)) for second in (0x8C, 0x8F, *range(0x98, 0xA0), 0xAC, 0xAD)) + (b"\xf0\x9f",)


def marked(text: str) -> str:
    """Return ``text`` with signs of names and emoji as letters, and the ``v`` of a version apart from its number."""
    raw = text.encode("utf-8", "surrogatepass")
    classes = raw.translate(_CLASSES)
    if b"0.0" in classes:
        text = _VERSION.sub(r"\g<0> ", text)
    if b"++" in raw:
        text = _PLUSES.sub(_SIGNS["++"], text)
    if b"#" in raw:
        text = _SHARP.sub(_SIGNS["#"], text)
    if not text.isascii() and any(first in raw for first in _EMOJI_BYTES):
        text = _EMOJI.sub(_standing_for, _COLOURS.sub("", text))
    return text


def unfolded(text: str) -> str:
    """Return ``text`` with the parts of ``camelCase`` behind each such name."""
    if b"aA" not in text.encode("utf-8", "surrogatepass").translate(_CLASSES):
        return text
    return _CAMEL.sub(lambda found: " ".join((found[0], *_HUMP.findall(found[0]))), text)


def named(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield where each name in ``camelCase`` stands, and its parts."""
    if b"aA" in text.encode("utf-8", "surrogatepass").translate(_CLASSES):
        for found in _CAMEL.finditer(text):
            yield *found.span(), _HUMP.findall(found[0])


def written(word: str) -> str:
    """Return a word that was ``marked`` as people write it."""
    if word.isascii():
        return _WRITTEN_VERSION.sub("v", word)
    for sign, letter in _SIGNS.items():
        word = word.replace(letter, sign)
    return _STANDING_FOR_EMOJI.sub(_emoji, word)


def _standing_for(emoji: re.Match[str]) -> str:
    return " {} ".format("".join(chr(0xF0000 | ord(char) & 0xFFFF) for char in emoji[0]))


def _emoji(letter: re.Match[str]) -> str:
    code = ord(letter[0]) & 0xFFFF
    return chr(code if code < 0xF000 else code | 0x10000)
