"""Search by words and by meaning at once: a query into hits, each with its place and the reasons for it."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from starlight.engine import listing, ranking
from starlight.engine.contents import Content, Contents
from starlight.engine.describe import HEADING_SEPARATOR
from starlight.engine.filtering import Filtering
from starlight.engine.overlay import Overlay, View
from starlight.engine.passages import Nearness, extract, headings_at, shown, snippet
from starlight.engine.ranking import Verdict
from starlight.engine.wanted import Wanted
from starlight.index.reader import Reader
from starlight.index.records import Scope, Scored, StoredPassage
from starlight.index.vectors import without
from starlight.models.embedder import Embedder
from starlight.notes.filters import is_quoting
from starlight.notes.query import Problem, parse
from starlight.notes.stopwords import telling
from starlight.notes.text import as_written, is_literal, words

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

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
    line: int
    """Where the snippet begins: the line to go to."""
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
    problems: tuple[Problem, ...] = ()
    """What of the query makes no sense as a filter, or is for nothing in these notes."""


@dataclass(frozen=True, slots=True)
class _Query:
    """A query as the two legs take it."""

    terms: tuple[str, ...]
    wanted: Wanted
    vector: Vector
    """What it means: how near a passage is to this is what people are told."""
    told_apart: Vector
    """The same less some of what all notes are about: the order goes by this."""
    weight: float
    """The share of the vector leg: none where the model does not know the query's words."""
    fluency: float
    """How well it knows them: a cosine counts for the verdict by as much."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search found, before it is shown."""

    passage: StoredPassage
    score: float
    cosine: float
    """To the query, less where the model does not know the query's words."""
    is_worded: bool
    """Whether it holds a word of the query."""


