"""Patterns in the syntax of ``.gitignore``, and the files that hold them (https://git-scm.com/docs/gitignore).

git matches a pattern against the one entry that it looks at, on its way down from the root, and never looks below
a folder that is left out.  pathspec knows the syntax; here its patterns are held to that one entry.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

Search = Callable[[str], object]

log = logging.getLogger(__name__)

IGNORE_FILES = (".starlightignore", ".ignore", ".gitignore")
"""Their names; an earlier one wins over a later one in the same folder."""
_EXCLUDE = ".git/info/exclude"
_MAX_BYTES = 1_000_000
"""An ignore file is read to this length."""

_LAST_OF_NOTES = "dDnN"
"""The last letters of ``.md`` and ``.markdown``: a pattern that ends with another one matches no note."""
_BELOW = re.compile(r"/\*\*(/?)\s*\Z")
"""``folder/**``: all below the folder, and not the folder; ``folder/**/*`` says so of each entry."""
_ANYWHERE = re.compile(r"^(!?)/?(?:\*\*/)+(?=[^/]+/?$)")
"""``**/name`` means what ``name`` means."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that matched, and where it is written: a setting, or a line of a file."""

    source: str
    line: int
    pattern: str
    negated: bool
    """Whether it begins with ``!`` and means the opposite."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule with its expression."""

    rule: Rule
    pattern: GitIgnoreSpecPattern
    by_name: bool
    """Whether it is about a name, wherever that is, and not about a path."""
    may_match_note: bool

    @property
    def text(self) -> str:
        """The expression without the name of its group, which an alternation can hold only once."""
        return str(self.pattern.regex.pattern).replace("(?P<ps_d>", "(?:") if self.pattern.regex else ""


def is_ignore_file(path: str) -> bool:
    """Whether a change of the file at ``path`` may concern what is left out."""
    return path.rpartition("/")[2] in IGNORE_FILES


class Patterns:
    """The patterns of one setting or file, asked about one entry at a time; the last that matches decides.

    Paths are relative to the folder that the patterns belong to; those of folders end with ``/``.
    """

    def __init__(self, lines: Iterable[str], source: str) -> None:
        self._all = list(_compiled(lines, source))
        # Nearly every entry is matched by none: one search for all of them says so.
        self._of_folders = _searches(self._all)
        self._of_files = _searches(self.of_notes())

    def __bool__(self) -> bool:
        return bool(self._all)

    def of_notes(self) -> list[_Compiled]:
        """Return those that a note, and not only a folder or another file, can be matched by."""
        return [compiled for compiled in self._all if compiled.may_match_note]

    def decide(self, path: str, name: str) -> Rule | None:
        """Return the rule that decides about the entry at ``path``; ``name`` is its last part."""
        names, paths = self._of_folders if name.endswith("/") else self._of_files
        if not ((names and names(name)) or (paths and paths(path))):
            return None
        for compiled in reversed(self._all):
            found = compiled.pattern.match_file(name if compiled.by_name else path)
            # A match that ends before the path does is about a folder around the entry.
            if found and (compiled.by_name or found.match.end() == len(path)):
                return compiled.rule
        return None


def any_note(patterns: Iterable[Patterns]) -> Search | None:
    """Return what finds something in the names of notes that ``patterns`` may be about; None where there are none."""
    names, paths = _searches([compiled for each in patterns for compiled in each.of_notes()])
    return everything if paths else names


def everything(_: str) -> bool:
    """Find something, whatever the name."""
    return True


@dataclass(frozen=True, slots=True)
class Level:
    """Patterns with the folder that they belong to, as seen from the root: ``above + path[start:]`` is theirs."""

    patterns: Patterns
    start: int
    above: str = ""

    def decide(self, path: str, name: str) -> Rule | None:
        """Return the rule that decides about the entry at ``path``, which is relative to the root."""
        return self.patterns.decide(self.above + path[self.start :], name)


