"""Power cuts: what the disk had not been told to keep is lost, torn or garbage; the rest is sound and goes on.

An image is what the files hold while the writer is stopped.  Of its log a power cut may lose everything behind what
SQLite has synced, which it does before it writes the log back into the database.
"""

from __future__ import annotations

import random
import signal
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine.indexing import Indexing
from starlight.errors import IndexMissing
from starlight.index.disk import Selection
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.faults.folders import write_notes
from tests.faults.indexing import IndexerProcess, saving
from tests.faults.scale import scaled
from tests.faults.state import check_same, check_sound, clean_build
from tests.index.filling import rows

IMAGES, CUTS = scaled((4, 5), (20, 10))
_HEADER, _FRAME = 32, 24 + 4096
"""Bytes of the log's header and of one frame; https://www.sqlite.org/fileformat2.html#walformat."""


@dataclass(frozen=True)
class Image:
    """The database and its log at one moment, and how many bytes of the log are on the disk for certain."""

    database: bytes
    log: bytes
    synced: int

    def cut(self, rng: random.Random) -> bytes:
        """Return the log as a power cut might leave it."""
        end = rng.randint(min(self.synced, len(self.log)), len(self.log))
        kept = self.log[:end]
        garbage = rng.randbytes(rng.randrange(1, 9_000))
        block = rng.choice((bytes(512), garbage[:512]))
        torn = self.log[:end] + block[: len(self.log) - end] + self.log[end + 512 :]  # what came later was written
        return rng.choice((kept, kept + garbage, torn))


def taken(process: IndexerProcess) -> Image:
    """Stop the process, copy its files, and let it go on."""
    process.process.send_signal(signal.SIGSTOP)
    try:
        files = [process.database.with_name(process.database.name + end) for end in ("", "-wal", "-shm")]
        database, log, shared = (file.read_bytes() if file.exists() else b"" for file in files)
    finally:
        process.process.send_signal(signal.SIGCONT)
    # The log's index: https://www.sqlite.org/walformat.html#the_wal_index_file_format
    tried = struct.unpack_from("=I", shared, 128)[0] if len(shared) > 136 else 0
    return Image(database, log, _HEADER + tried * _FRAME if tried else 0)


@pytest.mark.parametrize("image", range(IMAGES))
def test_while_it_writes(
    tmp_path: Path,
    embedder: Embedder,
    indexer: Callable[[Path], IndexerProcess],
    rng: random.Random,
    image: int,
) -> None:
    root = tmp_path / "notes"
    write_notes(root, rng, count=150, size=1_500)
    process = indexer(root)
    if image % 2:  # else in the middle of the first, bulk work
        process.finish()
    with saving(root, process, rng):
        process.wait_for_writes(rng.randrange(1, 12))
        found = taken(process)
        process.kill()
    expected = clean_build(root, tmp_path / "clean.db", embedder)
    stored, lost = n_notes(process.database), []
    for cut in range(CUTS):
        database = tmp_path / f"cut {cut}.db"
        database.write_bytes(found.database)
        database.with_name(f"{database.name}-wal").write_bytes(found.cut(rng))
        with Writer(database) as writer:
            check_sound(database)
            lost.append(stored - n_notes(database))
            Indexing(Selection(root), writer, embedder, Settings()).run()
            writer.publish(writer.status())
        check_same(database, expected)
    print(f"{stored} notes when it was killed; the cuts cost {lost} of them, and {found.synced} bytes were synced")


def n_notes(database: Path) -> int:
    try:
        return len(rows(database, "SELECT 1 FROM notes"))
    except IndexMissing:
        return 0
