"""Between the client's terms and ours: URIs and paths, positions and offsets, arguments and values."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from lsprotocol import types as lsp
from pygls import uris
from pygls.workspace import PositionCodec, TextDocument, Workspace

from starlight.engine.limits import check_limit
from starlight.engine.selected import is_document
from starlight.errors import InvalidRequest
from starlight.lsp.protocol import TEXT_SCHEME
from starlight.notes.place import Column, Lines, Span

_UNQUOTED = re.compile(r"[A-Za-z0-9_.~/-]+")
"""Paths with nothing that a URI has to quote: most of them, and this is seen sooner."""
_VIEW_ENDING = ".md"
"""Follows the name of the file in the URI of a text view, so that every editor takes it for Markdown."""
UNCHANGEABLE = "this is the text of a document, which cannot be changed here: change its file, or a note"
"""What is said of a text view to somebody who wants to edit it."""


def path_of(uri: str) -> Path | None:
    """Return the path of a file URI, or of the file behind a text view, as the client has it, links and all.

    None for other schemes, and for a view of what is no document.
    """
    if is_text_view(uri):
        path = _path_of_file(_file_behind(uri))
        name = path.name.removesuffix(_VIEW_ENDING) if path else ""
        return path.with_name(name) if path and name != path.name and is_document(name) else None
    return _path_of_file(uri)


def _path_of_file(uri: str) -> Path | None:
    if uris.uri_scheme(uri) != "file" or "%00" in uri or "\0" in uri:
        return None
    path = uris.to_fs_path(uri)
    return Path(os.path.normpath(path)) if path else None


def is_text_view(uri: str) -> bool:
    """Whether ``uri`` is that of the text of a document, which nobody can change."""
    return bool(uris.uri_scheme(uri) == TEXT_SCHEME)


def _file_behind(uri: str) -> str:
    """Return the file URI that a text view's begins with; VS Code writes no ``//`` where no host follows."""
    place = uri.partition(":")[2]
    return f"file:{place if place.startswith('//') else f'//{place}'}"


def open_document(workspace: Workspace, uri: str) -> TextDocument | None:
    """Return the document at ``uri`` as the client has it open; None where it is not, whatever is on disk.

    pygls keeps documents by the URI without its escapes, and has no method that does not read the disk.
    """
    document: TextDocument | None = workspace.text_documents.get(unquote(uri))
    return document


def uri_of(path: Path) -> str:
    """Return the file URI of ``path``."""
    return path.as_uri()


def uri_below(folder: str, path: str) -> str:
    """Return the URI of the file at ``path``, with ``/``, in the folder with that URI, as ``uri_of`` but sooner."""
    return f"{folder.removesuffix('/')}/{path if _UNQUOTED.fullmatch(path) else quote(os.fsencode(path))}"


def text_view_of(path: Path) -> str:
    """Return the URI of the text view of the document at ``path``: ``starlight-text:///a/paper.pdf.md``."""
    return f"{TEXT_SCHEME}{path.as_uri().removeprefix('file')}{_VIEW_ENDING}"


def offset_of(text: str, position: lsp.Position, codec: PositionCodec) -> int:
    """Return the offset in code points of a client's position; at most the end of its line."""
    return offset_in(Lines(text), position, codec)


def offset_in(lines: Lines, position: lsp.Position, codec: PositionCodec) -> int:
    """Return the same; ``lines`` are those of ``text``."""
    line = lines.text(position.line + 1) if position.line < len(lines) else ""
    if line.isascii():  # one unit each in every encoding; pygls looks at each
        return lines.start(position.line + 1) + min(position.character, len(line))
    # With a line end, behind which pygls puts no position: one beyond the line is at its end.
    inside = codec.position_from_client_units([f"{line}\n"], lsp.Position(0, position.character))
    return lines.start(position.line + 1) + min(inside.character, len(line))


def range_of(text: str, start: int, end: int, codec: PositionCodec) -> lsp.Range:
    """Return the client's range of text[start:end]."""
    lines = Lines(text)
    return range_in(text, lines, start, end, codec)


