"""Sources of an answer as the client sends them back: by number and lines, with the path that a note's links have."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlight.engine.answer import Source
from starlight.engine.conversations import Cited, source_of
from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.root import Root


def cited(source: object, root: Root | None) -> Cited:
    """Return one of ``sources``; its path is relative to ``root``, whose note it is cited in, and empty as it came.

    Raises:
        InvalidRequest: it is none.
    """
    if not isinstance(source, Mapping):
        raise InvalidRequest("each of `sources` must be an object")
    number, first, last = (source.get(name) for name in ("number", "start_line", "end_line"))
    if not (isinstance(number, int) and isinstance(first, int) and isinstance(last, int)):
        raise InvalidRequest("each of `sources` must have `number`, `start_line` and `end_line`")
    path = convert.path_of(convert.text(source, "uri"))
    if path and root and source.get("path") != "":  # it may lie in another folder than the note that is made
        return Cited(number, Path(os.path.relpath(path, root.folder)).as_posix(), first, last)
    return Cited(number, convert.text(source, "path"), first, last)


def source(found: object, root: Root) -> Source:
    """Return one of ``sources`` with all that a link to its place is made of; errors as for ``cited``."""
    place = cited(found, root)
    given: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    locator = given.get("locator")
    page = locator.get("number") if isinstance(locator, Mapping) and locator.get("unit") == "page" else None
    names = convert.text(given, "title"), convert.text(given, "heading")
    return source_of(place, *names, page=page if isinstance(page, int) else None)
