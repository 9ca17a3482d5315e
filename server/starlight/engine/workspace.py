"""The facade: one root, its settings, its index, and what can be asked of it.

Safe to use from several threads: queries of one workspace take turns.
"""

from __future__ import annotations

import contextlib
import functools
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from starlight.config import Settings
from starlight.engine.answer import Answer, Evidence, Scope, Turn
from starlight.engine.answering import Answering, Tell
from starlight.engine.assistant import Assistant
from starlight.engine.authoring import Authoring
from starlight.engine.catalogue import Catalogue, Parsed
from starlight.engine.chat import Request
from starlight.engine.contents import Contents
from starlight.engine.current import Current
from starlight.engine.describe import fingerprint_of
from starlight.engine.evidence import EVERYTHING, Asked, Count, Gatherer, estimate, gather
from starlight.engine.former import Former
from starlight.engine.hits import Hit, Leg, Results, SearchOptions
from starlight.engine.indexer import Indexer
from starlight.engine.indexing import Report
from starlight.engine.limits import check_limit
from starlight.engine.linking import Linker
from starlight.engine.open_notes import OpenNotes
from starlight.engine.overlay import Overlay
from starlight.engine.prompts import PER_SOURCE
from starlight.engine.refining import Refinement, Refining, settled
from starlight.engine.search import Searcher
from starlight.engine.why import Why, why
from starlight.errors import IndexBusy, IndexMissing, IndexUnavailable, NoteError
from starlight.index import disk
from starlight.index.disk import Selection
from starlight.index.location import Location, locate, resolve_root, within
from starlight.index.reader import Reader
from starlight.index.records import EVERYWHERE, Status
from starlight.index.sizes import Sizes
from starlight.models import embedder as models
from starlight.models.embedder import Embedder, WordsAlone
from starlight.models.generator import Cancellation

T = TypeVar("T")


