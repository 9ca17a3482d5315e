"""What a sentence claims, as far as rules can see: its words, names, quantities, quotations and negations.

The same reading serves the sentences of an answer and those of a note, so that the two can be compared.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from starlight.notes.folding import normalize
from starlight.notes.inflection import key
from starlight.notes.quantities import Quantity, quantities
from starlight.notes.stopwords import telling
from starlight.notes.text import is_unspaced, pairs, plain


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TYPOGRAPHY = str.maketrans({
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "「": '"', "」": '"', "『": '"', "』": '"',
    "’": "'", "‘": "'", "‚": "'", "‛": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "…": ".",
})  # fmt: skip
_WORD = re.compile(r"\w+(?:'\w+)*")
_CLAUSE_END = re.compile(r"[,;:.!?()\n。、，！？；：؟،]|\s-\s|--")
_QUOTED = re.compile(r'"([^"\n]{2,300})"|(?<!`)(`+)(?!`)([^`\n]{1,300})\2(?!`)')
_START = re.compile(r"(?:^|[.!?:\n\"]|\s-)[\s\"'*_()-]*$")
_SHORTENED = re.compile(r"'(?:s|ll|ve|re|d|m)?$")

_NOT = _set(
    """
    not no never without none neither nor cannot cant nobody nothing nowhere
    nicht kein keine keinen keinem keiner keines nie niemals ohne weder nichts niemand
    pas jamais sans aucun aucune rien
    nunca ningún ninguna ninguno jamás tampoco
    niet geen nooit zonder
    não nem sem nenhum
    senza nessun nessuno nessuna
    не нет ни без никогда
    نیست نیستند نبود ندارد ندارند نکن نکنید هرگز بدون نمی لا ليس لم لن
    """
)
_BEHIND = _set("pas jamais rien nicht niet نیست نیستند نبود ندارد ندارند")
"""Those that stand behind what they negate."""
_LIGHT = _set(
    """
    may might must need needs usually normally often typically generally commonly mostly example instance eg e.g ie
    however therefore thus hence moreover furthermore also simply just basically please let lets like via etc now still
    even well really actually currently amounts according one ones own thing things way ways
    beträgt liegt lautet heißt beispielsweise beispiel zb meist meistens normalerweise außerdem jedoch daher also dabei
    exemple souvent aussi donc ainsi ejemplo también además suele
    """
)
"""Words that may be there or not without a change of what is said."""
_BORDERS = _set(
    """
    if when because since while although though unless until whereas which who that but so
    wenn weil während obwohl falls sobald dass aber sondern denn
    si quand parce car mais lorsque cuando porque aunque pero
    """
)
"""Words with which a clause begins."""
_NO_NEGATION = re.compile(r"\bnot (?:only|just|to mention)\b|\bor not\b|\bnicht nur\b|\bno\.\s*\d", re.IGNORECASE)
_CJK_NOT = re.compile("不|没|沒|無|无|未|ない|なかった|なく|ません|ずに")
_CJK_NO_NEGATION = re.compile("不[过過同仅僅但管论論断斷]|无论|無論|未来|未來|没收|少ない|无[线限]|無[線限]")


class Word(NamedTuple):
    """A word of a sentence, in order of their places; of a script without spaces, two characters."""

    text: str
    key: str
    start: int
    end: int
    clause: int
    is_content: bool
    is_name: bool
    is_first: bool
    """Whether it begins the sentence, where any word has a capital."""
    is_counted: bool
    """Whether it belongs to a quantity."""


class Quotation(NamedTuple):
    """What a sentence quotes: in quotation marks, or as code."""

    text: str
    is_code: bool


class Negation(NamedTuple):
    """A word that negates, and the words around it that it may negate, by their index; the likeliest is first."""

    at: int
    text: str
    heads: tuple[int, ...]


class Claim(NamedTuple):
    """A sentence as it is compared."""

    text: str
    """As a reader sees it, with one kind of quotation marks, dashes and spaces."""
    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    quotations: tuple[Quotation, ...]
    negations: tuple[Negation, ...]

    @property
    def content(self) -> list[int]:
        """The indices of the words that say something."""
        return [at for at, word in enumerate(self.words) if word.is_content]


def folded(markdown: str) -> str:
    """Return ``markdown`` as a reader sees it, with one kind of quotation marks, dashes and spaces."""
    return " ".join(_typed(plain(markdown)).split())


def _typed(text: str) -> str:
    return normalize(text).translate(_TYPOGRAPHY)


@functools.lru_cache(maxsize=8_192)
def read(markdown: str) -> Claim:
    """Return what a sentence or a line claims."""
    text = folded(markdown)
    quoted = [
        Quotation(folded(f"`{found[3]}`") if found[2] else folded(found[1]), bool(found[2]))
        for found in _QUOTED.finditer(_typed(markdown))
    ]
    counted = tuple(quantities(text))
    words = tuple(_words(text, counted))
    return Claim(text, words, counted, tuple(quoted), tuple(_negations(text, words)))


def _words(text: str, counted: tuple[Quantity, ...]) -> Iterator[Word]:
    spans = [(one.start, one.end) for one in counted if one.is_sure]
    tokens = list(_tokens(text))
    kept = set(telling([_SHORTENED.sub("", token).lower() for token, _, _ in tokens]))
    clause, at = 0, 0
    is_shouted = text.isupper()
    for token, start, end in tokens:
        if start - at != 1 or text[at] != " ":
            clause += bool(_CLAUSE_END.search(text, at, start))
        at = end
        is_counted = bool(spans) and any(a < end and start < b for a, b in spans)
        has_capital = not token[0].islower()
        is_first = has_capital and (not start or bool(_START.search(text, max(0, start - 20), start)))
        word = _SHORTENED.sub("", token) if "'" in token else token
        lower = word.lower()
        is_content = bool(word) and not is_counted and lower in kept and lower not in _NOT and "n't" not in lower
        clause += lower in _BORDERS
        is_content = is_content and lower not in _LIGHT and (len(word) > 1 or not word.isascii() or word.isdigit())
        is_name = is_content and not is_shouted and _is_name(word, is_first=is_first)
        yield Word(token, key(word), start, end, clause, is_content, is_name, is_first, is_counted)


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of ``text`` with their places; pairs of characters where no spaces are written."""
    for found in _WORD.finditer(text):
        token, start = found[0], found.start()
        if token.isascii() or pairs(token) == token:
            yield token, start, found.end()
            continue
        at = 0
        for piece in pairs(token).split():
            if is_unspaced(piece):
                place = token.find(piece, at)
                at = place + max(len(piece) - 1, 1) if place >= 0 else at
            else:
                place = token.find(piece, at)
                at = place + len(piece) if place >= 0 else at
            yield piece, start + max(place, 0), start + max(place, 0) + len(piece)


