"""What suggests itself at a place in a note while it is written: completions, related passages, heads of notes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import PurePosixPath

from starlight.engine.completion import Completer, Completion, Cursor
from starlight.engine.diagnosing import Fix
from starlight.engine.hinting import Hint, Hinter, Hints
from starlight.engine.hits import Hit
from starlight.engine.hover import head_of
from starlight.engine.limits import check_limit
from starlight.engine.link_writing import LinkWriter
from starlight.engine.linking import Linker
from starlight.engine.open_notes import OpenNotes
from starlight.engine.parsed import Parsed
from starlight.engine.proposing import is_in_table, links, listed, phrase_at
from starlight.engine.ranking import NEAR
from starlight.engine.reasons import nearness
from starlight.engine.related import Origin, related
from starlight.engine.relinking import Edit
from starlight.engine.search import Searcher
from starlight.index import disk
from starlight.notes.place import Lines

COMPLETIONS = 50
"""Items of one completion: as one types it is asked again, and others take their place."""

_COUNTED = 50
"""Related passages that are counted."""

Read = Callable[[str], str | None]
"""Gives the text of the note at a path; None where there is none."""


class Authoring:
    """Help at a place in a note of one root.  For any thread; what is open in an editor is given with each question.

    ``searching`` gives what searches the root, for as long as others let go of it; ``read`` gives texts as they are
    on disk, ``parsed`` the notes that are open.
    """

    def __init__(
        self,
        linker: Linker,
        searching: Callable[[], AbstractContextManager[Searcher]],
        open_notes: OpenNotes,
        read: Read,
        parsed: Parsed,
    ) -> None:
        self._linker = linker
        self._hinter = Hinter(linker, searching, parsed)
        self._searching = searching
        self._open_notes = open_notes
        self._read = read
        self._parsed = parsed

    def stop(self) -> None:
        """End what is being read, on any thread, before ``close``."""
        self._linker.stop()

    def close(self) -> None:
        """Close the index."""
        self._linker.close()

    def warm(self) -> None:
        """Read what the first link suggestions need, so that these need not."""
        self._linker.warm()

    def complete(
        self, path: str, text: str, offset: int, opened: Mapping[str, str], link_style: str = "auto"
    ) -> Completion | None:
        """Return what may follow at ``offset`` of ``text``, which the note at ``path`` has now; None for nothing.

        ``opened`` are the texts of documents that are open in an editor, by path; ``path`` is empty for one that is in
        no file yet.  ``link_style`` is the setting of that name.
        It does not wait for searches.  Raises as ``Workspace.search`` does.
        """
        with self._linker.over(self._others(opened, path)):
            return self._completer(Cursor(path, text, offset), opened, link_style).complete()

    def link(self, path: str, to: str, opened: Mapping[str, str], link_style: str = "auto") -> str | None:
        """Return a link from the note at ``path`` to that at ``to``, as completions write it; None without such a note.

        The arguments are those of ``complete``.  Raises as ``Workspace.search`` does.
        """
        with self._linker.over(self._others(opened, path)) as graph:
            return LinkWriter(graph, path, link_style).named(to) if to in graph.entries else None

    def related(
        self, origin: Origin, opened: Mapping[str, str], limit: int, *, other_folders: bool = False
    ) -> tuple[Hit, ...]:
        """Return the best ``limit`` passages of other notes that belong to a place in one; see ``engine.related``.

        ``opened`` are the texts of documents that are open in an editor, by path.  Raises as ``Workspace.search`` does.
        """
        linking = functools.partial(self._linker.over, self._others(opened, origin.path))
        note = self._parsed.note(origin.path, origin.text)
        lines = self._parsed.lines(origin.path, origin.text)
        return related(
            origin,
            note,
            lines,
            check_limit(limit),
            linking,
            self._searching,
            self._linker.near,
            other_folders=other_folders,
        )

    def n_related(self, origin: Origin, opened: Mapping[str, str]) -> int:
        """Return how many other notes have passages that belong to a place in one and are close in meaning to it."""
        found = self.related(origin, opened, _COUNTED)
        return len({hit.path for hit in found if nearness(NEAR) in hit.reasons})

    def hints(
        self,
        path: str,
        text: str,
        opened: Mapping[str, str],
        wanted: Collection[str],
        keep_going: Callable[[], bool],
        seconds: float,
    ) -> Hints:
        """Return the hints of the kinds ``wanted`` for the note at ``path``; see ``engine.hinting``.

        ``opened`` are the texts of documents that are open in an editor, by path.  Use it, and ``hint_fixes``, on one
        thread.
        """
        return self._hinter.hints(path, text, self._others(opened, path), wanted, keep_going, seconds)

    def hint_fixes(
        self, path: str, text: str, opened: Mapping[str, str], code: str, start: int, link_style: str
    ) -> tuple[Hint | None, list[Fix]]:
        """Return the hint of that kind that begins at ``start`` of ``text``, and what can be done about it."""
        return self._hinter.fixes(path, text, self._others(opened, path), code, start, link_style)

    def phrase_links(
        self, path: str, text: str, opened: Mapping[str, str], start: int, end: int, link_style: str
    ) -> list[Fix]:
        """Return links around text[start:end] of a note, or around the word there; see ``engine.proposing``."""
        lines = Lines(text)
        note = self._parsed.note(path, text, lines)
        span = phrase_at(text, note, lines, start, end)
        if span is None:
            return []
        phrase, in_table = text[slice(*span)], is_in_table(note, lines.at(span[0]))
        with self._linker.over(self._others(opened, path)) as graph:
            completer = self._completer(Cursor(path, text, span[1]), opened, link_style)
            writer = LinkWriter(graph, path, link_style)
            return links(self._linker, completer, writer, path, phrase, span[0], in_table=in_table)

    def related_list(
        self, path: str, text: str, opened: Mapping[str, str], offset: int, link_style: str
    ) -> Edit | None:
        """Return what puts a list of the notes in that belong to a place of the note at ``path``; None without any."""
        found = self.related(Origin(path, text, offset, offset), opened, _COUNTED)
        with self._linker.over(self._others(opened, path)) as graph:
            notes = list(dict.fromkeys(hit.path for hit in found if hit.path in graph.entries))
            return listed(LinkWriter(graph, path, link_style), path, text, offset, notes)

    def head(self, path: str, opened: Mapping[str, str]) -> str | None:
        """Return the head of the note at ``path`` as Markdown; None where there is no such note."""
        is_inside = disk.is_note(path) and not path.startswith("/") and ".." not in PurePosixPath(path).parts
        text = self._seen(opened, path) if is_inside else None
        return None if text is None else head_of(path, text)

    def _completer(self, cursor: Cursor, opened: Mapping[str, str], link_style: str) -> Completer:
        today = datetime.now().astimezone().date()
        read = functools.partial(self._seen, opened)
        return Completer(self._linker, cursor, read, today, link_style, COMPLETIONS)

    def _seen(self, opened: Mapping[str, str], path: str) -> str | None:
        return opened[path] if path in opened else self._read(path)

    def _others(self, opened: Mapping[str, str], path: str) -> dict[str, str]:
        return {other: text for other, text in self._open_notes.among(opened).items() if other != path}