class Searcher:
    """Answers queries from one index and the open notes.  Use it on one thread, as its reader."""

    def __init__(self, reader: Reader, embedder: Embedder, contents: Contents, overlay: Overlay) -> None:
        self._reader = reader
        self._embedder = embedder
        self._contents = contents
        self._overlay = overlay

    def search(
        self, text: str, limit: int, only: Leg | None = None, below: str = "", *, lenient: bool = False
    ) -> Results:
        """Return the best ``limit`` passages for ``text``: words and filters (``notes.query``), never an error.

        Filters alone list the notes that they are for.  ``below`` is the folder that they must lie in, relative to
        the root; empty for all.  What makes no sense as a filter is told, or words if ``lenient``, and so are
        quotes that nothing holds.
        """
        text = text.encode("utf-8", "replace").decode()  # half a character cannot be looked for, or printed
        asked = parse(text, datetime.date.today(), lenient=lenient)
        scope = Scope(below)
        if asked.filter is None:
            return replace(self._found(asked.words, limit, only, scope), query=text, problems=asked.problems)
        narrowed = self._filtering.narrowed(scope, asked.filter)
        results = self._found(asked.words, limit, only, narrowed) if asked.words else self._listed(narrowed, limit)
        if lenient and not results.hits and is_quoting(asked.filter):
            return replace(self._found(text, limit, only, scope), query=text)
        unmatched = () if results.hits or lenient else self._filtering.unmatched(asked.filter, scope)
        return replace(results, query=text, problems=(*asked.problems, *unmatched))

    def _found(self, text: str, limit: int, only: Leg | None, scope: Scope) -> Results:
        """Return the best ``limit`` passages of ``scope`` for words."""
        query = self._parse(text, only)
        found = self._ranked(query, only, limit, scope, ranking.PER_NOTE)
        contents = self._read([each.passage for each in found])
        judged = [self._hit(query, each, contents.get(each.passage.path)) for each in found]
        verdict = ranking.best_verdict([verdict for _, verdict in judged[:_JUDGED]])
        hits = tuple(
            hit
            for (hit, _), each in zip(judged, found, strict=True)
            if hit.reasons or each.cosine >= ranking.FAINT or verdict == "nothing"
        )
        return Results(text, verdict, self.is_complete, hits)

    def _listed(self, scope: Scope, limit: int) -> Results:
        """Return the ``limit`` notes of ``scope`` that were changed last, each with its beginning."""
        with self._reader.snapshot():
            opened = self._overlay.view(self._reader, scope)
            stored = replace(scope, without=(*scope.without, *opened.paths))
            heads = listing.heads(self._reader, opened, stored, limit)
        contents = self._read([head.passage for head in heads])
        hits = tuple(_head_hit(head, contents.get(head.passage.path)) for head in heads)
        return Results("", "found" if hits else "nothing", self.is_complete, hits)

    @property
    def _filtering(self) -> Filtering:
        return Filtering(self._reader, self._overlay, self._read)

    @property
    def is_complete(self) -> bool:
        """Whether the index is no longer being made."""
        return self._reader.status().state == "ready"

    def find(self, text: str, limit: int, scope: Scope, per_note: int = ranking.PER_NOTE) -> list[Found]:
        """Return the best ``limit`` passages of ``scope`` for ``text``, at most ``per_note`` of one note."""
        return self._ranked(self._parse(text, None), None, limit, scope, per_note)

    def hits(self, text: str, found: Sequence[Found], scores: Sequence[float]) -> tuple[Hit, ...]:
        """Return what was found for ``text`` as it is shown, with other ``scores``."""
        query = self._parse(text, None)
        contents = self._read([each.passage for each in found])
        return tuple(
            self._hit(query, replace(each, score=score), contents.get(each.passage.path))[0]
            for each, score in zip(found, scores, strict=True)
        )

    def content(self, path: str) -> Content | None:
        """Return a note's text as its reader sees it, in the editor, else on disk; None where there is none."""
        return self._overlay.content(path) or self._contents.read({path: None}).get(path)

    def _ranked(self, query: _Query, only: Leg | None, limit: int, scope: Scope, per_note: int) -> list[Found]:
        if not query.terms or not query.wanted:
            return []
        with self._reader.snapshot():  # a note that is saved meanwhile has other passages
            opened = self._overlay.view(self._reader, scope)
            stored = replace(scope, without=(*scope.without, *opened.paths))
            scores, worded = self._candidates(query, only, opened, stored)

            def notes_of(chunks: Iterable[int]) -> dict[int, str]:
                return {**self._reader.paths(chunks), **opened.notes(chunks)}

            ranked = ranking.best(scores, limit, notes_of, per_note)
            best = [chunk for chunk, _ in ranked]
            passages = {**self._reader.passages(best), **opened.passages(best)}
            cosines = self._cosines(query, best, opened)
        return [
            Found(passages[chunk], score, query.fluency * max(cosines.get(chunk, 0.0), 0.0), chunk in worded)
            for chunk, score in ranked
        ]

    def _cosines(self, query: _Query, chunks: list[int], opened: View) -> Scored:
        """Return how near the chunks are to what the query means; nothing where its words are not known."""
        if not query.weight:
            return {}
        return {**self._reader.cosines(query.vector, chunks), **opened.cosines(query.vector)}

    def _parse(self, text: str, only: Leg | None) -> _Query:
        text = text[:_MAX_CHARACTERS]
        terms = tuple(telling(list(dict.fromkeys(words(text))))[:_MAX_TERMS])
        stems = {stem: term for term in terms for _, _, stem in self._reader.stems(term)}
        shown = as_written(text)
        fluency = self._embedder.fluency(text)
        vector = self._embedder.embed([text])[0]
        weights = {None: ranking.SEMANTIC_WEIGHT * fluency, "lexical": 0.0, "semantic": 1.0}
        return _Query(
            terms=terms,
            wanted=Wanted(
                {stem: shown[term] for stem, term in stems.items() if not is_literal(term)},
                tuple(shown[term] for term in terms if is_literal(term)),
                self._reader.stems,
            ),
            vector=vector,
            told_apart=self._told_apart(vector) if weights[only] else vector,
            weight=weights[only],
            fluency=fluency,
        )

    def _told_apart(self, vector: Vector) -> Vector:
        """Return a query's vector less some of the mean of all passages, which tells none of them from another."""
        mean = self._reader.mean_vector()
        if mean is None or not vector.any():
            return vector
        return without(mean, ranking.centring(self._reader.status().chunks), vector)

    def _candidates(self, query: _Query, only: Leg | None, opened: View, scope: Scope) -> tuple[Scored, Container[int]]:
        """Return the fused scores of what the legs found, and which chunks hold a word of the query."""
        nearest = self._reader.nearest(query.told_apart, _CANDIDATES, scope) if query.weight else None
        lexical: Scored = {}
        if only != "semantic":
            worded = opened.lexical(lambda: self._reader.bm25(query.terms))
            lexical = _best(self._reader.lexical(query.terms, _CANDIDATES, scope), worded)
        if nearest is None:
            return lexical, lexical
        near = opened.cosines(query.told_apart)
        semantic = _best(nearest(), near)
        missing = lexical.keys() - semantic.keys()
        semantic.update(self._reader.cosines(query.told_apart, missing))
        semantic.update({chunk: near[chunk] for chunk in missing & near.keys()})
        ideal = self._reader.ideal(query.terms) if lexical else 0.0
        return ranking.fuse(lexical, semantic, query.weight, ideal), lexical

    def _read(self, passages: Iterable[StoredPassage]) -> dict[str, Content | None]:
        """Return the texts of the passages' notes as their reader sees them: in the editor, else on disk."""
        notes = {passage.path: passage for passage in passages}  # one note may have several hits
        opened = {path: content for path in notes if (content := self._overlay.content(path))}
        return {**self._contents.read({path: notes[path] for path in notes if path not in opened}), **opened}

    def _hit(self, query: _Query, ranked: Found, content: Content | None) -> tuple[Hit, Verdict]:
        passage = ranked.passage
        found = extract(passage, content)
        text, n_skipped = shown(found.text)
        wanted = query.wanted
        spans = wanted.spans(text)
        line = snippet(text, spans, wanted, self._nearness(query))
        row = n_skipped + line.row
        heading = HEADING_SEPARATOR.join(headings_at(found.text, row, passage))
        in_title, in_heading = wanted.held(wanted.spans(passage.title)), wanted.held(wanted.spans(heading))
        in_body = [word for word in wanted.held(spans) if word not in in_title and word not in in_heading]
        elsewhere = ranked.is_worded and not (in_title or in_heading or in_body)
        hit = Hit(
            path=passage.path,
            start_line=found.first,
            end_line=found.last,
            line=min(found.first + row, found.last),
            title=passage.title,
            heading=heading,
            snippet=line.text,
            highlights=line.highlights,
            score=round(ranked.score, 4),
            reasons=_reasons(in_title, in_heading, in_body, ranked.cosine, elsewhere=elsewhere),
        )
        n_matched = len({*in_title, *in_heading, *in_body}) + elsewhere
        return hit, ranking.verdict(n_matched / len(wanted), ranked.cosine)

    def _nearness(self, query: _Query) -> Nearness:
        def nearness(texts: Sequence[str]) -> Sequence[float]:
            return list(self._embedder.embed(texts) @ query.vector)

        return nearness


