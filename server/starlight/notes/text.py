"""Text as the index sees it: normalized, segmented, split into words.

SQLite's unicode61 tokenizer splits at white space and punctuation, so scripts written without spaces would be
one endless word.  ``segment`` gives them as overlapping pairs of characters, the classic bigram indexing of
Chinese, Japanese and Thai; it is applied to what is indexed and to what is asked, so the two always agree.
"""

from __future__ import annotations

import re
import unicodedata

VERSION = 1
"""Raised when the same text would be segmented otherwise; part of the fingerprint of an index."""

# Han, kana, and the scripts of mainland South-East Asia (Thai, Lao, Myanmar, Khmer), which write no spaces.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(r"\w+")
# A terminal would obey some of these; a note has no business giving it orders.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Letters that Persian and Arabic keyboards write differently, and marks that carry no word of their own.
_FOLD = str.maketrans(
    {
        "\u064a": "\u06cc",  # Arabic yeh, written as Persian yeh
        "\u0649": "\u06cc",  # alef maksura
        "\u0643": "\u06a9",  # Arabic kaf, written as Persian keheh
        "\u06c0": "\u0647",  # heh with yeh above
        "\u0629": "\u0647",  # teh marbuta
        "\u200c": " ",  # zero-width non-joiner: between the parts of one word, which are found apart as well
        "\u0640": None,  # tatweel, a stretched line
        "\u00ad": None,  # soft hyphen
    }
)
# Two passes, each of which passes over most characters at once: what begins a line, and what stands within one.
_LINE_MARKUP = re.compile(
    r"""^(?:
    [ \t]*(?:\#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,9}[.)][ \t]+|```\S*|~~~\S*)+  # heads of lines
    |(?=[^|\n]*[|])[|:\- \t]+$                       # the ruler of a table
    )""",
    re.VERBOSE | re.MULTILINE,
)
_MARKUP = re.compile(
    r"""(?=[!\[<*_`~=|^])(?:
    !?\[\[(?:[^\[\]|\n]*\|)?(?P<wiki>[^\[\]\n]*)\]\]  # a wikilink shows its text, else its target
    |\[!\[(?P<image>[^\[\]\n]*)\]\([^)\n]*\)\]\([^)\n]*\)  # an image that is a link shows its description
    |!?\[(?P<link>[^\[\]\n]*)\]\([^)\n]*\)           # a link shows its text
    |<!--.*?-->|</?[a-zA-Z][^>\n]{0,200}>             # comments and tags of HTML
    |(?<![\w*])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\w*])|\*\*|`|~~|==   # emphasis, code, strike, highlight
    |(?<!\\)\|                                       # the bars between the cells of a table
    |\[![\w-]+\][+-]?                                # the kind of a callout
    |(?<=[ \t])\^[A-Za-z0-9-]+[ \t]*$                # a block identifier
    )""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def normalize(text: str) -> str:
    """Return ``text`` with compatibility forms, Arabic letter forms and joiners folded (NFKC)."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_FOLD)


def segment(text: str) -> str:
    """Return ``text`` normalized, with runs of unspaced scripts as bigrams separated by spaces."""
    text = normalize(text)
    return text if text.isascii() else _RUN.sub(_bigrams, text)


def _bigrams(run: re.Match[str]) -> str:
    chars = run[0]
    if len(chars) == 1:
        return f" {chars} "
    return f" {' '.join(chars[i : i + 2] for i in range(len(chars) - 1))} "


def is_unspaced(word: str) -> bool:
    """Whether ``word`` is of a script that writes no spaces: then it is a pair of characters, or a single one."""
    return bool(_RUN.match(word))


def words(text: str) -> list[str]:
    """Return the words of ``text`` as the lexical index has them, in order, lower case, with repeats."""
    return _WORD.findall(segment(text).lower())


def plain(markdown: str) -> str:
    """Return what a reader sees of ``markdown``: link texts in place of links, no emphasis, no markers."""
    return _MARKUP.sub(_shown, _LINE_MARKUP.sub("", markdown))


def _shown(found: re.Match[str]) -> str:
    # What spans lines leaves their ends: the lines of the plain text are those of the Markdown.
    return found["wiki"] or found["link"] or found["image"] or "\n" * found[0].count("\n")


def one_line(text: str, limit: int) -> str:
    """Return ``text`` on one line, without control characters, cut at a word to at most ``limit`` characters."""
    text = text.strip()
    # White space is folded, so that a line may need more of the text than its own length.
    line = " ".join(_CONTROL.sub(" ", text[: 2 * limit]).split())
    if len(line) <= limit:
        return line if len(text) <= 2 * limit else f"{line}…"
    cut = line.rfind(" ", limit // 2, limit)
    return line[: cut if cut > 0 else limit - 1].rstrip() + "…"
