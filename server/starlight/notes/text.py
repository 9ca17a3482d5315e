"""Text as the index sees it: normalized, segmented, split into words.

SQLite's unicode61 tokenizer splits at white space and punctuation, so scripts written without spaces would be
one endless word.  ``segment`` gives them as overlapping pairs of characters, the classic bigram indexing of
Chinese, Japanese and Thai; it is applied to what is indexed and to what is asked, so the two always agree.
"""

from __future__ import annotations

import itertools
import operator
import re
import unicodedata

VERSION = 1
"""Raised when the same text would be segmented otherwise; part of the fingerprint of an index."""

# Han, kana, and the scripts of mainland South-East Asia (Thai, Lao, Myanmar, Khmer), which write no spaces.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(f"([{_UNSPACED}]+)")
# The bytes that such letters, and those of Korean, begin with in UTF-8: U+0800 to U+1FFF and all from U+3000 on.
_ASIAN_LEADS = bytes({0xE0, 0xE1, *range(0xE3, 0xF5)})
_WORD = re.compile(r"\w+")
# A terminal would obey some of these; a note has no business giving it orders.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Letters that Persian and Arabic keyboards write differently, and marks that carry no word of their own.
_FOLD = {
    "\u064a": "\u06cc",  # Arabic yeh, written as Persian yeh
    "\u0649": "\u06cc",  # alef maksura
    "\u0643": "\u06a9",  # Arabic kaf, written as Persian keheh
    "\u06c0": "\u0647",  # heh with yeh above
    "\u0629": "\u0647",  # teh marbuta
    "\u200c": " ",  # zero-width non-joiner: between the parts of one word, which are found apart as well
    "\u0640": "",  # tatweel, a stretched line
    "\u00ad": "",  # soft hyphen
}
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


def normalize(text: str) -> str:
    """Return ``text`` with compatibility forms, Arabic letter forms and joiners folded (NFKC)."""
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFKC", text):
        # Nothing composes across a line feed, and most lines are ASCII, for which there is nothing to do.
        lines = text.split("\n")
        text = "\n".join(line if line.isascii() else unicodedata.normalize("NFKC", line) for line in lines)
    # Few texts hold any of them: this is faster than ``translate``, which looks at every character.
    for letter, folded in _FOLD.items():
        if letter in text:
            text = text.replace(letter, folded)
    return text


def segment(text: str) -> str:
    """Return ``text`` normalized, with runs of unspaced scripts as bigrams separated by spaces."""
    text = normalize(text)
    if not may_be_unspaced(text):
        return text
    parts = _RUN.split(text)
    parts[1::2] = map(_bigrams, parts[1::2])
    return "".join(parts)


def may_be_unspaced(text: str) -> bool:
    """Whether ``text`` may hold letters of East and South-East Asia; false for most texts, and quickly so."""
    if text.isascii():
        return False
    data = text.encode("utf-8", "surrogatepass")
    return len(data.translate(None, _ASIAN_LEADS)) < len(data)


def _bigrams(chars: str) -> str:
    if len(chars) == 1:
        return f" {chars} "
    return f" {' '.join(map(operator.add, chars, chars[1:]))} "


def is_unspaced(word: str) -> bool:
    """Whether ``word`` is of a script that writes no spaces: then it is a pair of characters, or a single one."""
    return bool(_RUN.match(word))


def words(text: str) -> list[str]:
    """Return the words of ``text`` as the lexical index has them, in order, lower case, with repeats."""
    return _WORD.findall(segment(text).lower())


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
    text = _MARK.sub("", _SPAN.sub(put_by, text))
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