class Workspace:
    """The notes below one root."""

    def __init__(self, root: Path, settings: Settings, embedder: Embedder) -> None:
        self.root = root
        self.settings = settings
        self.location: Location = locate(root)
        self.fingerprint = fingerprint_of(embedder)
        self._embedder = embedder
        self._overlay = Overlay(embedder, self._max_bytes)
        self._contents = Contents(root, self._max_bytes)
        self._parsed = Parsed()
        self._open_notes = OpenNotes(root, settings)
        self._former_index = Former(self.location, self.fingerprint)
        database = self.location.database(self.fingerprint)
        self._current = Current(root, database)
        self._turn = threading.RLock()
        linker = Linker(Current(root, database), embedder, lambda: self._alone(self._reader))
        self.authoring = Authoring(linker, lambda: self._alone(self._searcher), self._open_notes, self.text)

    @classmethod
    def at(cls, root: str | Path, settings: Settings | None = None, *, force: bool = False) -> Workspace:
        """Return the workspace at ``root`` with the model that ``settings`` name.

        Raises:
            RootError: ``root`` is missing, not a folder, unreadable, or refused.
            ModelUnavailable: the settings name a model that is none.
        """
        settings = settings or Settings()
        return cls(resolve_root(root, force=force), settings, models.load(settings.model_path))

    def close(self) -> None:
        """Close the index, and let go of chat models."""
        if "assistant" in self.__dict__:
            self.assistant.close()
        if "refining" in self.__dict__ and self.refining:
            self.refining.close()
        with self._turn:
            self._former_index.close()
            self._contents.close()
            self._current.close()
        self.authoring.close()

    @property
    def model(self) -> str:
        """The identity of the embedding model."""
        return self._embedder.identity

    @property
    def is_indexed(self) -> bool:
        """Whether there is an index that fits this code and model, however complete."""
        with self._turn, contextlib.suppress(IndexMissing):  # which it is while its tables are being made, too
            return bool(self._reader())
        return False

    def indexer(self, listener: Callable[[Status], None] = lambda _status: None) -> Indexer:
        """Return an indexer for this root; ``listener`` is told the status."""
        return Indexer(self.location, self.settings, self._embedder, listener)

    def bring_up_to_date(
        self,
        listener: Callable[[Status], None] = lambda _status: None,
        keep_going: Callable[[], bool] = lambda: True,
        *,
        rebuild: bool = False,
    ) -> Report:
        """Index what is new or changed, here and now; follows the indexer of another process if there is one.

        Raises:
            IndexUnavailable: the index cannot be written.
        """
        from starlight.engine.following import follow

        while True:
            try:
                return self.indexer(listener).run_once(keep_going, rebuild=rebuild)
            except IndexBusy:
                report = follow(self.location, self.settings, self.fingerprint, listener, keep_going, rebuild=rebuild)
            if report:  # else the other one ended before it had done what was asked
                return report

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
            with contextlib.suppress(IndexUnavailable):  # a search will say so
                self._overlay.view(self._reader())  # so that a search finds the work done

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
            if self._former():
                former = SearchOptions("lexical", below, lenient=lenient, explain=explain)
                return replace(self._searcher().search(query, limit, former), complete=False)
            how = SearchOptions(only, below, lenient=lenient, explain=explain, refinement=refinement)
            return self._searcher().search(query, limit, how)

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
    ) -> Evidence:
        """Return the passages that an answer to ``question`` may rest on, in at most ``budget`` tokens.

        ``count`` counts them, ``per_source`` of them are spent on each source beside its text.  ``conversation`` is
        what was asked and answered before.  ``below`` is a folder that the notes must lie in, beside the scope.

        Raises:
            InvalidRequest: the question is empty, or ``budget`` is below 1.
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        asked = Asked(question, budget, count, scope, conversation, below, per_source)
        return gather(asked, self._gatherer)

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
        request = Request(question, tuple(conversation), scope, model)

        def gather(budget: int, count: Count | None) -> Evidence:
            return self.evidence(question, budget, count or estimate, scope, conversation, per_source=PER_SOURCE)

        def work(tell: Tell, stop: Cancellation) -> Answer:
            return self.assistant.ask(request, [self.root], gather, tell, stop, without_model=without_model)

        return Answering(work)

    @functools.cached_property
    def assistant(self) -> Assistant:
        """The chat models that answer for this root."""
        return Assistant(self.settings)

    def status(self) -> Status:
        """Return how the index stands, as its indexer said last."""
        with self._turn:
            try:
                return self._reader().status()
            except IndexMissing:
                return Status(message="Nothing has been indexed here yet")

    def current_status(self) -> Status:
        """Return how the index stands now: as a running indexer says, else as the last one left it."""
        from starlight.engine.following import told

        return told(self.location, self.fingerprint) or self.status().abandoned()

    def sizes(self) -> Sizes | None:
        """Return what the index takes; None where there is none.  Reads all of it, and holds no search up."""
        try:
            with Reader(self.location.database(self.fingerprint)) as reader:
                return reader.sizes()
        except IndexMissing:
            return None

    def failures(self) -> dict[str, str]:
        """Return why files could not be indexed, by path."""
        with self._turn:
            try:
                return self._reader().failures()
            except IndexMissing:
                return {}

    def problems(self) -> dict[str, list[str]]:
        """Return what is odd in notes that are indexed all the same, by path."""
        with self._turn:
            return self._reader().problems()

    def why(self, path: str) -> Why:
        """Return why the file at ``path``, which is relative to the root, is or is not in the index."""
        with self._turn:
            try:
                reader = self._reader()
            except IndexMissing:
                reader = None
            return why(path, Selection.of(self.root, self.settings), reader, self._max_bytes)

    def sample(self, limit: int) -> Iterator[str]:
        """Yield the texts of at most ``limit`` notes, always the same ones; of those that can be read now."""
        with self._turn:
            paths = sorted(path for path, _, _ in self._reader().dates())
        chosen = paths if len(paths) <= limit else random.Random(0).sample(paths, limit)  # noqa: S311 -- no secret
        yield from filter(None, map(self.text, chosen))

    def fluency(self, text: str) -> float:
        """Return how well the embedding model knows the words of ``text``, from 0 to 1."""
        return self._embedder.fluency(text)

    def holds(self, folder: Path) -> str | None:
        """Return the path of ``folder`` within this root, where its notes belong to this index; else None."""
        inside = within(self.root, folder)
        if inside is None or Selection.of(self.root, self.settings).left_out(inside, is_folder=True):
            return None
        return inside

    def look(self, opened: Mapping[str, str], ask: Callable[[Catalogue], T], asked: str = "") -> T:
        """Return what ``ask`` finds among the notes as they are now; ``opened`` are the texts in an editor, by path.

        Of these, those that would not be indexed are no notes, save the one at ``asked``, which it is about.
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
                return searcher.hits(text, found, [each.score for each in found])

            notes = self._open_notes.among(opened, asked)
            return ask(Catalogue(self.root, reader, notes, self._max_bytes, self._parsed, search, opened))

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
        return self._alone(lambda: Gatherer(self._searcher(), *self._searched()))

    def text(self, path: str) -> str | None:
        """Return the text of the file at ``path`` as it is on disk; None where there is none, or none to be read."""
        try:
            return disk.decode(disk.read(self.root / path, self._max_bytes))
        except (NoteError, OSError):
            return None

    @property
    def _max_bytes(self) -> int:
        return int(self.settings.max_file_size * 1e6)

    def _reader(self) -> Reader:
        """Return a reader of the index as it is now.

        Raises:
            IndexMissing: nothing has been indexed here yet.
        """
        return self._current.reader()

    @contextlib.contextmanager
    def _alone(self, made: Callable[[], T]) -> Iterator[T]:
        """Give what is ``made`` of the index to one thread at a time."""
        with self._turn:
            yield made()
