"""What the figures at scale stand beside: the plain pipeline, FTS5 alone, ripgrep."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import apsw

from starlight.models.embedder import DEFAULT_MODEL
from tests.bench import stored
from tests.bench.corpora import Corpus
from tests.bench.footprint import watched
from tests.bench.measure import CACHE, Figure, latencies

SAMPLE_BYTES = 20_000_000
_BATCH = 1_000
_LIMIT = 100


def plain(corpus: Corpus, environment: dict[str, str]) -> Iterator[Figure]:
    """The plain pipeline on at most ``SAMPLE_BYTES`` of ``corpus``, in a process of its own."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        command = [sys.executable, "-m", "tests.bench.plain", f"{folder}/plain.db", str(DEFAULT_MODEL)]
        run = watched(command, environment, "\n".join(map(str, corpus.sample(SAMPLE_BYTES))))
    done = json.loads(run.output)
    note = f"on {done['bytes'] / 1e6:.1f} MB, {done['chunks']:,} chunks"
    yield Figure("plain pipeline: index rate", done["bytes"] / run.seconds / 1e6, "MB/s", note=note)
    yield Figure("plain pipeline: peak memory", run.peak_bytes / 1e6, "MB")


def fts5(corpus: Corpus, environment: dict[str, str], queries: Sequence[str]) -> Iterator[Figure]:
    """FTS5 alone: the chunks' texts inserted, then searched for any of a query's words."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        path = Path(folder, "fts5.db")
        connection = apsw.Connection(str(path))
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "normal")
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize='porter unicode61 remove_diacritics 2')"
        )
        elapsed = 0.0
        for batch in _batches(stored.stored_texts(stored.database_of(environment), corpus.folder)):
            started = time.perf_counter()
            with connection:
                connection.executemany("INSERT INTO words(body) VALUES (?)", batch)
            elapsed += time.perf_counter() - started
        yield Figure("FTS5 alone: insert rate", corpus.bytes / elapsed / 1e6, "MB/s")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield Figure("FTS5 alone: size / text", path.stat().st_size / corpus.bytes)
        times = [_timed(connection, words) for query in queries if (words := _words(query))]
        connection.close()
    yield from latencies("FTS5 alone: any of the words", times)


def ripgrep(corpus: Corpus, queries: Sequence[str]) -> Iterator[Figure]:
    """Ripgrep: the files that hold any of a query's words, whatever their case."""
    what = "ripgrep: files with any of the words"
    program = shutil.which("rg")
    if program is None:
        yield Figure(f"{what}, p50", None, note="ripgrep (rg) is not installed")
        return
    times = []
    for query in queries:
        if words := _words(query):
            patterns = [argument for word in words for argument in ("-e", word)]
            started = time.perf_counter()
            # It ends with 1 where there is no such file.
            subprocess.run(
                [program, "-i", "-F", "--files-with-matches", *patterns, str(corpus.folder)],
                stdout=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
            )
            times.append(time.perf_counter() - started)
    yield from latencies(what, times)


def _timed(connection: apsw.Connection, words: list[str]) -> float:
    match = " OR ".join(f'"{word}"' for word in words)
    started = time.perf_counter()
    connection.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (match, _LIMIT)).fetchall()
    return time.perf_counter() - started


def _words(query: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\w+", query.lower())))


def _batches(texts: Iterator[str]) -> Iterator[list[tuple[str]]]:
    batch: list[tuple[str]] = []
    for text in texts:
        batch.append((text,))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
