"""Files into records with vectors: the part of indexing that needs no index.

Done in the indexer itself for a few files, and in processes beside it for many (``engine/pool.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from starlight.config import Settings
from starlight.engine.describe import describe, hash_of
from starlight.engine.document_process import KeepGoing
from starlight.engine.documents import Documents, Waiting
from starlight.engine.selected import limit_of
from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.disk import Fact
from starlight.index.records import NoteRecord
from starlight.index.vectors import StoredVector, quantize
from starlight.models.adapted import Table
from starlight.models.embedder import Embedder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What the index has of a file that is read again."""

    hash: bytes
    meanings: AbstractSet[bytes]
    """Digests of the texts whose vectors are stored: they are not embedded again."""


@dataclass(frozen=True, slots=True)
class Job:
    """Files to be read, and what the index knows of them by path."""

    facts: Sequence[Fact]
    known: Mapping[str, Known]

    @property
    def before(self) -> dict[str, bytes]:
        """The content hashes that the index had of the files."""
        return {path: known.hash for path, known in self.known.items()}


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is read in one run, and with which model."""

    root: Path
    settings: Settings
    table: Table | None
    """What the model learnt from these notes."""
    moved: Mapping[bytes, AbstractSet[bytes]] = field(default_factory=dict)
    """Digests of the texts of notes that are gone from their paths, by the content of the note: what is found
    elsewhere with the same content was moved there, and keeps its vectors."""


@dataclass(slots=True)
class Batch:
    """What was read and waits to be stored."""

    records: list[NoteRecord] = field(default_factory=list)
    same: list[Fact] = field(default_factory=list)
    """Of files whose content is what the index has."""
    gone: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    failed_facts: dict[str, Fact] = field(default_factory=dict)
    """Of the files whose content was what failed: until it changes, they need no other look."""
    before: dict[str, bytes] = field(default_factory=dict)
    """The content hashes that the index had when the batch was asked for."""
    bytes: int = 0
    last: str = ""
    """The path of the last file."""
    count: int = 0
    size: int = 0
    """Bytes that the files had when they were found, as ``size_of`` has it."""


class _Begun(NamedTuple):
    """A file whose bytes were read, and what waits for what they say."""

    fact: Fact
    data: bytes
    document: Waiting


class Reading:
    """Reads and embeds the files of one assignment; ``documents`` reads those that are no Markdown.

    ``keep_going`` is asked while one of these takes long.
    """

    def __init__(
        self,
        assignment: Assignment,
        embedder: Embedder,
        documents: Documents | None = None,
        keep_going: KeepGoing = lambda: True,
    ) -> None:
        self._assignment = assignment
        self._embedder = embedder
        self._documents = documents or Documents()
        self._keep_going = keep_going

    def read(self, job: Job) -> Batch:
        """Read the files of ``job``, and embed what the index does not know.  No file is reason to fail.

        Raises:
            Interrupted: a document takes long, and there is something else to do.
        """
        size = size_of(job.facts, self._assignment.settings.max_bytes)
        batch = Batch(before=job.before, last=job.facts[-1].path, count=len(job.facts), size=size)
        texts: list[tuple[int, bytes, str]] = []
        begun = [self._begin(fact.path, job.known.get(fact.path), batch) for fact in job.facts]
        for each in filter(None, begun):
            described = self._describe(each, batch)
            if described is None:
                continue
            record, meant = described
            known = job.known.get(record.fact.path)
            stored = known.meanings if known else self._assignment.moved.get(record.hash, frozenset())
            texts += [(len(batch.records), digest, text) for digest, text in meant.items() if digest not in stored]
            batch.records.append(record)
        self._embed(batch, texts)
        return batch

    def _begin(self, path: str, known: Known | None, batch: Batch) -> _Begun | None:
        """Read the bytes of one file; what keeps it from becoming a record is noted in ``batch``."""
        limit = limit_of(path, self._assignment.settings)
        try:
            data, fact = disk.read_with_fact(self._assignment.root, path, *limit)
        except FileNotFoundError:
            batch.gone.append(path)
            return None
        except NoteError as error:
            batch.failed[path] = str(error)
            return None
        hash_ = hash_of(data, path)
        if known and hash_ == known.hash:
            batch.bytes += len(data)
            batch.same.append(fact)
            return None
        return _Begun(fact, data, self._documents.begin(path, data, hash_))

    def _describe(self, begun: _Begun, batch: Batch) -> tuple[NoteRecord, dict[bytes, str]] | None:
        """Return the record of a file; what keeps it from becoming one costs only that file."""
        fact, data = begun.fact, begun.data
        path = fact.path
        try:
            document = begun.document(self._keep_going)  # which may do work of others, and fail with it
        except NoteError as error:
            batch.failed[path] = str(error)
            batch.failed_facts[path] = fact
            return None
        batch.bytes += len(document.text if document else data)
        try:
            return describe(fact, data, document=document)
        except NoteError as error:
            batch.failed[path] = str(error)
            batch.failed_facts[path] = fact
        except Exception as error:  # whatever a file does to a parser, it costs that file alone
            log.exception("%s cannot be indexed", path)
            batch.failed[path] = f"cannot be indexed ({type(error).__name__}: {error}); please report this"
        return None

    def _embed(self, batch: Batch, texts: list[tuple[int, bytes, str]]) -> None:
        vectors = quantize(self._embedder.embed([text for _, _, text in texts]))
        found: dict[int, dict[bytes, StoredVector | None]] = {}
        for (number, digest, _), vector in zip(texts, vectors, strict=True):
            found.setdefault(number, {})[digest] = vector
        for number, by_digest in found.items():
            batch.records[number] = batch.records[number]._replace(vectors=by_digest)


def size_of(facts: Iterable[Fact], max_bytes: int) -> int:
    """Return the bytes of the files that are small enough to be read.

    A document counts as a text of that size, if it is as small: its own size says little of its text.
    """
    return sum(fact.size for fact in facts if fact.size <= max_bytes)
