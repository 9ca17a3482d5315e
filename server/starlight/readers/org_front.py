"""What a file of Org says of itself: keywords (``#+title:``) and property drawers, as org-roam reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlight.notes.model import FrontMatter
from starlight.readers import fields

_PROPERTY = re.compile(r"[ \t]*:([^\s:]+):(?:[ \t]+(.*))?$")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_OF_THE_EDITOR = re.compile(
    r"(?:attr|begin|end|latex|html|beamer|header|plot|tblfm|results?|name|caption|options|startup|setupfile|include"
    r"|export|bind|property|constants|columns|archive|link|macro|call|index|toc|infojs|downloaded|transclude|tags"
    r"|todo|seq_todo|typ_todo|print_bibliography|cite_export|category|priorities|select_tags|exclude_tags).*"
)
"""Keywords that are for Emacs and its exporters."""


class Front:
    """Collects it, line by line."""

    def __init__(self, stem: str) -> None:
        self._stem = stem
        self._titles: list[str] = []
        self._aliases: list[str] = []
        self._tags: list[str] = []
        self._refs: list[str] = []
        self._properties: dict[str, list[str]] = {}
        self.ids: dict[str, int] = {}
        """The line of what each is of: the file, or a heading."""

    def has_title(self) -> bool:
        """Whether it has been said how the file is called."""
        return bool(self._titles)

    def keyword(self, name: str, value: str) -> None:
        """Take ``#+name: value``, ``name`` in lower case."""
        if name == "title":
            self._titles.append(value)
        elif name == "filetags":
            self.add_tags(value.replace(":", " ").split())
        elif name == "roam_tags":
            self.add_tags(_texts(value))
        elif name == "roam_alias":
            self._aliases += _texts(value)
        elif name == "roam_key":
            self._refs += value.split()
        elif value and not _OF_THE_EDITOR.fullmatch(name):
            self._properties.setdefault(name, []).append(value)

    def add_tags(self, tags: Iterable[str]) -> None:
        """Take the tags of the file or of a heading."""
        self._tags += tags

    def drawer(self, lines: Iterable[str], heading: int) -> None:
        """Take the lines of a property drawer: that of the heading in line ``heading``, of the file where it is 0."""
        for line in lines:
            found = _PROPERTY.match(line)
            if not found or not (value := (found[2] or "").strip()):
                continue
            name = found[1].lower().removesuffix("+")
            if name == "id":
                self.ids.setdefault(f"id:{value}", heading or 1)
            elif name == "roam_refs":
                self._refs += _texts(value)
            elif heading:
                continue
            elif name == "roam_aliases":
                self._aliases += _texts(value)
            elif name == "roam_tags":
                self.add_tags(_texts(value))
            elif not name.startswith("header-args"):
                self._properties.setdefault(name, []).append(value)

    def matter(self) -> FrontMatter:
        """Return what was said.  A file without a title is called by its name, as in org-roam."""
        named = dict(self._properties)
        if self._refs:
            named["roam_refs"] = list(dict.fromkeys(self._refs))
        return fields.front(named, " ".join(self._titles).strip() or self._stem, self._aliases, self._tags)


def _texts(value: str) -> list[str]:
    """Return the texts of ``value``, with quotation marks around those that hold white space."""
    return [quoted.replace('\\"', '"') or bare for quoted, bare in _QUOTED.findall(value) if quoted or bare]
