"""Which note a link leads to.  Pure: the notes that exist are given, nothing is looked up on disk.

Wikilinks name a note by its file name, its alias or its title, with as much of its folder as makes it plain;
Markdown links name a file relative to the note they stand in.  Several candidates: the one nearest to the
source wins (same folder, then the shortest path), as in Obsidian.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from starlight.notes.model import Heading, Link, Note

Named = Callable[[str], Iterable[str]]
"""Gives the paths of the notes with that file name, alias or title (case-folded)."""


def name_key(name: str) -> str:
    """Return the form under which a name is looked up."""
    return " ".join(name.casefold().split())


def link_at(note: Note, offset: int) -> Link | None:
    """Return the link of ``note`` that covers ``offset``."""
    return next((link for link in note.links if link.start <= offset < link.end), None)


def resolve(link: Link, source: str, exists: Callable[[str], bool], named: Named) -> str | None:
    """Return the path of the note that ``link``, standing in the note at path ``source``, leads to.

    Paths are relative to the root, with ``/``.  None where there is no such note.
    """
    if not link.target:
        return source
    if link.kind == "markdown":
        return _relative(unquote(link.target), source, exists)
    target = link.target.strip("/")
    for path in (target, f"{target}.md"):
        if exists(path):
            return path
    folder, _, name = target.rpartition("/")
    candidates = [path for path in named(name_key(name.removesuffix(".md"))) if _inside(path, folder)]
    return min(candidates, key=lambda path: _distance(path, source), default=None)


def heading_at(note: Note, anchor: str) -> Heading | None:
    """Return the heading of ``note`` that ``anchor`` names: its text, a ``#`` path to it, or its slug."""
    wanted = anchor.split("#")[-1]
    key, anchored = name_key(unquote(wanted)), slug(unquote(wanted))
    for heading in note.headings:
        if name_key(heading.text) == key or slug(heading.text) == anchored:
            return heading
    return None


def _relative(target: str, source: str, exists: Callable[[str], bool]) -> str | None:
    base = "" if target.startswith("/") else posixpath.dirname(source)
    path = posixpath.normpath(posixpath.join(base, target.lstrip("/")))
    return next((p for p in (path, f"{path}.md", f"{path}/index.md") if not p.startswith("..") and exists(p)), None)


def _inside(path: str, folder: str) -> bool:
    return not folder or f"/{posixpath.dirname(path)}/".casefold().endswith(f"/{folder}/".casefold())


def _distance(path: str, source: str) -> tuple[bool, int, str]:
    return posixpath.dirname(path) != posixpath.dirname(source), path.count("/"), path


def slug(text: str) -> str:
    """Return the anchor that Markdown renderers make of a heading."""
    return re.sub(r"[^\w\- ]", "", text.casefold()).strip().replace(" ", "-")
