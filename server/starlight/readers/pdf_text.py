"""Characters of a PDF as people write them, and words that a line's end has cut in two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from starlight.readers.pdfium import HYPHEN

_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]{3,}")
_LEADERS = re.compile(r"(?:[ \u00a0]?[.·•_…]){5,}[ \u00a0]*")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\uffff\ue000-\uf8ff\ud800-\udfff]"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_LAST_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*$")
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff]")
_ACCENT = re.compile(r"([´¨ˆ˜ˇ¸˚¯]|(?<=\w)`)([A-Za-zıȷ])")
"""A letter with the accent that old fonts of TeX have before it."""
_COMBINING = dict(zip("´¨ˆ˜ˇ¸˚¯`", "\u0301\u0308\u0302\u0303\u030c\u0327\u030a\u0304\u0300", strict=True))
_ADDRESS = re.compile(rf"(?:https?:|www\.|doi\.org|\b10\.\d{{4,}}/)\S*[/.=?&#_~{HYPHEN}-]$|https?:$")
"""A line that ends within an address: where these are cut, no hyphen is put in."""
_MORE_ADDRESS = re.compile(r"[a-z\d/%~]")
_HYPHENS = ("-", "‐")
_SHORTEST = 3
"""Letters of a part of a compound; shorter ones are syllables as often."""
_WRITTEN = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
        "\x0b": "ff",  # where TeX had them, in fonts that name no characters
        "\x0c": "fi",
        "\x0e": "ffi",
        "\x0f": "ffl",
        "\u00a0": " ",
        "\uf0b7": "•",  # bullets of the font Symbol, as word processors write them
        "\uf0a7": "▪",
        "\uf0d8": "►",
        "\uf0fc": "✓",
        "\u2011": "-",
        "\u00ad": None,
    }
)


def clean(text: str) -> str:
    """Return a line without ligatures, soft hyphens, and characters that say nothing."""
    text = text.rstrip()
    if text.endswith("\u00ad"):
        text = text[:-1] + HYPHEN
    text = text.translate(_WRITTEN)
    if not text.isascii():
        text = _MATHEMATICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
        text = _ACCENT.sub(_composed, text)
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    if "..." in text or ". ." in text or "__" in text or "…" in text:
        text = _LEADERS.sub(" … ", text)
    head, tail = text[:-1].replace(HYPHEN, ""), text[-1:]
    return _SPACES.sub("  ", head + tail).strip()


def _composed(found: re.Match[str]) -> str:
    letter = {"ı": "i", "ȷ": "j"}.get(found[2], found[2])
    made = unicodedata.normalize("NFC", letter + _COMBINING[found[1]])
    return made if len(made) == 1 else found[0]


def words_of(lines: Iterable[str]) -> frozenset[str]:
    """Return the words of a text in lower case, without those that the end of a line may have cut."""
    found: set[str] = set()
    was_cut = False
    for line in lines:
        words = _WORD.findall(line.lower())
        is_cut = is_hyphenated(line)
        found.update(words[was_cut : len(words) - is_cut])
        was_cut = is_cut
    return frozenset(found)


def is_hyphenated(line: str) -> bool:
    """Whether the last word of a line may go on in the next."""
    return line.endswith(HYPHEN) or (line.endswith(_HYPHENS) and line[-2:-1].isalpha())


def joined(line: str, following: str, words: frozenset[str]) -> str:
    """Return two lines of a paragraph as one, with its hyphen where that belongs to the word.

    A hyphen goes where the word without it is one of ``words``; it stays where that with it is, where both parts are
    words, and before capitals and digits.
    """
    if _ADDRESS.search(line) and _MORE_ADDRESS.match(following):
        return whole(line) + following
    if not is_hyphenated(line):
        return f"{line} {following}"
    stem = line[:-1]
    return f"{stem}-{following}" if _keeps_hyphen(stem, following, words) else stem + following


def whole(line: str) -> str:
    """Return the last line of a paragraph: its hyphen, if it has one, is one."""
    return f"{line[:-1]}-" if line.endswith(HYPHEN) else line


def _keeps_hyphen(stem: str, following: str, words: frozenset[str]) -> bool:
    before, after = _LAST_WORD.search(stem), _WORD.match(following)
    if not before or not after:
        return True
    first, second = before[0].lower(), after[0].lower()
    if first + second in words:
        return False
    if not after[0][0].islower() or f"{first}-{second}" in words:
        return True
    parts = (re.split("[-‐]", first)[-1], re.split("[-‐]", second)[0])
    return "".join(parts) not in words and all(part in words and len(part) >= _SHORTEST for part in parts)
