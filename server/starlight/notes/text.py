"""Text as the index sees it: normalized, segmented, split into words.

SQLite's unicode61 tokenizer splits at white space and punctuation, so scripts written without spaces would be
one endless word.  ``segment`` gives them as overlapping pairs of characters, the classic bigram indexing of
Chinese, Japanese and Thai; it is applied to what is indexed and to what is asked, so the two always agree.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from starlight.notes.folding import leads, normalize
from starlight.notes.identifiers import marked, told_apart, written
from starlight.notes.stems import stemmed_arabic, stemmed_devanagari

VERSION = 2
"""Raised when the same text would be segmented otherwise; part of the fingerprint of an index."""

# Chinese and Japanese; Korean; and the scripts of mainland South-East Asia (Thai, Lao, Myanmar, Khmer), with the
# vowels and tones that stand above, below and behind their letters.
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3040-\u30ff"
_HANGUL = "\uac00-\ud7a3"
_SYLLABIC = "\u0e01-\u0e4e\u0e81-\u0ecf\u0edc-\u0edf\u1000-\u103f\u1050-\u109d\u1780-\u17d3\u17dc\u17dd"
_SIGNS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060"
    "\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd"
)
_RUN = re.compile(f"([{_KANA}{_HAN}{_SYLLABIC}{_HANGUL}]+)")
_ONE_SCRIPT = re.compile(f"[{_KANA}{_HAN}]+|[{_SYLLABIC}]+|[{_HANGUL}]+")
_UNSPACED_RUN = re.compile(f"([{_SYLLABIC}{_KANA}{_HAN}]+)")
_UNIT = re.compile(f".[{_SIGNS}]*")
_WHOLE = re.compile(f"[{_HAN}{_HANGUL}]|[{_SYLLABIC}][{_SIGNS}]*")
"""What may be a word by itself: a character, a letter with its signs."""
# The bytes that such letters begin with in UTF-8: U+0800 to U+1FFF and all from U+3000 on.
_ASIAN_LEADS = bytes({0xE0, 0xE1, *range(0xE3, 0xEE), 0xEF, 0xF0})
_ARABIC_LEADS = bytes(range(0xD8, 0xDC))
_FIRST_OF_EAST_ASIA = "\u3005"
# A terminal would obey some of these; a note has no business giving it orders.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Every branch of these begins with a literal, so that ``re`` passes quickly over what is none.
_LINE_MARKUP = re.compile(
    r"""\n(?![A-Za-z\n])(?:
    [ \t]*(?:\#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,9}[.)][ \t]+|```\S*|~~~\S*)+  # heads of lines
    |[:\- \t]*\|[|:\- \t]*$                          # the ruler of a table
    )""",
    re.VERBOSE | re.MULTILINE,
)
_WIKI = r"\[\[(?:[^\[\]|\n]*\|)?([^\[\]\n]*)\]\]"
_LINK = r"\[([^\[\]\n]*)\]\([^)\n]*\)"
_SPAN = re.compile(
    rf"""{_WIKI}|!{_WIKI}                             # a wikilink shows its text, else its target
    |\[!{_LINK}\]\([^)\n]*\)                         # an image that is a link shows its description
    |{_LINK}|!{_LINK}                                # a link shows its text
    |<!--.*?-->|<[a-zA-Z][^>\n]{{0,200}}>|</[a-zA-Z][^>\n]{{0,200}}>   # comments and tags of HTML
    |\[![\w-]+\][+-]?                                # the kind of a callout
    |\x00                                            # what stands in for the others
    """,
    re.VERBOSE | re.DOTALL,
)
_CODE_OR_SPAN = re.compile(rf"(?<!`)(`+)(?!`)([^\n]*?[^`\n])\1(?!`)|{_SPAN.pattern}", re.VERBOSE | re.DOTALL)
"""The same where a tag may stand in code: ``vector<int>`` is none."""
_NO_MARKUP = re.compile(r"[A-Za-z][^\n\0*_`~=|^\[!<]*")
_MARK = re.compile(
    r"""\*(?:(?<![\w*]\*)[*_]{0,2}(?=\S)|(?<=\S\*)[*_]{0,2}(?![\w*])|\*)   # emphasis
    |_(?:(?<![\w*]_)[*_]{0,2}(?=\S)|(?<=\S_)[*_]{0,2}(?![\w*]))
    |``*|~~|==                                       # code, strike, highlight
    |\|(?<!\\\|)                                     # the bars between the cells of a table
    |\^(?<=[ \t]\^)[A-Za-z0-9-]+[ \t]*$              # a block identifier
    """,
    re.VERBOSE | re.MULTILINE,
)


def segment(text: str) -> str:
    """Return ``text`` as the lexical index takes it: one way to write each word, scripts without spaces in pairs."""
    return _segmented(told_apart(text), _stored)


def _segmented(text: str, cut: Callable[[str], str]) -> str:
    """Return ``text`` with one way to write each word, and runs of scripts without spaces as ``cut`` makes them."""
    if text.isascii():
        return text
    text = normalize(text)
    there = leads(text)
    if not there.isdisjoint(_ARABIC_LEADS):
        text = stemmed_arabic(text)
    if 0xE0 in there:
        text = stemmed_devanagari(text)
    if there.isdisjoint(_ASIAN_LEADS):
        return text
    parts = _RUN.split(text)
    parts[1::2] = map(cut, parts[1::2])
    return "".join(parts)


def pairs(text: str) -> str:
    """Return ``text`` normalized, with runs of scripts without spaces as pairs of characters."""
    text = normalize(text)
    if not may_be_unspaced(text):
        return text
    parts = _UNSPACED_RUN.split(text)
    parts[1::2] = map(_paired, parts[1::2])
    return "".join(parts)


def may_be_unspaced(text: str) -> bool:
    """Whether ``text`` may hold letters of East and South-East Asia; false for most texts, and quickly so."""
    if text.isascii():
        return False
    data = text.encode("utf-8", "surrogatepass")
    return len(data.translate(None, _ASIAN_LEADS)) < len(data)


def _stored(chars: str) -> str:
    """Return a run as it is indexed: the last character stands alone too, so that each one begins a word."""
    scripts = _ONE_SCRIPT.findall(chars)
    return _stored_script(chars) if len(scripts) == 1 else "".join(map(_stored_script, scripts))


def _stored_script(chars: str) -> str:
    units = _units(chars)
    last = f"{units[-1]} " if len(units) > 1 and _WHOLE.match(units[-1]) else ""
    return f"{_paired(units)}{last}"


def _asked(chars: str) -> str:
    return "".join(_paired(_units(run)) for run in _ONE_SCRIPT.findall(chars))


def _units(chars: str) -> Sequence[str]:
    """Return the characters of a run; of a letter and its signs, which say much more together, each is one."""
    return chars if chars[0] >= _FIRST_OF_EAST_ASIA else _UNIT.findall(chars)


def _paired(units: Sequence[str]) -> str:
    return f" {' '.join(map(operator.add, units, units[1:]) if len(units) > 1 else units)} "


def is_unspaced(word: str) -> bool:
    """Whether ``word`` is of a script that is looked for in pairs of characters: then it is one, or a single one."""
    return bool(_RUN.match(word))


def is_beginning(word: str) -> bool:
    """Whether ``word`` stands for all that begin with it: a single character of a script without spaces."""
    return bool(_WHOLE.fullmatch(word))


def runs(word: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of ``word``: where letters of such scripts stand, and where others do."""
    end = 0
    for part in _RUN.split(word):
        start, end = end, end + len(part)
        if part:
            yield start, end


