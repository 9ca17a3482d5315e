"""One root and its index: bringing it up to date, and how it stands.

What searches it and answers from it is ``engine/workspace.py``; what only indexes does not load that.
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from starlight.config import Settings
from starlight.engine.adaptation import embedder_for
from starlight.engine.current import Current
from starlight.engine.describe import fingerprint_of
from starlight.engine.indexer import Indexer
from starlight.engine.indexing import Report
from starlight.engine.selected import limit_of, selection
from starlight.engine.why import Why, why
from starlight.errors import IndexBusy, IndexMissing, NoteError
from starlight.index import disk
from starlight.index.location import Location, locate, resolve_root, within
from starlight.index.reader import Reader
from starlight.index.records import Status
from starlight.index.sizes import Sizes
from starlight.models.embedder import Embedder

T = TypeVar("T")
Itself = TypeVar("Itself", bound="IndexedFolder")


class IndexedFolder:
    """The notes below one root, and their index.  Safe to use from several threads: they take turns."""

    def __init__(self, root: Path, settings: Settings, embedder: Embedder) -> None:
        self.root = root
        self.settings = settings
        self.location: Location = locate(root)
        self.fingerprint = fingerprint_of(embedder)
        self._embedder = embedder
        self._current = Current(root, self.location.database(self.fingerprint))
        self._turn = threading.RLock()

    @classmethod
    def at(cls: type[Itself], root: str | Path, settings: Settings | None = None, *, force: bool = False) -> Itself:
        """Return the folder at ``root`` with the model that ``settings`` name, and what it learnt there.

        Raises:
            RootError: ``root`` is missing, not a folder, unreadable, or refused.
            ModelUnavailable: the settings name a model that is none.
        """
        settings = settings or Settings()
        real = resolve_root(root, force=force)
        return cls(real, settings, embedder_for(locate(real), settings))

    def close(self) -> None:
        """Close the index."""
        with self._turn:
            self._current.close()

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
            try:
                return self._reader().problems()
            except IndexMissing:
                return {}

    def why(self, path: str) -> Why:
        """Return why the file at ``path``, which is relative to the root, is or is not in the index."""
        with self._turn:
            try:
                reader = self._reader()
            except IndexMissing:
                reader = None
            return why(path, selection(self.root, self.settings), reader, self._limit)

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
        if inside is None or selection(self.root, self.settings).left_out(inside, is_folder=True):
            return None
        return inside

    def text(self, path: str) -> str | None:
        """Return the text of the file at ``path`` as it is on disk; None where there is none, or none to be read."""
        try:
            return disk.decode(disk.read(self.root / path, self.settings.max_bytes))
        except (NoteError, OSError):
            return None

    def _limit(self, path: str) -> tuple[int, str]:
        """Return how many bytes the file at ``path`` may have, and the setting that says so."""
        return limit_of(path, self.settings)

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