class IgnoreFiles:
    """The ignore files at and around one root, read when they are asked for and again when they have changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, tuple[tuple[int, ...], Patterns]] = {}

    def above(self) -> tuple[Level, ...]:
        """Return what holds for the whole root: files between it and the root of its repository, nearest first.

        Nothing where the root lies in no repository.
        """
        return tuple(
            Level(patterns, 0, above)
            for folder, above, names in self._places_above()
            for name in names
            if (patterns := self._patterns(*_named(folder, name)))
        )

    def state_above(self) -> tuple[object, ...]:
        """Return what is another value when those files have changed, or lie elsewhere."""
        return tuple(
            (path, _state(path))
            for folder, _, names in self._places_above()
            for name in names
            for path, _ in [_named(folder, name)]
        )

    def _places_above(self) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
        """Yield folders with ignore files for the whole root, where it lies as seen from each, and the files' names."""
        folders = [self._root, *self._root.parents]
        repository = next((folder for folder in folders if (folder / ".git").exists()), None)
        if repository is None:
            return
        for folder in folders[1 : folders.index(repository) + 1]:
            yield folder, f"{self._root.relative_to(folder).as_posix()}/", IGNORE_FILES
        above = "" if repository == self._root else f"{self._root.relative_to(repository).as_posix()}/"
        yield repository, above, (_EXCLUDE,)

    def of(self, folder: str) -> list[Level]:
        """Return the patterns of the ignore files in ``folder`` (relative to the root, empty or ending with ``/``)."""
        return [Level(patterns, len(folder)) for patterns in self._of(f"{self._root}{os.sep}{folder}", folder)]

    def _of(self, place: str, shown: str) -> Iterator[Patterns]:
        for name in IGNORE_FILES:
            patterns = self._patterns(os.path.join(place, name), f"{shown}{name}")  # noqa: PTH118 -- asked often
            if patterns:
                yield patterns

    def _patterns(self, path: str, source: str) -> Patterns | None:
        try:
            state = _state(path)
            if state is None:
                return None
            known = self._read.get(path)
            if known is None or known[0] != state:
                known = self._read[path] = (state, Patterns(_lines(path), source))
            return known[1]
        except OSError as error:
            log.warning("%s cannot be read (%s): nothing is ignored by it", path, error.strerror)
            return None


def _named(folder: Path, name: str) -> tuple[str, str]:
    """Return the path of a file above the root, and what it is called where it is told of."""
    path = f"{folder}{os.sep}{name}"
    return path, name if name == _EXCLUDE else path


def _state(path: str) -> tuple[int, ...] | None:
    """Return what is another value when the file has changed; None where there is none."""
    try:
        found = os.lstat(path)  # as git does: a link is not followed
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _lines(path: str) -> list[str]:
    with open(path, "rb") as file:  # noqa: PTH123 -- the path is a string all the way
        # As names are: bytes that are no UTF-8 match the same bytes in a name.
        return file.read(_MAX_BYTES).decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n")


def _compiled(lines: Iterable[str], source: str) -> Iterator[_Compiled]:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    for number, line in enumerate(lines, 1):
        text = _ANYWHERE.sub(r"\1", _BELOW.sub(r"/**/*\1", line.rstrip("\r\n")))
        try:
            pattern = GitIgnoreSpecPattern(text)
        except (ValueError, re.error) as error:
            log.warning("%s, line %d: %r is no pattern (%s) and matches nothing", source, number, line, error)
            continue
        if pattern.include is not None:
            yield _Compiled(
                Rule(source, number, line.strip(), not pattern.include),
                pattern,
                by_name="/" not in text.rstrip().removeprefix("!")[:-1],
                may_match_note=not (text[-1].isalpha() and text[-1] not in _LAST_OF_NOTES) and not text.endswith("/"),
            )


def _searches(patterns: Iterable[_Compiled]) -> tuple[Search | None, Search | None]:
    """Return what finds something in a name, and in a path, where any of ``patterns`` does; None where none can."""
    by_name = [compiled.text for compiled in patterns if compiled.by_name]
    by_path = [compiled.text for compiled in patterns if not compiled.by_name]
    names, paths = (re.compile("|".join(texts)).search if texts else None for texts in (by_name, by_path))
    return names, paths
