"""The lexical leg of search: BM25 over the words of passages (Robertson & Zaragoza, 2009), by FTS5."""

from __future__ import annotations

import bisect
import functools
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from starlight.index import schema
from starlight.index.bm25 import ANY_END, FIELD_WEIGHTS, Bm25, Phrase, most, rarity
from starlight.index.records import Scope, Scored
from starlight.notes.text import is_beginning, pieces

if TYPE_CHECKING:
    import apsw

MOST_ROWS = 20_000
"""Passages that are scored for a query, about: some 10 ms.  Scoring all that hold a word which most notes hold takes
a second where there are millions, for words that say little."""
_MOST_COMMON = 100_000
"""Passages that the terms used may have together: each is counted for every query."""
_EXPECTED = 1.5
"""So many times what a word is worth that as many passages hold as are wanted, the last of the best scores, mostly."""
_WORTH_IT = 500
"""Passages from which, if they are a quarter of all, it pays to leave out those that hold but common terms: that takes
two queries, not one."""
_TOKENIZE_DOCUMENT = 0x0004
"""FTS5's flag for text that is being indexed; the constant of apsw, which is imported late."""
_MOST_REMEMBERED = 50_000
_KEPT_WORDS, _LENGTH_OF_WORDS = 2_048, 24
"""Words whose stems are remembered, two or three megabytes in all, and the longest of them: a language has the same
ones in every text."""
_KEPT_SEARCHES = 16
"""Results that are remembered while the index stays as it is: what is asked for around a cursor changes little."""
Word = tuple[int, int, tuple[str, ...]]
"""Where a word of a text begins and ends, and its stems, mostly one."""
_LAST = "\U0010ffff"
"""Sorts behind every character."""


