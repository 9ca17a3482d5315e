"""A query into its words and its filters.  Pure, and never an error: what is no filter is words.

A query is plain words unless it holds a known ``field:`` with a value, a quote that is closed, or a ``-`` before a
word.  Prose has quotes and dashes, too: where there are many words, and no field, these are words.  ``AND`` and
``OR`` count between filters and quotes only: people write them, and parentheses and colons, in prose.  Filters that
stand beside one another must all hold; ``AND`` binds tighter than ``OR``, as it does everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from starlight.notes import filters
from starlight.notes.fields import FIELDS, BadValueError, Field
from starlight.notes.filters import Filter, Leaf, Term
from starlight.notes.text import words
from starlight.notes.times import Day

_FEW = 8
"""Words up to which a query is no prose; those of its quotes do not count."""
_MAX_CHARACTERS = 2_000
"""A longer text was pasted."""
_DATE_WORDS = 5
"""Words that a time may have: "between may and june 2024"."""
_DEEPEST = 20
"""Parentheses within one another."""

_NAMES = f"(?ai:{'|'.join(sorted(FIELDS, key=len, reverse=True))})"
"""In any case, but of ASCII: elsewhere there are letters that are an ``i``, ``k`` or ``s`` in another case."""
_FIELD = re.compile(
    rf'(?P<minus>-?)(?P<name>{_NAMES}):(?!//|:)(?:"(?P<quoted>[^"]*)"|(?P<bare>\[\[[^\]]*\]\]|[^\s"]\S*))'
)
_BEGUN = re.compile(rf'-?(?P<name>{_NAMES}):(?!:)(?P<quote>"?)')
_PHRASE = re.compile(r'(?P<minus>-?)"(?P<text>[^"]+)"(?!\w)')
_EXCLUDED = re.compile(r"-(?P<word>[^\W\d]\S*)")
_OPERATOR = re.compile(r"(AND|OR)(?=[\s()]|$)")
_WORD = re.compile(r"\S+")
_NEXT_WORDS = re.compile(r"\S+(?:[ \t]+[^\s:\"()]+)*")


class Problem(NamedTuple):
    """What is wrong with a part of a query, for people, and where that stands, in code points."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A query's plain words, with those of its quotes, and what it is narrowed to."""

    words: str
    filter: Filter | None = None
    problems: tuple[Problem, ...] = ()


Kind = Literal["word", "term", "and", "or", "(", ")"]


class _Token(NamedTuple):
    kind: Kind
    start: int
    end: int
    filter: Filter | None = None
    is_said: bool = False
    """Whether its words are looked for as well: those of a quote that is wanted are."""
    is_named: bool = False
    """Whether it is a filter with a name: nobody writes those in prose."""
    is_excluded: bool = False
    """Whether it is a word that is left out."""


def parse(text: str, today: Day, *, lenient: bool = False) -> Query:
    """Return what ``text`` asks for, as seen on ``today``.

    A filter whose value makes no sense is left out, and a problem says so; ``lenient``, it is words as it stands,
    and there is no problem.
    """
    if len(text) > _MAX_CHARACTERS:
        return Query(text)
    lexer = _Lexer(text, today, lenient=lenient)
    tokens = _without_prose(list(lexer.tokens()))
    if not any(token.filter for token in tokens) and not lexer.problems:
        return Query(text)
    parser = _Parser(tokens)
    filter_ = parser.filter()
    problems = [*lexer.problems, *(() if lenient else parser.unclosed())]
    rest = _without(text, [*parser.taken, *lexer.dropped])
    if not any(token.kind == "word" or token.is_said for token in tokens) or not words(rest):
        rest = ""  # of an OR or a sign that stands alone
    return Query(rest, filter_, tuple(sorted(problems, key=lambda problem: problem.start)))


def _without_prose(tokens: Sequence[_Token]) -> Sequence[_Token]:
    """Return the tokens; all as words where there are many words and no filter that has a name."""
    n_words = sum(token.kind == "word" or token.is_excluded for token in tokens)
    if n_words <= _FEW or any(token.is_named for token in tokens):
        return tokens
    return [token._replace(kind="word", filter=None, is_said=False) if token.filter else token for token in tokens]


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    rest, at = [], 0
    for start, end in sorted(spans):
        rest.append(text[at:start])
        at = end
    return " ".join(" ".join((*rest, text[at:])).split())