def _is_name(word: str, *, is_first: bool) -> bool:
    if word.isdigit() or (not word.isascii() and is_unspaced(word)):
        return False
    if word.islower() and word.isalpha():
        return False
    is_identifier = (any(map(str.isdigit, word)) or "_" in word or any(map(str.isupper, word[1:]))) and any(
        map(str.isalpha, word)
    )
    return is_identifier or (word[:1].isupper() and not is_first and word.lower() != "i")


def _negations(text: str, words: tuple[Word, ...]) -> Iterator[Negation]:
    excepted = [found.span() for found in _NO_NEGATION.finditer(text)]
    for at, word in enumerate(words):
        lower = word.text.lower()
        is_not = lower in _NOT or lower.endswith("n't")
        if is_not and not any(start <= word.start < end for start, end in excepted):
            yield Negation(at, word.text, _heads(words, at))
    if not text.isascii() and any(is_unspaced(word.text) for word in words):
        yield from _negations_unspaced(text, words)


def _heads(words: tuple[Word, ...], at: int) -> tuple[int, ...]:
    clause = words[at].clause
    after = [n for n in range(at + 1, min(at + 7, len(words))) if words[n].is_content and words[n].clause == clause]
    before = [n for n in range(at - 1, max(at - 7, -1), -1) if words[n].is_content and words[n].clause == clause]
    if words[at].text.lower() in _BEHIND:
        return (*before[:1], *after[:2])
    return (*after[:2], *before[:1]) if after else tuple(before[:2])


def _negations_unspaced(text: str, words: tuple[Word, ...]) -> Iterator[Negation]:
    excepted = [found.span() for found in _CJK_NO_NEGATION.finditer(text)]
    for found in _CJK_NOT.finditer(text):
        if any(start <= found.start() < end for start, end in excepted):
            continue
        beside = [
            at
            for at, word in enumerate(words)
            if (word.end <= found.start() and found.start() - word.end < 2)
            or (word.start >= found.end() and word.start - found.end() < 2)
        ]
        at = next((at for at, word in enumerate(words) if word.end > found.start()), 0)
        yield Negation(at, found[0], tuple(beside))
