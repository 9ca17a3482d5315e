"""What a database of an index holds, as the benchmarks need it: the one place that knows its tables."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import apsw
    import numpy as np
    from numpy.typing import NDArray


def database_of(environment: dict[str, str]) -> Path:
    """Return the database of the one index that was made in ``environment``."""
    (found,) = Path(environment["XDG_CACHE_HOME"], "starlight", "indexes").glob("*/index-*.db")
    return found


def stored_bytes(environment: dict[str, str]) -> int:
    """Return the bytes of all files of the indexes made in ``environment``."""
    folder = Path(environment["XDG_CACHE_HOME"], "starlight")
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def stored_vectors(database: Path) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return the ids of all chunks that have a vector, shape (n,), and their vectors, shape (n, dim), turned."""
    import numpy as np

    with contextlib.closing(_opened(database)) as connection:
        ids, rows = [], bytearray()
        for id_, vector in connection.execute("SELECT id, embedding FROM vectors"):
            ids.append(id_)
            rows += vector
    return np.array(ids, np.int64), np.frombuffer(bytes(rows), np.int8).reshape(len(ids), -1)


def stored_texts(database: Path, root: Path) -> Iterator[str]:
    """Yield the text of every chunk, cut from the notes below ``root`` as they are stored."""
    with contextlib.closing(_opened(database)) as connection:
        rows = connection.execute(
            "SELECT n.path, c.start, c.stop FROM notes AS n JOIN chunks AS c ON c.note = n.id ORDER BY n.id, c.ordinal"
        )
        last, text = "", ""
        for path, start, stop in rows:
            if path != last:
                last, text = path, (root / path).read_bytes().decode("utf-8-sig", "replace")
            yield text[start:stop]


def _opened(database: Path) -> apsw.Connection:
    import apsw

    return apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
