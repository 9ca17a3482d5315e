"""The facade: one root, its settings, its index, and what can be asked of it, from any thread: queries take turns."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from starlight.config import Settings
from starlight.engine.answer import EVERYTHING, Answer, Evidence, Scope, Turn
from starlight.engine.authoring import Authoring
from starlight.engine.catalogue import Catalogue
from starlight.engine.contents import Content, Contents
from starlight.engine.current import Current
from starlight.engine.documents import Documents
from starlight.engine.former import Former
from starlight.engine.graphing import Graphs
from starlight.engine.hits import Hit, Leg, Results, SearchOptions
from starlight.engine.indexed_folder import IndexedFolder
from starlight.engine.limits import check_limit
from starlight.engine.linking import Linker
from starlight.engine.nearness import Nearness
from starlight.engine.open_notes import OpenNotes
from starlight.engine.overlay import Overlay
from starlight.engine.packing import Count, estimate
from starlight.engine.parsed import Parsed
from starlight.engine.refining import Refinement, Refining, settled
from starlight.engine.search import Searcher
from starlight.engine.selected import is_document
from starlight.engine.summary import FIVE_SENTENCES, Length
from starlight.engine.texts import Texts
from starlight.errors import IndexMissing, IndexUnavailable, NoteError
from starlight.index.cache import Cache
from starlight.index.reader import Reader
from starlight.index.records import EVERYWHERE, StoredPassage
from starlight.models.embedder import Embedder, WordsAlone

if TYPE_CHECKING:
    from starlight.engine.answering import Answering, Tell
    from starlight.engine.assistant import Assistant
    from starlight.engine.evidence import Gatherer
    from starlight.engine.graph_answers import GraphAnswer, GraphQuestion
    from starlight.engine.map import KeepGoing, NoteMap
    from starlight.engine.subjects import Target
    from starlight.engine.summary import Subject, Summary
    from starlight.engine.summary_lines import SummaryLines
    from starlight.models.generator import Cancellation
    from starlight.readers.document import Document

T = TypeVar("T")


class Workspace(IndexedFolder):
    """The notes below one root, their index, and what can be asked of it."""

    def __init__(self, root: Path, settings: Settings, embedder: Embedder) -> None:
        super().__init__(root, settings, embedder)
        self._cache = Cache(self.location.cache, settings.refiner_cache_bytes)
        self._contents = Contents(root, self._limit, Documents(self._cache))
        self._texts = Texts(root, self._limit, self._cache)
        self._parsed = Parsed()
        self._overlay = Overlay(embedder, settings.max_bytes, self._parsed)
        self._open_notes = OpenNotes(root, settings)
        self._former_index = Former(self.location, self.fingerprint)
        own = Current(root, self.location.database(self.fingerprint))
        nearness = Nearness(self.location.neighbours(self.fingerprint), embedder.dim, self._reading)
        linker = Linker(own, embedder, self._reading, nearness)
        self.graphs = Graphs(linker, nearness, self._reading)
        self.authoring = Authoring(
            linker, lambda: self._alone(self._searcher), self._open_notes, self.text, self._parsed
        )

    def close(self) -> None:
        """Close the index, and let go of chat models."""
        if "assistant" in self.__dict__:
            self.assistant.close()
        if "refining" in self.__dict__ and self.refining:
            self.refining.close()
        self._texts.close()
        self.graphs.close()
        with self._turn:
            self._former_index.close()
            self._contents.close()
            self._cache.close()
        self.authoring.close()
        super().close()

    def warm(self) -> None:
        """Load the model, so that the first search need not."""
        self._embedder.embed([""])

    def show(self, path: str, text: str) -> None:
        """Let ``text`` be searched as that of the note at ``path``, until it is hidden or what the index has.

        A file that would not be indexed is not searched either.
        """
        with self._turn:
            if not (self._overlay.holds(path) or self._open_notes.is_note(path)):
                return
            self._overlay.show(path, text)

    def get_ready(self) -> None:
        """Read what was shown, so that a search finds the work done."""
        with self._turn, contextlib.suppress(IndexUnavailable):  # a search will say so
            self._overlay.view(self._reader())

    def hide(self, path: str) -> None:
        """Let the note at ``path`` be searched as it is on disk."""
        with self._turn:
            self._overlay.hide(path)

    def search(
        self,
        query: str,
        limit: int | None = None,
        only: Leg | None = None,
        below: str = "",
        *,
        lenient: bool = False,
        explain: bool = False,
        refinement: Refinement | None = None,
    ) -> Results:
        """Return the passages that answer ``query``, best first.

        The query is words and filters (docs/search.md); ``SearchOptions`` has the rest.  A filter that makes no sense
        is told in ``problems``.

        Raises:
            InvalidRequest: ``limit`` is below 1 or above 1,000.
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        limit = self.settings.search_limit if limit is None else check_limit(limit)
        with self._turn:
            reader, embedder = self._searched()
            searcher = Searcher(reader, embedder, self._contents, self._overlay)
            if isinstance(embedder, WordsAlone):
                former = SearchOptions("lexical", below, lenient=lenient, explain=explain)
                return replace(searcher.search(query, limit, former), complete=False)
            how = SearchOptions(only, below, lenient=lenient, explain=explain, refinement=refinement)
            return searcher.search(query, limit, how)

    def refined(
        self,
        query: str,
        limit: int | None = None,
        only: Leg | None = None,
        below: str = "",
        *,
        seconds: float | None = None,
        **how: bool,
    ) -> Results:
        """Return what ``search`` does after a second look at the best passages, which may take so many seconds.

        What was not looked at by then stays in the order of the first search.  ``None`` waits for all of it.

        Raises:
            StarlightError: as ``search``.
        """
        refinement = self.refinement(query, only, lenient=how.get("lenient", False))

        def search() -> Results:
            return self.search(query, limit, only, below, refinement=refinement, **how)

        return settled(search, refinement, seconds)

    def refinement(self, query: str, only: Leg | None = None, *, lenient: bool = False) -> Refinement | None:
        """Return a second look at the results for ``query``, which begins now; None where there will be none."""
        return self.refining.begin(query, lenient=lenient) if self.refining and only != "lexical" else None

    @functools.cached_property
    def refining(self) -> Refining | None:
        """What looks at results again; None where the settings do without."""
        return Refining.of(self.location, self.settings)

    def evidence(
        self,
        question: str,
        budget: int,
        count: Count = estimate,
        scope: Scope = EVERYTHING,
        conversation: Sequence[Turn] = (),
        below: str = "",
        per_source: int = 0,
        *,
        seconds: float | None = None,
    ) -> Evidence:
        """Return the passages that an answer to ``question`` may rest on, in at most ``budget`` tokens.

        ``count`` counts them, ``per_source`` of them are spent on each source beside its text.  ``conversation`` is
        what was asked and answered before.  ``below`` is a folder that the notes must lie in, beside the scope.
        A second look at what is found may take so many ``seconds``; None: any number.

        Raises:
            InvalidRequest: the question is empty, or ``budget`` is below 1.
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        from starlight.engine.evidence import Asked, gather

        asked = Asked(question, budget, count, scope, conversation, below, per_source)
        return gather(asked, self._gatherer, functools.partial(self.refinement, lenient=True), seconds)

    def ask(
        self,
        question: str,
        *,
        conversation: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        model: str = "",
        without_model: str = "",
    ) -> Answering:
        """Return the answer to ``question`` on its way: iterate over it for its text, then see ``answer``.

        ``conversation`` is what was asked and answered before, ``model`` the name of the one to ask in place of
        the one that the settings choose.  ``without_model`` says why none shall be asked: then the notes' own
        sentences answer.
        """
        from starlight.engine.answering import Answering
        from starlight.engine.chat import Request
        from starlight.engine.evidence import SECONDS
        from starlight.engine.prompts import PER_SOURCE

        request = Request(question, tuple(conversation), scope, model)

        def gather(budget: int, count: Count | None) -> Evidence:
            return self.evidence(
                question, budget, count or estimate, scope, conversation, per_source=PER_SOURCE, seconds=SECONDS
            )

        def work(tell: Tell, stop: Cancellation) -> Answer:
            return self.assistant.ask(request, [self.root], gather, tell, stop, without_model=without_model)

        return Answering(work)

    def subject(self, target: Target) -> Subject:
        """Return what ``target`` names, as it is now, to be summarized; a document is waited for.

        Raises:
            InvalidRequest: there is no such note, folder or heading, or ``since`` or ``query`` makes no sense.
            IndexMissing: more than one file is asked for, and nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        from starlight.engine.subjects import Notes, subject

        if is_document(target.path):
            with contextlib.suppress(NoteError):  # the subject says that it cannot be read
                self.document(target.path)  # now it is kept
        with self._turn:
            return subject(Notes(self.root, self._content, lambda: (self._searcher(), self._searched()[0])), target)

    def summarize(self, subject: Subject, length: Length = FIVE_SENTENCES) -> Summary:
        """Return a summary of ``subject`` in sentences of the notes themselves, each with its place; at once."""
        from starlight.engine.extractive import summarize

        return summarize(subject, length, self._embedder.embed)

    def written_summary(
        self,
        subject: Subject,
        length: Length = FIVE_SENTENCES,
        tell: Tell = lambda _event: None,
        stop: Cancellation | None = None,
        *,
        model: str = "",
        without_model: str = "",
    ) -> Summary:
        """Return a summary of ``subject`` by a chat model, in as many steps as it takes; ``tell`` hears how far it is.

        What was made of parts before is not made again.  Where no model can be asked, or ``without_model`` says why
        none shall be, it is that of ``summarize``.

        Raises:
            GeneratorUnavailable: ``model`` names one that there is not.
            ConsentNeeded: the text would leave the machine, and nobody has agreed to that.
        """
        return self.assistant.summarize(
            subject, length, self.kept, self.summarize, tell, stop, model=model, without_model=without_model
        )

    @property
    def kept(self) -> Cache:
        """What chat models made of parts of these notes."""
        return self._cache

    @functools.cached_property
    def _summary_lines(self) -> SummaryLines:
        from starlight.engine.summary_lines import SummaryLines

        return SummaryLines(self._embedder.embed, self._cache)

    @functools.cached_property
    def assistant(self) -> Assistant:
        """The chat models that answer for this root."""
        from starlight.engine.assistant import Assistant

        return Assistant(self.settings)

    def document(self, path: str) -> Document:
        """Return what the document at ``path`` says, however long it takes to read it; no search waits meanwhile.

        Raises:
            NoteError: it cannot be read.
        """
        return self._texts.read(path)

    def text(self, path: str) -> str | None:
        """Return the text of the file at ``path``, of a document what it says; None where it cannot be had soon."""
        if not is_document(path):
            return super().text(path)
        with self._turn:
            content = self._contents.read({path: None}).get(path)
        return content.text if content else None

    def look(self, opened: Mapping[str, str], ask: Callable[[Catalogue], T], asked: str = "") -> T:
        """Return what ``ask`` finds among the notes as they are now; ``opened`` are the texts in an editor, by path.

        Of these, those that would not be indexed are no notes, save the one at ``asked``, which it is about.  Only
        that one is seen where it is a document: in others nothing can be changed.
        Without an index yet, it sees what is open and what is on disk.
        """
        with self._turn:
            try:
                reader = self._searched()[0]
            except IndexMissing:
                reader = None

            def search(text: str, limit: int) -> Sequence[Hit]:
                if not reader:
                    return ()
                searcher = self._searcher()
                found = searcher.find(text, limit, EVERYWHERE)  # what notes say is words, and no filters
                return searcher.hits(text, found)

            seen = {path: text for path, text in opened.items() if path == asked or not is_document(path)}
            notes = self._open_notes.among(seen, asked)
            line = self._summary_lines.line
            return ask(Catalogue(self.root, reader, notes, self.settings.max_bytes, self._parsed, search, seen, line))

    def connections(self, asked: GraphQuestion, opened: Mapping[str, str] | None = None) -> GraphAnswer:
        """Return what the graph of the notes says to a question: how two are connected, what is near to one, clusters.

        ``opened`` are the texts in an editor, by path.

        Raises:
            InvalidRequest: the question names no note, or names one that is not there.
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        from starlight.engine.graph_answers import answer, prepare

        opened = opened or {}
        prepared = prepare(asked, self.graphs, self._open_notes.among(opened))
        return self.look(opened, lambda catalogue: answer(asked, prepared, catalogue, self._indexed))

    def _reading(self) -> contextlib.AbstractContextManager[Reader]:
        return self._alone(self._reader)

    def _content(self, path: str) -> Content | None:
        """Return the text of a file as its reader sees it, in the editor, else on disk."""
        return self._overlay.content(path) or self._contents.read({path: None}).get(path)

    def _indexed(self, passage: StoredPassage) -> str | None:
        """Return the text of the note that ``passage`` is of, as it was indexed; None where it is another one now."""
        content = self._contents.read({passage.path: passage}).get(passage.path)
        return content.text if content and content.hash == passage.note_hash else None

    def map(self, opened: Mapping[str, str], keep_going: KeepGoing = lambda _what, _share: True) -> NoteMap | None:
        """Return the map of the notes as they are now; see ``engine.map.draw``."""
        from starlight.engine.map import draw

        places = self.location.places(self.fingerprint)
        return draw(self.root, self.graphs, self._reading, places, opened, keep_going)

    def _searcher(self) -> Searcher:
        reader, embedder = self._searched()
        return Searcher(reader, embedder, self._contents, self._overlay)

    def _searched(self) -> tuple[Reader, Embedder]:
        """Return the index that is searched, and what embeds for it: nothing where its vectors are of another model."""
        former = self._former()
        return (former, WordsAlone(self._embedder)) if former else (self._reader(), self._embedder)

    def _former(self) -> Reader | None:
        """Return a reader of the index of another model, while that of this one is made; see ``engine.former``."""
        return self._former_index.reader(lambda: self._reader().status())

    def _gatherer(self) -> contextlib.AbstractContextManager[Gatherer]:
        from starlight.engine.evidence import Gatherer

        return self._alone(lambda: Gatherer(self._searcher(), *self._searched()))