def words(text: str) -> list[str]:
    """Return the words of ``text`` as the lexical index is asked for them, in order, lower case, with repeats.

    A version such as ``v2.1.0`` is one word, of several for the index.
    """
    segmented = _segmented(marked(text), _asked).lower()
    return (_WORD_OF_ASCII if segmented.isascii() else _word()).findall(segmented)


def as_written(text: str) -> dict[str, str]:
    """Return the ``words`` of ``text``, each with how it is written there."""
    if text.isascii():
        return {word: written(word) for word in words(text)}
    found: dict[str, str] = {}
    for piece in _piece().findall(text):
        asked = words(piece)
        for word in asked:
            found.setdefault(word, piece.lower() if len(asked) == 1 else written(word))
    return {word: found.get(word, written(word)) for word in words(text)}


def is_literal(word: str) -> bool:
    """Whether one of the ``words`` is found in a text letter by letter: a pair, an emoji, a version, ``c++``."""
    return is_unspaced(word) or written(word) != word or "." in word or "," in word


def pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word of ``text`` stands, as a person sees words, and what the lexical index has of it."""
    for found in _piece().finditer(text):
        yield *found.span(), segment(found[0])


_NUMBER = r"(?:\bv )?[0-9]+(?:[.,][0-9]+)+(?!\w)"
_WORD_OF_ASCII = re.compile(rf"{_NUMBER}|\w+", re.ASCII)


# No mark is of ASCII: to be told so spares blanks and full stops the look through all of these.
_NOT_ASCII = r"(?![\x00-\x7f])"


@functools.cache
def _word() -> re.Pattern[str]:
    """Return what matches a word as SQLite's tokenizer has it: letters, digits, and the marks above and below them."""
    return re.compile(rf"{_NUMBER}|(?:\w+|{_NOT_ASCII}[{_marks()}\ue000-\uf8ff\U000f0000-\U000ffffd])+")


