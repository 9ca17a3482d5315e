"""The map of one root, written as a page: into the folder of the index, or where its user says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from starlight.engine.map import KeepGoing
from starlight.engine.map_html import Found, Opener, is_page, page
from starlight.errors import InvalidRequest
from starlight.private import write_private

if TYPE_CHECKING:
    from starlight.engine.workspace import Workspace

_ENDINGS = (".html", ".htm")
_SEARCHED = 100
"""Passages of a search, whose notes are highlighted."""
_HEAD = 4_096
"""Bytes of a file in which its mark stands."""


class Written(NamedTuple):
    """A map that was written, and how much is on it."""

    path: Path
    notes: int
    clusters: int
    links: int
    is_among_notes: bool
    """Whether it lies where it would be indexed itself."""


def write_map(
    workspace: Workspace,
    target: Path | None = None,
    query: str = "",
    opener: Opener | None = None,
    opened: Mapping[str, str] | None = None,
    keep_going: KeepGoing = lambda _what, _share: True,
) -> Written | None:
    """Write the map of the notes as they are now; None, and nothing written, where ``keep_going`` says to stop.

    With a ``query``, the notes that a search finds are highlighted.  Without an ``opener``, notes are opened in VS Code
    where there is one.  A file that is no map is never written over.

    Raises:
        InvalidRequest: ``target`` cannot be that file.
        IndexMissing: nothing has been indexed here yet.
        IndexUnavailable: the index cannot be read, or the page cannot be written.
    """
    if target is not None:
        target = Path(os.path.realpath(target)) if target.is_symlink() else target  # the link stays
        _check(target)
    found = _found(workspace, query) if query.strip() else None
    note_map = workspace.map(opened or {}, keep_going)
    if note_map is None:
        return None
    path = target or workspace.location.map
    content = page(note_map, opener or ("vscode" if shutil.which("code") else "file"), found)
    if target is None:
        with workspace.location.writing():
            write_private(path, content)
    else:
        try:
            write_private(path, content)
        except OSError as error:
            raise InvalidRequest(f"{path}: cannot be written ({error.strerror}); choose another place") from error
    among = path.resolve().is_relative_to(workspace.root)
    return Written(path, len(note_map.notes), len(note_map.clusters), len(note_map.links), among)


def _found(workspace: Workspace, query: str) -> Found:
    results = workspace.search(query, _SEARCHED)
    return Found(query, tuple(dict.fromkeys(hit.path for hit in results.hits)))


def _check(target: Path) -> None:
    """Refuse what is no place for a page: no note, and nothing else of the user's, is written over."""
    if target.suffix.lower() not in _ENDINGS:
        raise InvalidRequest(f"{target}: name a file that ends in .html")
    if target.is_dir():
        raise InvalidRequest(f"{target}: is a folder; name a file in it that ends in .html")
    if target.exists() and not target.is_file():  # to open a pipe may take for ever
        raise InvalidRequest(f"{target}: is no file; choose another name")
    try:
        with target.open("rb") as file:
            is_map = is_page(file.read(_HEAD))
    except FileNotFoundError:
        return
    except OSError as error:
        raise InvalidRequest(f"{target}: cannot be written ({error.strerror}); choose another place") from error
    if not is_map:
        raise InvalidRequest(f"{target}: is there and no map; choose another name, or remove it first")
