"""Notes of one index without a search: those that were changed last."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from starlight.index.disk import Fact
from starlight.index.outline import headings_by_number
from starlight.index.records import Scope, StoredPassage
from starlight.notes.filters import days_since_1970

if TYPE_CHECKING:
    import apsw

Row = tuple[Any, ...]

PASSAGE = (
    "c.id, n.id, n.path, n.title, c.headings, c.start, c.stop, c.first, c.last, n.hash, n.size, n.mtime_ns, n.ctime_ns,"
    " n.inode"
)
"""The columns of ``stored_passages``, of a chunk ``c`` of a note ``n``."""


def stored_passages(connection: apsw.Connection, rows: Iterable[Row]) -> Iterator[StoredPassage]:
    """Yield the passage of each row of ``PASSAGE``."""
    rows = list(rows)
    numbered = {note for _, note, _, _, headings, *_ in rows if headings != "0" and headings.isdecimal()}
    outlines = _outlines(connection, numbered) if numbered else {}
    for id_, note, path, title, headings, start, end, first, last, hash_, *fact in rows:
        if headings.isdecimal():
            above = outlines[note][int(headings)] if headings != "0" else ()
        else:  # in an index from before there were outlines, the headings themselves
            above = tuple(json.loads(headings))
        yield StoredPassage(id_, path, title, above, start, end, first, last, hash_, Fact(path, *fact))


def _outlines(connection: apsw.Connection, notes: Iterable[int]) -> dict[int, list[tuple[str, ...]]]:
    rows = connection.execute(
        "SELECT note, headings FROM json_each(?) AS wanted JOIN outlines ON note = wanted.value",
        (json.dumps(list(notes)),),
    )
    return {note: headings_by_number(outline) for note, outline in rows}


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
        f"SELECT {PASSAGE} FROM json_each(?) AS wanted JOIN notes AS n ON n.id = wanted.value"  # noqa: S608 -- columns and conditions of ours
        " LEFT JOIN chunks AS c ON c.note = n.id AND c.ordinal = 0",
        (json.dumps(list(wanted)),),
    )
    heads = [_head(*row) for row in found]
    return [(head, wanted[row[1]]) for head, row in zip(stored_passages(connection, heads), heads, strict=True)]


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


def _head(id_: int | None, note: int, path: str, title: str, *rest: Any) -> Row:  # noqa: ANN401 -- columns of SQLite
    """Return the row of the first passage of a note; of one without any text, a passage of no length."""
    if id_ is not None:
        return id_, note, path, title, *rest
    return 0, note, path, title, "0", 0, 0, 1, 1, *rest[5:]
