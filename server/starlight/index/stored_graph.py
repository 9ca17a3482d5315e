"""Which notes link to which, by one index and what is open in an editor."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from starlight.index.records import number_of
from starlight.notes.links import Asked, asked_by, called, resolve, target_key, target_of
from starlight.notes.model import Link

if TYPE_CHECKING:
    import apsw

Opened = Mapping[str, Sequence[Link]]
"""The links of notes that are open and changed, by path: those that are stored of them say nothing now."""

_LINKS = "SELECT n.path, l.is_wiki, l.target, l.text FROM links AS l JOIN notes AS n ON n.id = l.note"


class StoredGraph:
    """The links of one index as one search sees them.  Use it in a short time: it remembers what it looked up."""

    def __init__(self, connection: apsw.Connection, opened: Opened) -> None:
        self._connection = connection
        self.opened = opened
        self.key = tuple((path, tuple(opened[path])) for path in sorted(opened))
        """Differs where what is open does."""
        self._known: dict[Asked, str | None] = {}
        self._named: dict[str, list[str]] = {}
        self._exists: dict[str, bool] = {}

    def called(self, name: str) -> frozenset[str]:
        """Return the paths of the notes that are called ``name``: by their path, else by a name of theirs."""
        return frozenset(called(name, self._is_note, self._of_name))

    def linking_to(self, name: str) -> frozenset[str]:
        """Return the paths of the notes with a link to one called ``name``; to nothing of that name, too."""
        targets = self.called(name)
        key = target_key(name.strip())
        numbers = {number_of(key), *self._numbers_of(targets)}
        rows = self._connection.execute(
            f"{_LINKS} WHERE l.name IN (SELECT value FROM json_each(?))",  # noqa: S608 -- a constant
            (json.dumps(sorted(numbers)),),
        )
        links = [(source, _link(*row)) for source, *row in rows if source not in self.opened]
        links += [(source, link) for source, opened in self.opened.items() for link in opened if link.target]
        return frozenset({source for source, link in links if self._leads(source, link, targets, key)} - targets)

    def linked_from(self, name: str) -> frozenset[str]:
        """Return the paths of the notes that one called ``name`` links to."""
        sources = self.called(name)
        rows = self._connection.execute(
            f"{_LINKS} WHERE n.path IN (SELECT value FROM json_each(?))",  # noqa: S608 -- a constant
            (json.dumps(sorted(sources)),),
        )
        found = {self._to(source, _link(*row)) for source, *row in rows if source not in self.opened}
        found |= {to for source in sources for to in self._from_opened(source)}
        return frozenset(path for path in found if path and path not in sources)

    def connected(self) -> frozenset[str]:
        """Return the paths of all notes that link to another one, or that another one links to."""
        names: dict[int, list[str]] = {}
        for number, path in self._connection.execute(
            "SELECT names.name, notes.path FROM names JOIN notes ON notes.id = names.note"
        ):
            names.setdefault(number, []).append(path)
        paths = {path for (path,) in self._connection.execute("SELECT path FROM notes")} | self.opened.keys()

        def named(key: str) -> Iterable[str]:
            return names.get(number_of(key), ())

        found: set[str] = set()
        known: dict[Asked, str | None] = {}
        for source, *row in self._connection.execute(_LINKS):
            if source in self.opened:
                continue
            link = _link(*row)
            asked = asked_by(link, source)
            if asked not in known:
                known[asked] = resolve(link, source, paths.__contains__, named)
            to = known[asked]
            if to and to != source:
                found |= {source, to}
        for source in self.opened:
            for to in self._from_opened(source) - {source}:
                found |= {source, to}
        return frozenset(found)

    def _from_opened(self, source: str) -> set[str]:
        links = self.opened.get(source, ())
        found = (self._to(source, link) for link in links if link.target)
        return {path for path in found if path}

    def _leads(self, source: str, link: Link, targets: frozenset[str], key: str) -> bool:
        """Whether a link leads to one of ``targets``, or, where there is none, asks for a note of that name."""
        path = self._to(source, link)
        return path in targets if targets else path is None and target_key(target_of(link)) == key

    def _to(self, source: str, link: Link) -> str | None:
        asked = asked_by(link, source)
        if asked not in self._known:
            self._known[asked] = resolve(link, source, self._is_note, self._of_name)
        return self._known[asked]

    def _is_note(self, path: str) -> bool:
        if path not in self._exists:
            found = self._connection.execute("SELECT 1 FROM notes WHERE path = ?", (path,)).get
            self._exists[path] = found is not None or path in self.opened
        return self._exists[path]

    def _of_name(self, key: str) -> list[str]:
        if key not in self._named:
            rows = self._connection.execute(
                "SELECT path FROM names JOIN notes ON notes.id = names.note WHERE name = ?", (number_of(key),)
            )
            self._named[key] = [path for (path,) in rows]
        return self._named[key]

    def _numbers_of(self, paths: Iterable[str]) -> list[int]:
        rows = self._connection.execute(
            "SELECT name FROM names JOIN notes ON notes.id = names.note WHERE path IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(paths)),),
        )
        return [number for (number,) in rows]


def _link(is_wiki: int, target: str, text: str) -> Link:
    return Link("wiki" if is_wiki else "markdown", target, "", text, 0, 0)