def range_in(text: str, lines: Lines, start: int, end: int, codec: PositionCodec) -> lsp.Range:
    """Return the same; ``lines`` are those of ``text``, for many ranges of one."""
    return lsp.Range(_position(text, start, lines, codec), _position(text, end, lines, codec))


def range_of_span(span: Span, codec: PositionCodec) -> lsp.Range:
    """Return the client's range of a part that is known by lines and columns."""
    return lsp.Range(
        lsp.Position(span.first - 1, _units(span.start, codec)), lsp.Position(span.last - 1, _units(span.end, codec))
    )


def _units(column: Column, codec: PositionCodec) -> int:
    if codec.encoding == lsp.PositionEncodingKind.Utf8:
        return column.utf8
    return column.utf32 if codec.encoding == lsp.PositionEncodingKind.Utf32 else column.utf16


def line_range(first: int, last: int) -> lsp.Range:
    """Return the client's range of whole lines, which count from 1 here."""
    return lsp.Range(lsp.Position(first - 1, 0), lsp.Position(max(last, first), 0))


def argument(arguments: tuple[Any, ...]) -> Mapping[str, Any]:
    """Return the one object that a command takes; an empty one where there is none.

    A command's handler takes ``ls`` first, which pygls knows by its name, and then whatever comes: it would
    judge the first parameter by its annotation otherwise, and fails on ``Any`` before Python 3.11.

    Raises:
        InvalidRequest: it is something else.
    """
    if not arguments or arguments[0] is None:
        return {}
    if len(arguments) > 1 or not isinstance(arguments[0], Mapping):
        raise InvalidRequest("this command takes one object as its argument")
    return arguments[0]


def text(asked: Mapping[str, Any], name: str) -> str:
    """Return the string ``name`` of a request; empty where there is none.

    Raises:
        InvalidRequest: it is something else.
    """
    found = asked.get(name)
    if found is not None and not isinstance(found, str):
        raise InvalidRequest(f"`{name}` must be a string")
    return found or ""


def _position(text: str, offset: int, lines: Lines, codec: PositionCodec) -> lsp.Position:
    line = lines.at(offset)
    before = text[lines.start(line) : offset]
    # An ASCII character is one unit in every encoding; pygls looks at each.
    return lsp.Position(line - 1, len(before) if before.isascii() else codec.client_num_units(before))


def offsets_of(text: str, span: object, codec: PositionCodec) -> tuple[int, int]:
    """Return the offsets in code points of a range as JSON has it.

    Raises:
        InvalidRequest: it is no range.
    """
    lines_of(span)
    sides = (span["start"], span["end"])  # type: ignore[index]
    lines = Lines(text)
    start, end = (offset_in(lines, lsp.Position(side["line"], side["character"]), codec) for side in sides)
    return start, end


def lines_of(span: object) -> tuple[int, int]:
    """Return the first and last line, from 1, of a range as JSON has it; a line of which it holds nothing is out.

    Raises:
        InvalidRequest: it is no range.
    """
    try:
        start, end = ((span[side]["line"], span[side]["character"]) for side in ("start", "end"))  # type: ignore[index]
        good = all(isinstance(value, int) and value >= 0 for value in (*start, *end))
    except (KeyError, TypeError):
        good = False
    if not good or end < start:
        raise InvalidRequest("a range must be an object with `start` and `end`, each with `line` and `character`")
    return start[0] + 1, max(start[0], end[0] - (end[1] == 0)) + 1


def limit(asked: Mapping[str, Any], default: int) -> int:
    """Return how many results are asked for; ``default`` where nothing is said.

    Raises:
        InvalidRequest: it is no whole number, or one that may not be asked for.
    """
    number = asked.get("limit")
    if number is None:
        return default
    if not isinstance(number, int) or isinstance(number, bool):
        raise InvalidRequest("`limit` must be a whole number")
    return check_limit(number)
