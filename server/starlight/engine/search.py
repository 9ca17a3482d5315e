"""Search by words and by meaning at once: a query into hits, each with its place and the reasons for it."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from starlight.engine import listing, ranking, rescoring
from starlight.engine.contents import Content, Contents
from starlight.engine.describe import HEADING_SEPARATOR, meant
from starlight.engine.filtering import Filtering
from starlight.engine.hits import Found, Hit, Leg, Results, SearchOptions
from starlight.engine.likeness import Gains, Likeness
from starlight.engine.listing import Head
from starlight.engine.overlay import Overlay, View
from starlight.engine.passages import Nearness, extract, headings_at, shown, snippet
from starlight.engine.priors import NONE, Priors, links_to, priors
from starlight.engine.querying import MAX_CHARACTERS, Query, Querying
from starlight.engine.ranking import Fused, Ranked
from starlight.engine.reasons import Explanation, Matched, words_for
from starlight.engine.refining import Refinement
from starlight.engine.wanted import Span, Wanted
from starlight.index.reader import Reader
from starlight.index.records import Scope, Scored, StoredPassage
from starlight.index.vectors import alike, neighbourly
from starlight.models.embedder import Embedder
from starlight.notes.filters import Filter, is_quoting
from starlight.notes.query import parse

VectorsOf = Callable[[Iterable[int]], Mapping[int, bytes]]
"""Gives the 8-bit forms of the vectors of chunks, by chunk; of others, too."""
_CANDIDATES = 200
"""Chunks that each leg brings."""
_JUDGED = 3
"""The verdict is that of the best of so many hits."""


class Searcher:
    """Answers queries from one index and the open notes.  Use it on one thread, as its reader."""

    def __init__(self, reader: Reader, embedder: Embedder, contents: Contents, overlay: Overlay) -> None:
        self._reader = reader
        self._embedder = embedder
        self._contents = contents
        self._overlay = overlay
        self._querying = Querying(reader, embedder)

    def search(self, text: str, limit: int, how: SearchOptions) -> Results:
        """Return the best ``limit`` passages for ``text``: words and filters (``notes.query``), never an error.

        Filters alone list the notes that they are for.
        """
        text = text.encode("utf-8", "replace").decode()  # half a character cannot be looked for, or printed
        asked = parse(text, datetime.date.today(), lenient=how.lenient)
        scope = Scope(how.below)
        if asked.filter is None:
            return replace(self._found(asked.words, limit, how, scope), query=text, problems=asked.problems)
        narrowed = self._filtering.narrowed(scope, asked.filter)
        results = self._found(asked.words, limit, how, narrowed) if asked.words else self._listed(narrowed, limit)
        if how.lenient and not results.hits and is_quoting(asked.filter):
            return replace(self._found(text, limit, how, scope), query=text)
        unmatched = () if results.hits or how.lenient else self._filtering.unmatched(asked.filter, scope)
        return replace(results, query=text, problems=(*asked.problems, *unmatched))

    def _found(self, text: str, limit: int, how: SearchOptions, scope: Scope) -> Results:
        """Return the best ``limit`` passages of ``scope`` for words."""
        query = self._querying.query(text, how.only)
        text = "" if how.only == "semantic" else text
        found = self._ranked(query, how.only, limit, scope, ranking.PER_NOTE, text, how.refinement)
        contents = self._read([each.passage for each in found])
        named = {each.passage.path: each.passage.title for each in found if each.explanation.named}
        opened = self._overlay.view(self._reader) if named else None
        linked = links_to(self._reader, opened, named, [each.passage for each in found]) if opened else {}
        shown = [
            self._hit(
                query, each, contents.get(each.passage.path), linked.get(each.passage.id, ""), explain=how.explain
            )
            for each in found
        ]
        n_chunks = self._reader.status().chunks
        judged = zip(shown[:_JUDGED], found, strict=False)
        sure = [_confidence(query, matched, each, n_chunks, has_text=there) for (_, matched, there), each in judged]
        confidence = max(sure, default=0.0)
        verdict = ranking.verdict(confidence)
        hits = tuple(
            hit for (hit, *_), each in zip(shown, found, strict=True) if _has_reason(each) or verdict == "nothing"
        )
        is_refined = bool(how.refinement and how.refinement.is_refined)
        return Results(text, verdict, self.is_complete, hits, confidence=round(confidence, 4), refined=is_refined)

    def _listed(self, scope: Scope, limit: int) -> Results:
        """Return the ``limit`` notes of ``scope`` that were changed last, each with its beginning."""
        heads = self.heads(scope, limit)
        contents = self._read([head.passage for head in heads])
        hits = tuple(listing.hit(head, contents.get(head.passage.path)) for head in heads)
        return Results("", "found" if hits else "nothing", self.is_complete, hits)

    def heads(self, scope: Scope, limit: int) -> list[Head]:
        """Return the ``limit`` notes of ``scope`` that were changed last, those first, each by its first passage."""
        with self._reader.snapshot():
            opened = self._overlay.view(self._reader, scope)
            stored = replace(scope, without=(*scope.without, *opened.paths))
            return listing.heads(self._reader, opened, stored, limit)

    def narrowed(self, scope: Scope, filter_: Filter) -> Scope:
        """Return what of ``scope`` a filter is for."""
        return self._filtering.narrowed(scope, filter_)

    @property
    def _filtering(self) -> Filtering:
        return Filtering(self._reader, self._overlay, self._read)

    @property
    def is_complete(self) -> bool:
        """Whether the index is no longer being made."""
        return self._reader.status().state == "ready"

    def find(
        self,
        text: str,
        limit: int,
        scope: Scope,
        per_note: int = ranking.PER_NOTE,
        refinement: Refinement | None = None,
    ) -> list[Found]:
        """Return the best ``limit`` passages of ``scope`` for ``text``, at most ``per_note`` of one note."""
        return self._ranked(self._querying.query(text), None, limit, scope, per_note, refinement=refinement)

    def like(
        self, texts: Sequence[tuple[str, float]], limit: int, scope: Scope, per_note: int, gains: Gains
    ) -> tuple[Hit, ...]:
        """Return the best ``limit`` passages of ``scope`` like ``texts``, of which each counts by its number.

        ``gains`` says what notes gain for the passages that are most alike.  Reasons and snippets are for the first of
        the texts.
        """
        with self._reader.snapshot():
            opened = self._overlay.view(self._reader, scope)
            stored = replace(scope, without=(*scope.without, *opened.paths))
            likeness = Likeness(self._reader, opened, self._querying, texts, stored)
            found = likeness.find(limit, per_note, gains)
        return self._shown(likeness.parts[0].query, found)

    def hits(self, text: str, found: Sequence[Found]) -> tuple[Hit, ...]:
        """Return what was found for ``text`` as it is shown."""
        return self._shown(self._querying.query(text), found)

    def _shown(self, query: Query, found: Sequence[Found]) -> tuple[Hit, ...]:
        contents = self._read([each.passage for each in found])
        return tuple(self._hit(query, each, contents.get(each.passage.path))[0] for each in found)

    def content(self, path: str) -> Content | None:
        """Return a note's text as its reader sees it, in the editor, else on disk; None where there is none."""
        return self._overlay.content(path) or self._contents.read({path: None}).get(path)

    def _ranked(
        self,
        query: Query,
        only: Leg | None,
        limit: int,
        scope: Scope,
        per_note: int,
        text: str = "",
        refinement: Refinement | None = None,
    ) -> list[Found]:
        """Return the best ``limit`` passages; where there is a ``text``, notes called so and of its time gain."""
        if not query.terms or not query.wanted:
            return []
        with self._reader.snapshot():  # a note that is saved meanwhile has other passages
            opened = self._overlay.view(self._reader, scope)
            stored = replace(scope, without=(*scope.without, *opened.paths))
            fused = self._fused(query, only, opened, stored)
            looked, nearness = fused, dict[int, float]()
            if refinement and only != "lexical":
                scores, nearness = self._refined(refinement, query, fused.scores, opened)
                looked = replace(fused, scores=scores)
            today = datetime.date.today()
            vectors = self._vectors_of(opened)
            smoothed = self._smoothed(query, looked, vectors)
            asked = text[:MAX_CHARACTERS]
            prior = priors(asked, self._reader, opened, stored, smoothed, today) if asked else NONE

            def notes_of(chunks: Iterable[int]) -> dict[int, str]:
                return {**self._reader.paths(chunks), **opened.notes(chunks)}

            def copies_of(chunks: Sequence[int]) -> dict[int, int]:
                return alike(chunks, vectors(chunks))

            places = ranking.best(prior.on(smoothed), limit, notes_of, per_note, copies_of)
            best = [place.chunk for place in places]
            passages = {**self._reader.passages(best), **opened.passages(best)}
            cosines = self._cosines(query, best, opened)
        return [
            Found(
                passages[place.chunk],
                place.score,
                query.fluency * max(cosines.get(place.chunk, 0.0), 0.0),
                place.chunk in fused.lexical,
                _explained(place, fused, looked.scores, smoothed, prior),
                prior.days.get(place.chunk),
                nearness.get(place.chunk, 0.0),
            )
            for place in places
        ]

    def _smoothed(self, query: Query, fused: Fused, vectors: VectorsOf) -> Mapping[int, float]:
        """Return the scores with those of neighbours in them, as far as the model knows the query's words."""
        share = ranking.SMOOTHING * query.fluency
        if not (fused.weight and share):
            return fused.scores

        def neighbourly_of(scores: Mapping[int, float]) -> dict[int, float]:
            return neighbourly(scores, vectors(scores), ranking.NEIGHBOURS)

        return ranking.smoothed(fused.scores, neighbourly_of, share)

    def _vectors_of(self, opened: View) -> VectorsOf:
        """Return what gives the 8-bit forms of vectors, of the chunks asked for and before: most are needed twice."""
        known: dict[int, bytes] = {}

        def vectors(chunks: Iterable[int]) -> Mapping[int, bytes]:
            missing = [chunk for chunk in chunks if chunk not in known]
            known.update({**self._reader.vectors(missing), **opened.vectors(missing)})
            return known

        return vectors

    def _refined(
        self, refinement: Refinement, query: Query, scores: Mapping[int, float], opened: View
    ) -> tuple[Mapping[int, float], dict[int, float]]:
        """Return ``scores`` with those of the best after a second look, and how near it says that these are."""
        best = rescoring.best(scores)
        meanings = {**self._reader.meanings(best), **opened.meanings(best)}
        digests = {chunk: meanings[chunk] for chunk in best if chunk in meanings}
        nearness = refinement.nearness(digests, lambda chunks: self._meant(chunks, opened))
        near = opened.cosines(query.told_apart)
        cosines = {**self._reader.cosines(query.told_apart, best), **near} if query.weight else {}
        looked = {chunk: trust * max(cosine, 0.0) for chunk, (cosine, trust) in nearness.items()}
        return rescoring.rescored(scores, cosines, query.weight, nearness), looked

    def _meant(self, chunks: list[int], opened: View) -> dict[int, tuple[bytes, str]]:
        """Return what the given chunks mean in the notes as they are now, by chunk; not of notes that are gone."""
        passages = {**self._reader.passages(chunks), **opened.passages(chunks)}
        contents = self._read(passages.values())
        found = {}
        for chunk, passage in passages.items():
            if text := extract(passage, contents.get(passage.path)).text:
                found[chunk] = meant(text, passage.title, passage.headings)
        return found

    def _cosines(self, query: Query, chunks: list[int], opened: View) -> Scored:
        """Return how near the chunks are to what the query means; nothing where its words are not known."""
        if not query.weight:
            return {}
        return {**self._reader.cosines(query.vector, chunks), **opened.cosines(query.vector)}

    def _fused(self, query: Query, only: Leg | None, opened: View, scope: Scope) -> Fused:
        """Return what the legs found, and the scores that they make together."""
        nearest = self._reader.nearest(query.told_apart, _CANDIDATES, scope) if query.weight else None
        lexical: Scored = {}
        if only != "semantic":
            worded = opened.lexical(lambda: self._reader.bm25(query.terms))
            lexical = _best(self._reader.lexical(query.terms, _CANDIDATES, scope), worded)
        if nearest is None:
            return ranking.fuse(lexical, {}, 0.0, 0.0)
        near = opened.cosines(query.told_apart)
        semantic = _best(nearest(), near)
        missing = lexical.keys() - semantic.keys()
        semantic.update(self._reader.cosines(query.told_apart, missing))
        semantic.update({chunk: near[chunk] for chunk in missing & near.keys()})
        return ranking.fuse(lexical, semantic, query.weight, query.ideal if lexical else 0.0)

    def _read(self, passages: Iterable[StoredPassage]) -> dict[str, Content | None]:
        """Return the texts of the passages' notes as their reader sees them: in the editor, else on disk."""
        notes = {passage.path: passage for passage in passages}  # one note may have several hits
        opened = {path: content for path in notes if (content := self._overlay.content(path))}
        return {**self._contents.read({path: notes[path] for path in notes if path not in opened}), **opened}

    def _hit(
        self, query: Query, ranked: Found, content: Content | None, linked: str = "", *, explain: bool = False
    ) -> tuple[Hit, Matched, bool]:
        """Return what is shown of a passage, what of the query it holds, and whether its text is there."""
        passage = ranked.passage
        found = extract(passage, content)
        text, n_skipped = shown(found.text)
        wanted = query.wanted
        spans = wanted.spans(text)
        line = snippet(text, spans, wanted, query.weights, self._nearness(query))
        row = n_skipped + line.row
        heading = HEADING_SEPARATOR.join(headings_at(found.text, row, passage))
        matched = _matched(wanted, passage.title, heading, spans, ranked)
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
            reasons=words_for(
                matched, ranked.cosine, is_named=bool(ranked.explanation.named), linked=linked, day=ranked.day
            ),
            sentence=line.sentence,
            explanation=ranked.explanation if explain else None,
            locator=content.locator(found.offset(row)) if content else None,
        )
        return hit, matched, bool(text)

    def _nearness(self, query: Query) -> Nearness:
        def nearness(texts: Sequence[str]) -> Sequence[float]:
            return list(self._embedder.embed(texts) @ query.vector)

        return nearness


