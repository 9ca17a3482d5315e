"""What of a folder is looked at, decided entry by entry on the way down from the root, as git does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from starlight.index.ignoring import IgnoreFiles, Level, Patterns, Rule, Search, any_note, everything


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why something is left out: because of the file or folder at ``path``, which may be one around it."""

    kind: Literal["hidden", "link", "excluded", "ignored", "not included"]
    path: str
    rule: Rule | None = None


class Folder(NamedTuple):
    """A folder on the way down; ``path`` is relative to the root, empty or ending with ``/``.

    A tuple, because there are many and it is made quickly.
    """

    path: str
    levels: tuple[Level, ...]
    """Patterns of ignore files, those that win first."""
    included: bool
    """Whether what lies in it is included unless a pattern says otherwise."""
    doubts: Search | None
    """Finds something in the name of a note that may be left out; None where none is."""


class Rules:
    """The settings and ignore files of one root.  Names of folders end with ``/`` here."""

    def __init__(self, root: Path, exclude: Iterable[str], include: Iterable[str], *, use_ignore_files: bool) -> None:
        include = tuple(include)
        self._exclude = Patterns(exclude, "index.exclude")
        self._include = Patterns(include, "index.include")
        self._includes_all = not self._include
        self._leads = Patterns(_leading(include), "index.include")
        self._ignore_files = IgnoreFiles(root) if use_ignore_files else None

    def top(self) -> Folder:
        """Return the root."""
        levels = self._ignore_files.above() if self._ignore_files else ()
        return self._folder("", levels, included=self._includes_all)

    def state_above(self) -> tuple[object, ...]:
        """Return what is another value when the rules that are written above the root have changed."""
        return self._ignore_files.state_above() if self._ignore_files else ()

    def opened(self, folder: Folder) -> Folder:
        """Return ``folder`` with what its own ignore files say."""
        own = self._ignore_files.of(folder.path) if self._ignore_files else ()
        return self._folder(folder.path, (*own, *folder.levels), included=folder.included) if own else folder

    def against(self, folder: Folder, name: str) -> LeftOut | None:
        """Return what speaks against the entry ``name`` of ``folder``."""
        path = folder.path + name
        if name.startswith("."):
            return LeftOut("hidden", path)
        rule = self._exclude.decide(path, name)
        if rule and not rule.negated:
            return LeftOut("excluded", path, rule)
        for level in folder.levels:
            rule = level.decide(path, name)
            if rule:
                if not rule.negated:
                    return LeftOut("ignored", path, rule)
                break
        if self._includes_all or self._is_included(folder, name):
            return None
        is_on_the_way = name.endswith("/") and self._leads.decide(path, name)
        return None if is_on_the_way else LeftOut("not included", path)

    def entered(self, folder: Folder, name: str) -> Folder:
        """Return the folder ``name`` of ``folder``, which nothing speaks against."""
        if self._includes_all:
            return Folder(folder.path + name, folder.levels, included=True, doubts=folder.doubts)
        return self._folder(folder.path + name, folder.levels, included=self._is_included(folder, name))

    def _folder(self, path: str, levels: tuple[Level, ...], *, included: bool) -> Folder:
        concerned = [self._exclude, self._include, *(level.patterns for level in levels)]
        return Folder(path, levels, included, any_note(concerned) if included else everything)

    def _is_included(self, folder: Folder, name: str) -> bool:
        rule = self._include.decide(folder.path + name, name)
        return folder.included if rule is None else not rule.negated


def _leading(include: Iterable[str]) -> Iterator[str]:
    """Yield patterns of the folders on the way to what ``include`` may match."""
    for line in include:
        *folders, _ = line.strip().strip("/").split("/")
        if line.startswith(("!", "#")):
            continue
        if not folders and not line.startswith("/"):
            yield "*/"  # a name, wherever it is
        for depth, name in enumerate(folders):
            above = "".join(f"/{folder}" for folder in folders[:depth])
            yield f"{above}/**/*/" if name == "**" else f"{above}/{name}/"
            if name == "**":
                break