def _head_hit(head: listing.Head, content: Content | None) -> Hit:
    """Return the hit of a note that is listed without a ranking."""
    passage = head.passage
    begins = listing.beginning(passage, content)
    return Hit(
        path=passage.path,
        start_line=begins.place.first,
        end_line=begins.place.last,
        line=begins.line,
        title=passage.title,
        heading=HEADING_SEPARATOR.join(passage.headings),
        snippet=begins.snippet,
        highlights=(),
        score=round(head.changed, 4),
        reasons=(f"changed {listing.day_of(head)}",),
    )


def _best(stored: Scored, opened: Scored) -> Scored:
    """Return the best that one leg found in the index and in open notes."""
    if not opened:
        return stored
    every = {**stored, **opened}
    return {chunk: every[chunk] for chunk in heapq.nlargest(_CANDIDATES, every, key=every.__getitem__)}


def _reasons(
    in_title: list[str], in_heading: list[str], in_body: list[str], cosine: float, *, elsewhere: bool
) -> tuple[str, ...]:
    reasons = []
    if in_title:
        reasons.append(f"in the title: {', '.join(in_title)}")
    if in_heading:
        reasons.append(f"in the heading: {', '.join(in_heading)}")
    if in_body:
        reasons.append(f"words: {', '.join(in_body)}")
    if elsewhere:  # the aliases, the file's name, the tags
        reasons.append("by another name or a tag")
    if cosine >= ranking.NEAR:
        reasons.append("close in meaning")
    elif cosine >= ranking.LOOSE:
        reasons.append("related in meaning")
    return tuple(reasons)