def _best(stored: Scored, opened: Scored) -> Scored:
    """Return the best that one leg found in the index and in open notes."""
    if not opened:
        return stored
    every = {**stored, **opened}
    return {chunk: every[chunk] for chunk in heapq.nlargest(_CANDIDATES, every, key=every.__getitem__)}


def _matched(wanted: Wanted, title: str, heading: str, spans: Sequence[Span], ranked: Found) -> Matched:
    """Return which words of the query stand where, each where it stands first."""
    in_title, in_heading = wanted.held(wanted.spans(title)), wanted.held(wanted.spans(heading))
    in_body = [word for word in wanted.held(spans) if word not in in_title and word not in in_heading]
    is_elsewhere = ranked.is_worded and not (in_title or in_heading or in_body)
    return Matched(in_title, in_heading, in_body, is_elsewhere)


def _confidence(query: Query, matched: Matched, ranked: Found, n_chunks: int, *, has_text: bool) -> float:
    """Return how sure one passage makes that the notes are about the query."""
    numbers = ranked.explanation
    if numbers.named:
        return 1.0
    coverage = query.coverage(matched.words, int(matched.is_elsewhere))
    if not has_text:  # the note cannot be read: what the index says has to do
        coverage = max(coverage, min(numbers.lexical / query.ideal, 1.0))
    fluency = query.fluency if query.weight else 0.0  # where meaning is not looked at, words say it all
    return ranking.confidence(coverage, ranked.cosine, fluency, n_chunks)


def _has_reason(found: Found) -> bool:
    return found.is_worded or bool(found.explanation.named) or found.cosine >= ranking.FAINT


def _explained(
    place: Ranked, fused: Fused, refined: Mapping[int, float], smoothed: Mapping[int, float], prior: Priors
) -> Explanation:
    """Return the numbers behind the place of a passage."""
    return Explanation(
        lexical=fused.lexical.get(place.chunk, 0.0),
        best_lexical=fused.best_lexical,
        trust=fused.trust,
        cosine=fused.semantic.get(place.chunk, 0.0),
        weight=fused.weight,
        fused=fused.scores.get(place.chunk, 0.0),
        refined=refined.get(place.chunk, 0.0),
        smoothed=smoothed.get(place.chunk, 0.0),
        named=ranking.NAMED if place.chunk in prior.named else 0.0,
        timely=prior.timely.get(place.chunk, 0.0),
        repeats=place.repeats,
        copies=place.copies,
        score=place.score,
    )
