"""How a link to a note is written: in the vault's style, with the shortest target that leads there."""

from __future__ import annotations

import posixpath

from starlight.engine.entries import Entry
from starlight.engine.link_graph import LinkGraph
from starlight.notes.link_text import encoded, fits_wiki, label_for
from starlight.notes.links import name_key

_MOSTLY = 10
"""A vault links in one style where that has so many times as many links as the other."""


class LinkWriter:
    """Writes links in the note at ``path``; ``style`` is the setting ``links.style``.  Within ``Linker.over``."""

    def __init__(self, graph: LinkGraph, path: str, style: str = "auto") -> None:
        self._graph = graph
        self._path = path
        self._style = style

    @property
    def is_markdown(self) -> bool:
        """Whether links are written as Markdown has them."""
        if self._style != "auto":
            return self._style == "markdown"
        n_wiki, n_markdown = (self._graph.n_links[kind] for kind in ("wiki", "markdown"))
        return n_markdown > _MOSTLY * max(n_wiki, 1)

    def link(self, to: str, shown: str, *, in_table: bool = False) -> str:
        """Return a link to the note at ``to``, which is there, with ``shown`` for its text.

        ``in_table`` has no bar in it that would end a cell.
        """
        entry, label = self._graph.entries[to], label_for(shown)
        target = self.target(entry)
        if self.is_markdown or not fits_wiki(target):
            return f"[{label}]({self.address(entry)})"
        if label == target or not label:
            return f"[[{target}]]"
        bar = r"\|" if in_table else "|"
        if self._graph.text_first:
            return f"[[{label}{bar}{target}]]" if fits_wiki(label) else f"[[{target}]]"
        return f"[[{target}{bar}{label}]]"

    def named(self, to: str) -> str:
        """Return a link to the note at ``to``, which is there, that shows its title."""
        entry = self._graph.entries[to]
        # The file's name says nothing to a reader where it is a mere number.
        is_telling = any(char.isalpha() for char in entry.stem)
        keeps = self.is_markdown or not is_telling
        return self.link(to, entry.title if keeps else self.target(entry))

    def address(self, entry: Entry) -> str:
        """Return the relative path of a note as a Markdown link has it."""
        return encoded(posixpath.relpath(entry.path, posixpath.dirname(self._path) or "."))

    def target(self, entry: Entry) -> str:
        """Return the shortest end of a note's path that leads to it, and nowhere else, from any note."""
        whole = entry.path.removesuffix(".md")
        parts = whole.split("/")
        for n in range(1, len(parts)):
            target = "/".join(parts[-n:])
            others = [other for other in self._graph.named(name_key(entry.stem)) if _ends(other, target)]
            if others == [entry.path] and not self._graph.exists(f"{target}.md"):
                return target
        return whole


def _ends(path: str, target: str) -> bool:
    return f"/{path.removesuffix('.md')}".casefold().endswith(f"/{target}".casefold())
