"""Notes of one index without a search: those that were changed last."""

from __future__ import annotations

import heapq
import json
from typing import TYPE_CHECKING, Any

from starlight.index.disk import Fact
from starlight.index.records import Scope, StoredPassage
from starlight.notes.filters import days_since_1970

if TYPE_CHECKING:
    import apsw

PASSAGE = (
    "c.id, n.path, n.title, c.headings, c.start, c.stop, c.first, c.last, n.hash, n.size, n.mtime_ns, n.ctime_ns,"
    " n.inode"
)
"""The columns of ``stored_passage``, of a chunk ``c`` of a note ``n``."""


def stored_passage(
    id_: int, path: str, title: str, headings: str, start: int, end: int, first: int, last: int,
    hash_: bytes, size: int, mtime_ns: int, ctime_ns: int, inode: int,
) -> StoredPassage:  # fmt: skip
    """Return the passage of a row of ``PASSAGE``."""
    fact = Fact(path, size, mtime_ns, ctime_ns, inode)
    return StoredPassage(id_, path, title, tuple(json.loads(headings)), start, end, first, last, hash_, fact)


def latest(connection: apsw.Connection, scope: Scope, limit: int) -> list[tuple[StoredPassage, float]]:
    """Return the first passages of the ``limit`` notes of ``scope`` that were changed last, and when."""
    # A text to the letter is words, and these are ranked: here whole notes are left in, or out.
    condition, values = _condition(scope, "NULL")
    rows = connection.execute(f"SELECT n.id, n.path, n.modified, n.mtime_ns FROM notes AS n WHERE 1{condition}", values)  # noqa: S608 -- columns and conditions of ours
    left_out = set(scope.without)
    dated = (
        (days_since_1970(modified, mtime_ns), path, id_)
        for id_, path, modified, mtime_ns in rows
        if path not in left_out
    )
    wanted = {id_: changed for changed, _, id_ in heapq.nsmallest(limit, dated, key=lambda each: (-each[0], each[1]))}
    found = connection.execute(
        f"SELECT n.id, {PASSAGE} FROM json_each(?) AS wanted JOIN notes AS n ON n.id = wanted.value"  # noqa: S608 -- columns and conditions of ours
        " LEFT JOIN chunks AS c ON c.note = n.id AND c.ordinal = 0",
        (json.dumps(list(wanted)),),
    )
    return [(_head(*row), wanted[note]) for note, *row in found]


def holds_any(connection: apsw.Connection, scope: Scope) -> bool:
    """Return whether there is any note or passage in ``scope``."""
    condition, values = _condition(scope, "c.id")
    found = connection.execute(
        "SELECT 1 FROM notes AS n LEFT JOIN chunks AS c ON c.note = n.id"  # noqa: S608 -- columns and conditions of ours
        f" WHERE n.path NOT IN (SELECT value FROM json_each(?)){condition} LIMIT 1",
        (json.dumps(scope.without), *values),
    )
    return found.get is not None


def _condition(scope: Scope, chunk: str) -> tuple[str, tuple[str, ...]]:
    """Return an SQL condition on a note ``n`` and the id of a ``chunk`` of it, to append to others, and its values."""
    of_notes, values = scope.of_notes()
    condition = f" AND {of_notes}" if of_notes else ""
    if scope.chosen:
        is_chosen, more = scope.chosen.condition("n.id", chunk)
        condition += f" AND {is_chosen}"
        values += more
    return condition, values


def _head(id_: int | None, path: str, title: str, *rest: Any) -> StoredPassage:  # noqa: ANN401 -- columns of SQLite
    """Return the first passage of a note; of one without any text, a passage of no length."""
    if id_ is not None:
        return stored_passage(id_, path, title, *rest)
    return stored_passage(0, path, title, "[]", 0, 0, 1, 1, *rest[5:])