@functools.cache
def _piece() -> re.Pattern[str]:
    """Return what matches a word of a text that is not normalized: it may hold joiners."""
    return re.compile(rf"[^\W_](?:[^\W_]+|{_NOT_ASCII}[{_marks()}\u00ad\u05f3\u05f4\u200c\u200d\u2060])*")


@functools.cache
def _marks() -> str:
    """Return the marks of Unicode, as ranges: Python's ``\\w`` ends a word of Hindi at each of its vowels."""
    codes = [code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M"]
    # Those that follow one another are as far from their places in the list.
    runs = (list(run) for _, run in itertools.groupby(enumerate(codes), lambda each: each[1] - each[0]))
    return "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)


def plain(markdown: str) -> str:
    """Return what a reader sees of ``markdown``: link texts in place of links, no emphasis, no markers."""
    if _NO_MARKUP.fullmatch(markdown):
        return markdown
    text = _LINE_MARKUP.sub("\n", f"\n{markdown}")[1:]
    if "[" not in text and "<" not in text:
        return _MARK.sub("", text)
    shown: list[str] = []

    def put_by(span: re.Match[str]) -> str:
        # What spans lines leaves their ends: the lines of the plain text are those of the Markdown.
        inner = span[span.lastindex] if span.lastindex else "\0" if span[0] == "\0" else ""
        shown.append(inner or "\n" * span[0].count("\n"))
        return "\0"

    # What a link shows stays as it is: a NUL stands in for it while the marks around it go.
    spans = _CODE_OR_SPAN if "`" in text and "<" in text else _SPAN
    text = _MARK.sub("", spans.sub(put_by, text))
    around = text.split("\0")
    return "".join(itertools.chain.from_iterable(itertools.zip_longest(around, shown, fillvalue="")))


def one_line(text: str, limit: int) -> str:
    """Return ``text`` on one line, without control characters, cut at a word to at most ``limit`` characters."""
    text = text.strip()
    # White space is folded, so that a line may need more of the text than its own length.
    line = " ".join(_CONTROL.sub(" ", text[: 2 * limit]).split())
    if len(line) <= limit:
        return line if len(text) <= 2 * limit else f"{line}…"
    cut = line.rfind(" ", limit // 2, limit)
    return line[: cut if cut > 0 else limit - 1].rstrip() + "…"