class Lexical:
    """Words of one index, read through one connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, lexical, row)")
        name, *arguments = schema.TOKENIZER
        self._tokenize = connection.fts5_tokenizer(name, arguments)
        self._known_stems = functools.lru_cache(_KEPT_WORDS)(self._stems)
        self._known_words = functools.lru_cache(_KEPT_WORDS)(self._words)
        self._phrases: dict[str, Phrase] = {}
        """The stems of terms that were asked for."""
        self._frequencies: dict[str, int] = {}
        self._counted_at = 0
        self._found: dict[tuple[object, ...], Scored] = {}
        """What was found last, by all that it depends on; the newest at the end."""

    def search(self, terms: Sequence[str], limit: int, n_chunks: int, scope: Scope) -> Scored:
        """Return the scores of the best ``limit`` chunks of ``scope`` that hold any of ``terms``.

        Where the terms are too common for all their passages to be scored, those are left out that hold only the
        most common ones; see ``_matches``.  Of a narrow scope with few passages none is left out: only those of the
        scope are scored.
        """
        key = self._connection.pragma("data_version"), n_chunks, MOST_ROWS, limit, *terms, *scope.condition("")
        found = self._found.pop(key, None)
        if found is None:
            rows = {term: min(self._count(self._phrase(term), n_chunks), default=0) for term in terms}
            if sum(rows.values()) > MOST_ROWS or scope.is_narrow:
                found = {}
                for match in self._matches(rows, whole=scope.is_narrow):
                    if len(found) < limit:
                        found = {**self._best(match, limit, scope), **found}
            else:
                found = self._best_of_all(rows, limit, scope)
        self._found[key] = found
        while len(self._found) > _KEPT_SEARCHES:
            del self._found[next(iter(self._found))]
        return dict(found)

    def _best_of_all(self, rows: Mapping[str, int], limit: int, scope: Scope) -> Scored:
        """Return the best of all chunks that hold any of the terms; ``rows`` is how many hold each, about.

        What holds but common terms need not be scored where these could not lift it among the best that hold a rare
        one (MaxScore: Turtle & Flood, 1995).
        """
        rare, common, most_of_common = self._split(rows, limit)
        if sum(rows[term] for term in common) < max(_WORTH_IT, sum(rows.values()) // 4):
            return self._best(_any(sorted(rows, key=rows.__getitem__)), limit, scope) if rows else {}
        found = self._best(_any(rare), limit, scope)
        found |= self._best(f"({_any(rare)}) AND ({_any(common)})", limit, scope)
        found = _highest(found, limit)
        if len(found) < limit or min(found.values()) <= most_of_common:
            found |= self._best(f"({_any(common)}) NOT ({_any(rare)})", limit, scope)
        return _highest(found, limit)

    def _split(self, rows: Mapping[str, int], limit: int) -> tuple[list[str], list[str], float]:
        """Return the rare terms, those that are so common that a chunk which holds no other is hardly among the best,
        and the most that such a chunk can score.
        """
        n_rows, _ = self._totals()
        ordered = sorted(rows, key=rows.__getitem__)
        reached = itertools.accumulate(rows[term] for term in ordered)
        filling = next((term for term, n in zip(ordered, reached, strict=True) if n >= limit), None)
        expected = _EXPECTED * rarity(n_rows, rows[filling]) if filling else 0.0
        score, n_rare = 0.0, len(ordered)
        for term in reversed(ordered):
            is_counted = len(self._phrase(term)) == 1 and not is_beginning(term)
            with_it = score + most(rarity(n_rows, rows[term] if is_counted else 0))
            if with_it >= expected:
                break
            score, n_rare = with_it, n_rare - 1
        return ordered[:n_rare], ordered[n_rare:], score

    def _best(self, match: str, limit: int, scope: Scope) -> Scored:
        weights = ", ".join(map(str, FIELD_WEIGHTS))
        condition, values = scope.condition("lexical.rowid")
        rows = self._connection.execute(
            # By its name, so that each passage is scored once.
            f"SELECT rowid, -bm25(lexical, {weights}) AS score FROM lexical WHERE lexical MATCH ? {condition}"  # noqa: S608
            " ORDER BY score DESC LIMIT ?",
            (match, *values, limit),
        )
        return dict(rows)

    def bm25(self, terms: Sequence[str], n_chunks: int) -> Bm25:
        """Return what scores passages that are not in the index as ``search`` would if they were."""
        n_rows, n_words = self._totals()
        phrases = [self._phrase(term) for term in terms]
        counts = self.holding(terms, n_chunks)
        weighted = tuple((phrase, rarity(n_rows, count)) for phrase, count in zip(phrases, counts, strict=True))
        return Bm25(weighted, n_words / n_rows if n_words else 1.0)

    def holding(self, terms: Sequence[str], n_chunks: int) -> list[int]:
        """Return how many chunks hold each of ``terms``, a word or several that stand one after the other."""
        phrases = [self._phrase(term) for term in terms]
        words = [phrase[0] for phrase in phrases if len(phrase) == 1]
        known = dict(zip(words, self._count(words, n_chunks), strict=True))  # all at once
        return [
            known[phrase[0]] if len(phrase) == 1 else self._together(term, phrase)
            for term, phrase in zip(terms, phrases, strict=True)
        ]

    def stems(self, text: str) -> list[tuple[int, int, str]]:
        """Return (start, end, stem) of each word of ``text``, as the lexical index tokenizes it; not to be changed."""
        return self._known_stems(text) if len(text) <= _LENGTH_OF_WORDS else self._stems(text)

    def words(self, text: str) -> tuple[Word, ...]:
        """Return where each word of ``text`` stands, as a person sees words, and the stems that the index has of it."""
        return self._known_words(text) if len(text) <= _LENGTH_OF_WORDS else self._words(text)

    def _words(self, text: str) -> tuple[Word, ...]:
        return tuple((start, end, tuple(stem for _, _, stem in self._stems(word))) for start, end, word in pieces(text))

    def _stems(self, text: str) -> list[tuple[int, int, str]]:
        raw = text.encode("utf-8", "replace")
        tokens = self._tokenize(raw, _TOKENIZE_DOCUMENT, None)
        found = cast("list[tuple[int, int, str]]", tokens)  # it is asked for offsets, and has no colocated tokens
        if len(raw) == len(text):
            return found
        places = _code_points(raw)
        return [(places[start], places[end], stem) for start, end, stem in found]

    def _phrase(self, term: str) -> Phrase:
        found = self._phrases.get(term)
        if found is None:
            if len(self._phrases) > _MOST_REMEMBERED:
                self._phrases.clear()
            found = (f"{term}{ANY_END}",) if is_beginning(term) else tuple(stem for _, _, stem in self.stems(term))
            self._phrases[term] = found
        return found

    def _matches(self, rows: Mapping[str, int], *, whole: bool) -> Iterator[str]:
        """Yield FTS5 expressions, each for passages that the ones before may have missed.

        The rare terms come first, as many as have ``MOST_ROWS`` together: what holds one of them and a common one,
        then what holds one of them.  One common term alone is first looked for where it stands in few passages.
        Last, where the ``whole`` is wanted, what holds any term.  ``rows`` is how many chunks hold each, about.
        """
        ordered = sorted(rows, key=rows.__getitem__)
        reached = list(itertools.accumulate(rows[term] for term in ordered))
        n_rare = max(bisect.bisect_right(reached, MOST_ROWS), 1)
        rare, common = ordered[:n_rare], ordered[n_rare : bisect.bisect_right(reached, _MOST_COMMON)]
        if common:
            yield f"({_any(rare)}) AND ({_any(common)})"
        elif rare and reached[n_rare - 1] > MOST_ROWS:
            yield f"{{title aliases headings tags}} : ({_any(rare)})"
        if rare:
            yield _any(rare)
        if whole and len(rare) < len(ordered):
            yield _any(ordered)

    def _totals(self) -> tuple[int, int]:
        """Return the number of rows of the lexical index, and of the words in them, as FTS5 keeps them."""
        # Row 1 of its data is the "averages record": a number for the rows, and one for the words of each column.
        record: bytes | None = self._connection.execute("SELECT block FROM lexical_data WHERE id = 1").get
        n_rows, *n_words = _numbers(record) if record else (0,)
        return n_rows, sum(n_words)

    def _together(self, term: str, phrase: Phrase) -> int:
        """Return how many chunks hold ``term``, whose stems are those of ``phrase``, several or none; kept as those."""
        if not phrase:
            return 0
        key = quoted(term)  # no stem has quotation marks
        if key not in self._frequencies:
            count = "SELECT count(*) FROM lexical WHERE lexical MATCH ?"
            self._frequencies[key] = int(self._connection.execute(count, (key,)).get)
        return self._frequencies[key]

    def _count(self, stems: Sequence[str], n_chunks: int) -> list[int]:
        """Return how many chunks hold each of ``stems``, about: counts are kept while the index changes by little."""
        if abs(n_chunks - self._counted_at) > self._counted_at // 20 or len(self._frequencies) > _MOST_REMEMBERED:
            self._frequencies.clear()
            self._counted_at = n_chunks
        if unknown := [stem for stem in dict.fromkeys(stems) if stem not in self._frequencies]:
            rows = self._connection.execute(
                "SELECT wanted.value, coalesce(doc, 0) FROM json_each(?) AS wanted"
                " LEFT JOIN temp.vocabulary AS v ON v.term = wanted.value",
                (json.dumps(unknown),),
            )
            self._frequencies.update(rows)
            self._frequencies.update({stem: self._beginning(stem[:-1]) for stem in unknown if stem.endswith(ANY_END)})
        return [self._frequencies[stem] for stem in stems]

    def _beginning(self, start: str) -> int:
        """Return how many chunks hold words that begin with ``start``, together."""
        count = "SELECT coalesce(sum(doc), 0) FROM temp.vocabulary WHERE term >= ? AND term < ?"
        return int(self._connection.execute(count, (start, f"{start}{_LAST}")).get)


def _any(terms: Iterable[str]) -> str:
    return " OR ".join(map(quoted, terms))


def _highest(scores: Scored, limit: int) -> Scored:
    """Return the ``limit`` highest of ``scores``, in the order in which one query gives them."""
    return dict(sorted(scores.items(), key=lambda each: (-each[1], each[0]))[:limit])


def quoted(term: str) -> str:
    """Return ``term`` as FTS5 takes plain text: words that stand one after the other, or how one begins."""
    text = '"{}"'.format(term.replace('"', '""'))
    return f"{text} *" if is_beginning(term) else text


def _numbers(record: bytes) -> list[int]:
    """Return the numbers of ``record``, each as SQLite writes it: seven bits a byte, the highest first."""
    numbers = []
    number = 0
    for byte in record:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(number)
            number = 0
    return numbers


# 0 for a continuation byte of UTF-8, 1 for the first byte of a code point.
_FIRST_BYTES = bytes(byte & 0xC0 != 0x80 for byte in range(256))


def _code_points(raw: bytes) -> list[int]:
    """Return, for each byte offset, the number of code points before it."""
    return [0, *itertools.accumulate(raw.translate(_FIRST_BYTES))]