class _Lexer:
    """Cuts a query into tokens, each of which begins where a word may."""

    def __init__(self, text: str, today: Day, *, lenient: bool) -> None:
        self._text = text
        self._today = today
        self._lenient = lenient
        self.problems: list[Problem] = []
        self.dropped: list[tuple[int, int]] = []
        """What of the text is neither a filter nor words."""

    def tokens(self) -> Iterator[_Token]:
        """Yield the tokens in order."""
        at = 0
        while at < len(self._text):
            if self._text[at].isspace():
                at += 1
                continue
            token = self._token(at)
            yield token
            at = token.end

    def _token(self, at: int) -> _Token:
        if self._text[at] in "()":
            return _Token("(" if self._text[at] == "(" else ")", at, at + 1)
        if operator := _OPERATOR.match(self._text, at):
            return _Token("and" if operator[1] == "AND" else "or", at, operator.end())
        found = self._field(at) or self._phrase(at) or self._excluded(at)
        if found:
            return found
        self._note_unfinished(at)
        word = self._text[at:].split(maxsplit=1)[0]
        trimmed, end = _trimmed(word, at)
        return _Token("word", at, end if trimmed and ")" in word[len(trimmed) :] else at + len(word))

    def _field(self, at: int) -> _Token | None:
        found = _FIELD.match(self._text, at)
        if not found:
            return None
        field = FIELDS[found["name"].lower()]
        value, end = found["quoted"], found.end()
        if value is None:
            value, end = _trimmed(found["bare"], found.start("bare"))
        values = [(value, end)]
        if field.is_date and found["quoted"] is None:
            values = [*self._longer(found.start("bare")), *values]
        leaf: Leaf | str = ""
        for value, end in values:
            leaf = self._leaf(field, value)
            if not isinstance(leaf, str):
                term = Term(leaf, at, end)
                return _Token("term", at, end, filters.Not(term) if found["minus"] else term, is_named=True)
        return self._bad(at, end, str(leaf))

    def _leaf(self, field: Field, value: str) -> Leaf | str:
        """Return the filter that a value makes, or what is wrong with it."""
        if not value.strip():
            return f"write something after it, such as {field.form.written}"
        try:
            return field.read(value, self._today)
        except BadValueError as error:
            return str(error)

    def _longer(self, start: int) -> Iterator[tuple[str, int]]:
        """Yield the values of several words that begin at ``start``, the longest first, and where they end."""
        line = _NEXT_WORDS.match(self._text, start)
        ends = [word.end() for word in _WORD.finditer(line[0])] if line else []
        for end in reversed(ends[1:_DATE_WORDS]):
            yield _trimmed(self._text[start : start + end], start)

    def _bad(self, start: int, end: int, message: str) -> _Token:
        """Return what stands in place of a filter that makes no sense: words, or nothing and a problem."""
        if not self._lenient:
            self.problems.append(Problem(f"{self._text[start:end]}: {message}", start, end))
            self.dropped.append((start, end))
        return _Token("word", start, end)

    def _phrase(self, at: int) -> _Token | None:
        found = _PHRASE.match(self._text, at)
        if not found or not words(found["text"]):
            return None
        term = Term(filters.Holding(found["text"], is_literal=True), at, found.end())
        if found["minus"]:
            return _Token("term", at, found.end(), filters.Not(term))
        return _Token("term", at, found.end(), term, is_said=True)

    def _excluded(self, at: int) -> _Token | None:
        found = _EXCLUDED.match(self._text, at)
        if not found or not words(found["word"]) or self._begun(at):
            return None
        word, end = _trimmed(found["word"], found.start("word"))
        leaf = filters.Holding(word, is_literal=False)
        return _Token("term", at, end, filters.Not(Term(leaf, at, end)), is_excluded=True)

    def _begun(self, at: int) -> re.Match[str] | None:
        """Return the field that begins at ``at`` and has no value yet: it is the query's end, or a quote is open."""
        begun = _BEGUN.match(self._text, at)
        return begun if begun and (begun["quote"] or not self._text[begun.end() :].strip()) else None

    def _note_unfinished(self, at: int) -> None:
        """Say so where a quote that begins at ``at`` has no end, and where a field at the end has no value."""
        if self._lenient:
            return
        quote = at + self._text.startswith('-"', at)
        begun = self._begun(at)
        if begun and begun["quote"]:
            quote = begun.end() - 1
        if self._text.startswith('"', quote) and self._text.find('"', quote + 1) < 0:
            self.problems.append(Problem('The quote that begins here has no end: write " after it', quote, quote + 1))
        elif begun:
            written = FIELDS[begun["name"].lower()].form.written
            message = f"{begun[0]} write something after it, such as {written}"
            self.problems.append(Problem(message, at, begun.end()))
            self.dropped.append((at, begun.end()))


