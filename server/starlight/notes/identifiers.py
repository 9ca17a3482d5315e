"""Names that are not plain words: identifiers of programs, versions, languages such as C++, emoji.

What a tokenizer would drop becomes a letter of Unicode's private use areas, which FTS5 takes for a letter: a sign of
a name (``C++``), an emoji.  Others that are cut where nobody would cut them are given twice, or looked for as phrases.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

_SIGNS = {"++": "\ue000", "#": "\ue001"}
_PLUSES = re.compile(r"\+\+(?<=(?<!\w)[A-Za-z]\+\+)(?![\w+])")
_SHARP = re.compile(r"#(?<=(?<!\w)[A-Za-z]#)(?!\w)")
_POINT = re.compile(r"\.(?<=[0-9]\.)(?=[0-9])")
_WRITTEN_VERSION = re.compile(r"v (?=[0-9])")
# JavaScript and GitHub are words: a name has three parts, or begins with a small letter and has two.
_CAMEL = re.compile(r"(?:[a-z][a-z0-9]+|(?=(?:[A-Z]+[a-z0-9]+){3})[A-Z]+[a-z0-9]+)(?:[A-Z]+[a-z0-9]*)+")
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_CLASSES = bytes(
    ord("a") if 97 <= byte <= 122
    else ord("A") if 65 <= byte <= 90
    else ord("0") if 48 <= byte <= 57
    else ord("?") if byte == ord("?")  # stands for what is not of ASCII
    else ord(" ")
    for byte in range(256)
)  # fmt: skip
"""Bytes by what they are: a look at these says for most texts that there is nothing to do."""
_LONGEST_RUN = 200
"""Characters of a run without white space that are looked at: a longer one is data."""

# Two letters of a flag are one; what only says how an emoji looks goes.  What is another way to write letters is none
# (NFKC folds it to these), such as a Chinese character in a square.
_EMOJI = re.compile(
    "([\u231a-\u231b\u23e9-\u23f3\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001f0ff\U0001f150-\U0001f169"
    "\U0001f170-\U0001f18f\U0001f191-\U0001f1ff\U0001f300-\U0001faff]"
    "(?:(?<=[\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff])?)[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*"
)
_STANDING_FOR_EMOJI = re.compile("[\U000f2000-\U000ffffd]")
_EMOJI_BYTES = tuple(bytes((0xE2, second)) for second in (0x8C, 0x8F, *range(0x98, 0xA0), 0xAC, 0xAD))


def marked(text: str) -> str:
    """Return ``text`` with signs of names and emoji as letters, and the ``v`` of a version apart from its number."""
    # Every look here is for one character that is rare, which takes next to no time.
    if "." in text:
        text = _versions_apart(text)
    if "+" in text:
        text = _PLUSES.sub(_SIGNS["++"], text)
    if "#" in text:
        text = _SHARP.sub(_SIGNS["#"], text)
    if not text.isascii():
        raw = text.encode("utf-8", "surrogatepass")
        if 0xF0 in raw or (0xE2 in raw and any(first in raw for first in _EMOJI_BYTES)):
            text = _EMOJI.sub(_standing_for, text)
    return text


def told_apart(text: str) -> str:
    """Return ``text`` as ``marked`` does, with the parts of ``camelCase`` behind each such name."""
    parts: list[str] = []
    read = 0
    for start, names in _runs_with_names(text):
        for _, end, inner in names:
            parts += [text[read : start + end], " ", " ".join(inner)]
            read = start + end
    return marked("".join([*parts, text[read:]]) if parts else text)


def named(text: str) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Yield where each name in ``camelCase`` stands, and its parts."""
    for start, names in _runs_with_names(text):
        for a, b, parts in names:
            yield start + a, start + b, parts


def _runs_with_names(text: str) -> list[tuple[int, Sequence[tuple[int, int, Sequence[str]]]]]:
    """Return where each run without white space starts that may hold such names, and these."""
    # Faster than to look for such a name at every character.
    classes = text.encode("ascii", "replace").translate(_CLASSES)
    found = []
    at = classes.find(b"aA")
    while at >= 0:
        start, end = classes.rfind(b" ", 0, at) + 1, classes.find(b" ", at)
        if end < 0:
            end = len(text)
        if names := _names(text[start:end]):
            found.append((start, names))
        at = classes.find(b"aA", end)
    return found


@functools.lru_cache(maxsize=8_192)
def _names(run: str) -> Sequence[tuple[int, int, Sequence[str]]]:
    """Return the names in a run without white space, which mostly is one of few."""
    words = [word for word in _WORD.finditer(run[:_LONGEST_RUN]) if _CAMEL.fullmatch(word[0])]
    return [(*word.span(), _HUMP.findall(word[0])) for word in words]


def _versions_apart(text: str) -> str:
    parts: list[str] = []
    read = 0
    for point in _POINT.finditer(text):
        start = point.start()
        while start and text[start - 1] in "0123456789":
            start -= 1
        if text[start - 1 : start] in ("v", "V") and not text[max(start - 2, 0) : start - 1].isalnum():
            parts += [text[read:start], " "]
            read = start
    return "".join([*parts, text[read:]]) if parts else text


def written(word: str) -> str:
    """Return a word that was ``marked`` as people write it."""
    if word.isascii():
        return _WRITTEN_VERSION.sub("v", word)
    for sign, letter in _SIGNS.items():
        word = word.replace(letter, sign)
    return _STANDING_FOR_EMOJI.sub(_emoji, word)


def _standing_for(emoji: re.Match[str]) -> str:
    return " {} ".format("".join(chr(0xF0000 | ord(char) & 0xFFFF) for char in emoji[1]))


def _emoji(letter: re.Match[str]) -> str:
    code = ord(letter[0]) & 0xFFFF
    return chr(code if code < 0xF000 else code | 0x10000)
