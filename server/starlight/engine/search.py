"""Search by words and by meaning at once: a query into hits, each with its place and the reasons for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from starlight.engine import ranking
from starlight.engine.describe import HEADING_SEPARATOR
from starlight.engine.passages import Nearness, extract, snippet
from starlight.engine.ranking import Verdict
from starlight.index.reader import Reader, Scored
from starlight.index.records import StoredPassage
from starlight.models.embedder import Embedder
from starlight.notes.stopwords import telling
from starlight.notes.text import is_unspaced, plain, segment, words

if TYPE_CHECKING:
    from starlight.index.reader import Vector

Leg = Literal["lexical", "semantic"]

_CANDIDATES = 200
"""Chunks that each leg brings."""
_MAX_TERMS = 64
_MAX_CHARACTERS = 2_000
"""A longer query is a pasted document; its beginning says what it is about."""
_JUDGED = 3
"""The verdict is that of the best of so many hits."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers a query.  ``path`` is relative to the root, lines count from 1."""

    path: str
    start_line: int
    end_line: int
    title: str
    heading: str
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found.  ``complete`` is false while the index is still being made."""

    query: str
    verdict: Verdict
    complete: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Query:
    """A query as the two legs take it."""

    terms: tuple[str, ...]
    words: Mapping[str, str]
    """The query's own word for each stem that is looked for."""
    pairs: tuple[str, ...]
    """Its pairs of characters in scripts without spaces."""
    vector: Vector
    weight: float
    """The share of the vector leg: none where the model does not know the query's words."""
    fluency: float
    """How well it knows them: a cosine counts for the verdict by as much."""


class Searcher:
    """Answers queries from one index.  Use it on one thread, as its reader."""

    def __init__(self, reader: Reader, embedder: Embedder, root: Path, max_bytes: int) -> None:
        self._reader = reader
        self._embedder = embedder
        self._root = root
        self._max_bytes = max_bytes

    def search(self, text: str, limit: int, only: Leg | None = None) -> Results:
        """Return the best ``limit`` passages for ``text``, which is plain words and never an error."""
        complete = self._reader.status().state == "ready"
        query = self._parse(text[:_MAX_CHARACTERS], only)
        if not query.terms:
            return Results(text, "nothing", complete, ())
        scores, cosines = self._candidates(query, only)
        passages = self._reader.passages(scores)
        ranked = ranking.order(scores, {chunk: passage.path for chunk, passage in passages.items()})[:limit]
        judged = [
            self._hit(query, passages[chunk], score, query.fluency * max(cosines.get(chunk, 0.0), 0.0))
            for chunk, score in ranked
        ]
        verdict = ranking.best_verdict([verdict for _, verdict in judged[:_JUDGED]])
        return Results(text, verdict, complete, tuple(hit for hit, _ in judged))

    def _parse(self, text: str, only: Leg | None) -> _Query:
        terms = tuple(telling(list(dict.fromkeys(words(text))))[:_MAX_TERMS])
        stems = {stem: text for text in terms for _, _, stem in self._reader.stems(text)}
        fluency = self._embedder.fluency(text)
        weights = {None: ranking.SEMANTIC_WEIGHT * fluency, "lexical": 0.0, "semantic": 1.0}
        return _Query(
            terms=terms,
            words={stem: word for stem, word in stems.items() if not is_unspaced(word)},
            pairs=tuple(term for term in terms if is_unspaced(term)),
            vector=self._embedder.embed([text])[0],
            weight=weights[only],
            fluency=fluency,
        )

    def _candidates(self, query: _Query, only: Leg | None) -> tuple[Scored, Scored]:
        """Return the fused scores of what the legs found, and the cosines."""
        lexical = {} if only == "semantic" else self._reader.lexical(query.terms, _CANDIDATES)
        if not query.weight:
            return ranking.fuse(lexical, {}, 0.0), {}
        semantic = self._reader.nearest(query.vector, _CANDIDATES)
        semantic.update(self._reader.cosines(query.vector, lexical.keys() - semantic.keys()))
        return ranking.fuse(lexical, semantic, query.weight), semantic

    def _hit(self, query: _Query, passage: StoredPassage, score: float, cosine: float) -> tuple[Hit, Verdict]:
        found = extract(self._root, passage, self._max_bytes)
        heading = HEADING_SEPARATOR.join(passage.headings)
        title_words = self._matched(query, passage.title)
        heading_words = self._matched(query, heading)
        matched = [*dict.fromkeys([*title_words, *heading_words, *self._matched(query, plain(found.text))])]
        shown = snippet(found.text, frozenset(query.words), query.pairs, self._reader.stems, self._nearness(query))
        reasons = _reasons(matched, title_words, heading_words, cosine)
        hit = Hit(
            passage.path, found.first, found.last, passage.title, heading,
            shown.text, shown.highlights, round(score, 4), reasons,
        )  # fmt: skip
        n_wanted = len(query.words) + len(query.pairs)
        return hit, ranking.verdict(len(matched) / max(n_wanted, 1), cosine)

    def _matched(self, query: _Query, text: str) -> list[str]:
        """Return the query's words that ``text`` holds, in the query's order."""
        stems = {stem for _, _, stem in self._reader.stems(segment(text))}
        pairs = [pair for pair in query.pairs if pair in stems]
        return [word for stem, word in query.words.items() if stem in stems] + pairs

    def _nearness(self, query: _Query) -> Nearness:
        def nearness(texts: Sequence[str]) -> Sequence[float]:
            return list(self._embedder.embed(texts) @ query.vector)

        return nearness


def _reasons(matched: list[str], in_title: list[str], in_heading: list[str], cosine: float) -> tuple[str, ...]:
    reasons = []
    if in_title:
        reasons.append(f"in the title: {', '.join(in_title)}")
    if in_heading:
        reasons.append(f"in the heading: {', '.join(in_heading)}")
    if rest := [word for word in matched if word not in in_title and word not in in_heading]:
        reasons.append(f"words: {', '.join(rest)}")
    if cosine >= ranking.NEAR:
        reasons.append("close in meaning")
    elif cosine >= ranking.LOOSE:
        reasons.append("related in meaning")
    return tuple(reasons)