def _trimmed(value: str, start: int) -> tuple[str, int]:
    """Return a value without the marks of the sentence or the parenthesis that it ends, and its end in the query."""
    while value:
        if value.endswith((",", ";")) or (value.endswith(")") and value.count(")") > value.count("(")):
            value = value[:-1]
        else:
            break
    return value, start + len(value)


class _Parser:
    """Makes one filter of the terms among the tokens; an operator or parenthesis that joins none is a word."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._partners = _partners(tokens)
        self._at = 0
        self._depth = 0
        self.taken: list[tuple[int, int]] = []
        """What of the query is not looked for as words."""

    def filter(self) -> Filter | None:
        """Return what all tokens together narrow a search to."""
        parts: list[Filter] = []
        while self._at < len(self._tokens):
            found = self._either()
            if found:
                parts.append(found)
            else:
                self._at += 1
        return _joined(parts)

    def unclosed(self) -> Iterator[Problem]:
        """Yield a problem for each parenthesis before a filter that is not closed."""
        for number, token in enumerate(self._tokens[:-1]):
            if token.kind == "(" and number not in self._partners and self._tokens[number + 1].filter:
                message = "The parenthesis that begins here is not closed: write ) after it"
                yield Problem(message, token.start, token.end)

    def _either(self) -> Filter | None:
        """Several with ``OR`` between them."""
        parts: list[Filter] = []
        while True:
            before = len(self.taken), self._at
            if parts and not self._take("or"):
                break
            found = self._every()
            if found is None:
                self._go_back(*before)
                break
            parts.append(found)
        return filters.Either(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None

    def _every(self) -> Filter | None:
        """Several beside one another, or with ``AND`` between them."""
        parts: list[Filter] = []
        while True:
            before = len(self.taken), self._at
            if parts:
                self._take("and")
            found = self._operand()
            if found is None:
                self._go_back(*before)
                break
            parts.append(found)
        return _joined(parts)

    def _operand(self) -> Filter | None:
        if self._at >= len(self._tokens):
            return None
        token = self._tokens[self._at]
        if token.filter:
            self._at += 1
            if not token.is_said:
                self.taken.append((token.start, token.end))
            return token.filter
        return self._group(token) if token.kind == "(" else None

    def _group(self, opening: _Token) -> Filter | None:
        partner = self._partners.get(self._at)
        if partner is None or self._depth >= _DEEPEST:
            return None
        before = len(self.taken), self._at
        self._at += 1
        self._depth += 1
        found = self._either()
        self._depth -= 1
        if found is None or self._at != partner:
            self._go_back(*before)
            return None
        closing = self._tokens[self._at]
        self._at += 1
        self.taken += [(opening.start, opening.end), (closing.start, closing.end)]
        return found

    def _take(self, kind: Kind) -> bool:
        if self._at >= len(self._tokens) or self._tokens[self._at].kind != kind:
            return False
        token = self._tokens[self._at]
        self.taken.append((token.start, token.end))
        self._at += 1
        return True

    def _go_back(self, n_taken: int, at: int) -> None:
        del self.taken[n_taken:]
        self._at = at


def _joined(parts: Sequence[Filter]) -> Filter | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return filters.Every(tuple(parts))


def _partners(tokens: Sequence[_Token]) -> dict[int, int]:
    """Return the number of the token that closes each parenthesis which is closed."""
    partners, opened = {}, []
    for number, token in enumerate(tokens):
        if token.kind == "(":
            opened.append(number)
        elif token.kind == ")" and opened:
            partners[opened.pop()] = number
    return partners
