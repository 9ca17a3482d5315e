"""How two notes are connected, step by step, each with what it rests on: lines with links, passages, shared words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from starlight.engine.catalogue import Catalogue
from starlight.engine.graph import Graph, Step
from starlight.engine.navigation import Place, in_context
from starlight.index.records import StoredPassage
from starlight.index.vectors import nearest_pair
from starlight.notes.chunking import body_of
from starlight.notes.links import keys_called
from starlight.notes.model import Link
from starlight.notes.stopwords import telling
from starlight.notes.text import as_written, one_line, plain, words

_MOST_LINKS = 3
"""Links between two notes that are shown, each way."""
_WORDS = 6
_MOST_WORDS = 200
"""Shared words that are looked up."""
_TEXT = 240
_MOST_PASSAGES = 400
"""Passages of a note that are compared with those of another."""

Indexed = Callable[[StoredPassage], str | None]
"""Gives the text of the note that a passage is of, as it was indexed; None where its file is another one now."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Lines of a note that a step rests on; lines count from 1."""

    path: str
    first: int
    last: int
    heading: str
    text: str
    anchor: str = ""
    """Of a link: the heading or block that it leads to."""
    is_embed: bool = False
    """Whether it is a link that shows there what it leads to."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A step and what it rests on: nothing, where the notes have changed meanwhile."""

    step: Step
    grounds: tuple[Ground, ...] = ()
    words: tuple[str, ...] = ()
    """Of a step by meaning: words that both passages have, the rarest first."""


class Connecting:
    """Finds what steps rest on.  Use it on one thread, as its catalogue."""

    def __init__(self, graph: Graph, catalogue: Catalogue, indexed: Indexed) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._indexed = indexed

    def explained(self, steps: Iterable[Step]) -> tuple[Connection, ...]:
        """Return ``steps``, each with what it rests on."""
        return tuple(map(self._explained, steps))

    def _explained(self, step: Step) -> Connection:
        if step.kind == "link":
            ways = ((step.source, step.target), (step.target, step.source))
            return Connection(step, tuple(ground for way in ways for ground in self._linking(*way)))
        return self._near(step) if step.kind == "meaning" else Connection(step)

    def _linking(self, source: str, target: str) -> list[Ground]:
        """Return where the note at ``source`` links to the one at ``target``."""
        if source not in self._graph or target not in self._graph.links[source]:
            return []
        catalogue = self._catalogue
        keys = catalogue.keys_of(target)
        may = (link for link in catalogue.links(source) if not keys.isdisjoint(keys_called(link)))
        links = [link for link in may if catalogue.resolve(link, source) == target][:_MOST_LINKS]
        found = in_context(catalogue, [Place(source, link.start, link.end) for link in links])
        return [
            Ground(source, each.line, each.line, each.heading, each.context, link.anchor, self._is_embed(source, link))
            for link, each in zip(links, found, strict=False)
        ]

    def _is_embed(self, source: str, link: Link) -> bool:
        text = self._catalogue.text(source) or ""
        return text[link.start : link.start + 1] == "!" or text[max(link.start - 1, 0) : link.start] == "!"

    def _near(self, step: Step) -> Connection:
        reader = self._catalogue.reader
        if reader is None:
            return Connection(step)
        with reader.overview() as overview:
            ones, others = (
                dict(list(overview.vectors_of(path).items())[:_MOST_PASSAGES]) for path in (step.source, step.target)
            )
        best = nearest_pair(ones, others)
        passages = reader.passages(best) if best else {}
        found = [self._found(passages[chunk]) for chunk in best or () if chunk in passages]
        there = [each for each in found if each]
        return Connection(step, tuple(ground for ground, _ in there), self._shared([text for _, text in there]))

    def _found(self, passage: StoredPassage) -> tuple[Ground, str] | None:
        """Return where a passage is now, and its text; None where it is not there any more, or cannot be read."""
        whole, first = self._indexed(passage), passage.first
        text = (whole or "")[passage.start : passage.end]
        if not text:
            return None
        opened = self._catalogue.opened.get(passage.path)
        if opened is not None and opened != whole:
            start = opened.find(text)
            if start < 0:
                return None
            first = self._catalogue.lines(passage.path).at(start)
        last = first + passage.last - passage.first
        shown = one_line(plain(body_of(text)), _TEXT)
        return Ground(passage.path, first, last, " › ".join(passage.headings), shown), text

    def _shared(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the words that two texts have in common, the rarest first."""
        reader = self._catalogue.reader
        if reader is None or len(texts) != 2:
            return ()
        one, other = (list(dict.fromkeys(words(plain(text)))) for text in texts)
        there = set(other)
        both = [word for word in one if word in there and any(map(str.isalpha, word))]
        terms = telling(both)[:_MOST_WORDS] if both else []
        counted = sorted(zip(reader.holding(terms), terms, strict=True)) if terms else []
        shown = as_written(texts[0])
        return tuple(shown.get(term, term) for _, term in counted[:_WORDS])
