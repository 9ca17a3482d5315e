"""A query's text into what the two legs of search take."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlight.engine import ranking
from starlight.engine.compounding import Compounds, compounds
from starlight.engine.hits import Leg
from starlight.engine.wanted import Wanted
from starlight.index.bm25 import weight
from starlight.index.reader import Reader
from starlight.index.vectors import without
from starlight.models.embedder import Embedder
from starlight.notes.stopwords import telling
from starlight.notes.text import as_written, is_literal, words

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

_MAX_TERMS = 64
_RARE = (16, _MAX_TERMS)
"""Words that are looked for where the rarest will do: of a text that the model knows, and of one that it does not."""
_ROWS = (3_000, 20_000)
"""Passages that hold these, together."""
MAX_CHARACTERS = 2_000
"""A longer query is a pasted document; its beginning says what it is about."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as the two legs take it."""

    terms: tuple[str, ...]
    wanted: Wanted
    weights: Mapping[str, float]
    """What each word of ``wanted`` counts: the rarer, the more."""
    wholes: Mapping[str, tuple[str, ...]]
    """Those of them that say several others at once, with these; see ``engine.compounding``."""
    ideal: float
    """The BM25 score of a passage that holds each of them once."""
    vector: Vector
    """What it means: how near a passage is to this is what people are told."""
    told_apart: Vector
    """The same less some of what all notes are about: the order goes by this."""
    weight: float
    """The share of the vector leg: none where the model does not know the query's words."""
    fluency: float
    """How well it knows them: a cosine counts for the verdict by as much."""

    def coverage(self, held: Collection[str], n_elsewhere: int = 0) -> float:
        """Return what share of the query the words ``held`` are, and so many more words: 0 to 1."""
        own = {word: weight for word, weight in self.weights.items() if word not in self.wholes}
        said = {each for word in held for each in self.wholes.get(word, (word,))}
        total = sum(own.values())
        elsewhere = n_elsewhere * total / len(own)
        return min((sum(own[word] for word in said) + elsewhere) / total, 1.0)


class Meaning(NamedTuple):
    """What a text means to the leg by meaning; see ``Query``."""

    vector: Vector
    told_apart: Vector
    weight: float
    fluency: float


class Querying:
    """Makes queries of texts.  Use it on one thread, as its reader."""

    def __init__(self, reader: Reader, embedder: Embedder) -> None:
        self._reader = reader
        self._embedder = embedder

    def meaning(self, text: str, only: Leg | None = None) -> Meaning:
        """Return what ``text`` means, for ``only`` that leg, or for both."""
        text = text[:MAX_CHARACTERS]
        fluency = self._embedder.fluency(text)
        vector = self._embedder.embed([text])[0]
        weight = {None: ranking.SEMANTIC_WEIGHT * fluency, "lexical": 0.0, "semantic": 1.0}[only]
        return Meaning(vector, self._told_apart(vector) if weight else vector, weight, fluency)

    def query(
        self,
        text: str,
        only: Leg | None = None,
        *,
        rare: bool = False,
        meaning: Meaning | None = None,
        is_shown: bool = True,
    ) -> Query:
        """Return ``text`` as a query for ``only`` that leg, or for both; of its words for the ``rare`` ones alone.

        ``meaning`` is that of the text, where it is known.  One that is not ``is_shown`` finds its words in no text.
        """
        meaning = meaning or self.meaning(text, only)
        text = text[:MAX_CHARACTERS]
        order = words(text)
        terms = tuple(telling(list(dict.fromkeys(order)))[:_MAX_TERMS])
        made = Compounds(terms, {})
        if rare:
            terms = self._rare(terms, meaning.fluency)
        elif terms:
            made = compounds(order, terms, self._reader)
            terms = made.terms
        own = self._reader.bm25(terms).terms if terms else ()
        shown = {**{word: word for word in (*terms, *made.wholes)}, **as_written(text)} if is_shown else {}
        named = {shown[term] for term in terms} if shown else set()
        wholes = {
            shown[whole]: tuple(shown[part] for part in parts)
            for whole, parts in made.wholes.items()
            if shown and shown[whole] not in named
        }
        rarities = [rarity for _, rarity in own]
        return Query(
            terms=(*terms, *made.wholes),
            wanted=self._wanted(terms, tuple(made.wholes), shown),
            ideal=sum(rarities),
            weights=_weights([shown[term] for term in terms], rarities, wholes) if shown else {},
            wholes=wholes,
            vector=meaning.vector,
            told_apart=meaning.told_apart,
            weight=meaning.weight,
            fluency=meaning.fluency,
        )

    def _wanted(self, terms: Sequence[str], wholes: Sequence[str], shown: Mapping[str, str]) -> Wanted:
        """Return what finds the words again, which are ``shown`` so; nothing where none is shown."""
        if not shown:
            return Wanted({}, (), self._reader)
        stems = {stem: term for term in terms for _, _, stem in self._reader.stems(term)}
        for whole in wholes:
            for _, _, stem in self._reader.stems(whole):
                stems.setdefault(stem, whole)
        return Wanted(
            {stem: shown[term] for stem, term in stems.items() if not is_literal(term)},
            tuple(shown[term] for term in terms if is_literal(term)),
            self._reader,
        )

    def _rare(self, terms: Sequence[str], fluency: float) -> tuple[str, ...]:
        """Return the rarest of ``terms`` that any passage holds, as far as few do; all of them where none is held.

        They say the most, and cost the least.  The less the model knows of the text, the more of them: then its words
        say what is like it, and where they are pairs of letters, a rare one may be none.
        """
        most, rows = _between(_RARE, 1 - fluency), _between(_ROWS, 1 - fluency)
        held = [(n, term) for n, term in zip(self._reader.holding(terms), terms, strict=True) if n]
        rarest = sorted(held)[: round(most)]
        reached = itertools.accumulate(n for n, _ in rarest)
        few = [term for (_, term), n in zip(rarest, reached, strict=True) if n <= rows]
        return tuple(few or [term for _, term in rarest[:1]] or terms)

    def _told_apart(self, vector: Vector) -> Vector:
        """Return a query's vector less some of the mean of all passages, which tells none of them from another."""
        mean = self._reader.mean_vector()
        if mean is None or not vector.any():
            return vector
        return without(mean, ranking.centring(self._reader.status().chunks), vector)


def _weights(
    words: Sequence[str], rarities: Sequence[float], wholes: Mapping[str, tuple[str, ...]]
) -> dict[str, float]:
    """Return what ``words`` of these rarities count, and what wholes do: as much as their parts together."""
    counts: dict[str, float] = {}
    for word, rarity in zip(words, rarities, strict=True):
        counts[word] = counts.get(word, 0.0) + weight(rarity)
    return counts | {whole: sum(counts[part] for part in parts) for whole, parts in wholes.items()}


def _between(least_and_most: tuple[int, int], share: float) -> float:
    least, most = least_and_most
    return least + share * (most - least)
