"""What the features that look at one document share: the notes as they are now, and places of the client's for ours.

Everything that takes time happens on the thread of the document's folder.  An answer for a document that has moved
on meanwhile is not given: the client asks again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.workspace import PositionCodec

from starlight.engine.catalogue import Catalogue
from starlight.engine.selected import is_document
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.root import Root
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.engine.navigation import Place
    from starlight.lsp.server import StarlightServer
    from starlight.lsp.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View:
    """The notes of the folder that a document lies in, and that document: ``source`` is its path there."""

    session: Session
    catalogue: Catalogue
    root: Root
    source: str
    codec: PositionCodec

    def offset(self, position: lsp.Position) -> int:
        """Return the offset of a client's position in the document; the nearest, where it has none there."""
        return convert.offset_in(self.catalogue.lines(self.source), position, self.codec)

    def uri(self, path: str) -> str:
        """Return the URI of the file at ``path``."""
        return convert.uri_below(self.root.uri, path)

    def shown(self, path: str) -> str:
        """Return the URI of what the client shows of the file at ``path``, whose lines are those of its text."""
        return self.session.uri_of(self.root.folder / path) if is_document(path) else self.uri(path)

    def addresses(self, path: str) -> dict[str, str]:
        """Return the fields of a result at ``path`` that say where it is."""
        return self.session.addresses(self.root.folder / path)

    def linked(self, path: str) -> str:
        """Return the URI that a link to ``path`` leads to: the file itself, or a place in what is looked at."""
        return self.shown(path) if path == self.source else self.uri(path)

    def range(self, path: str, start: int, end: int) -> lsp.Range:
        """Return the client's range of a part of the note at ``path``."""
        span = self.catalogue.span(path, start, end)
        if span:
            return convert.range_of_span(span, self.codec)
        text = self.catalogue.text(path) or ""
        return convert.range_in(text, self.catalogue.lines(path), start, end, self.codec)

    def own(self, start: int, end: int) -> lsp.Range:
        """Return the client's range of a part of the document."""
        return self.range(self.source, start, end)

    def range_of(self, place: Place) -> lsp.Range:
        """Return the client's range of a place."""
        if place.span:
            return convert.range_of_span(place.span, self.codec)
        return self.range(place.path, place.start, place.end)

    def location(self, place: Place) -> lsp.Location:
        """Return a place as the client has it."""
        return self.locations([place])[0]

    def locations(self, places: Iterable[Place]) -> list[lsp.Location]:
        """Return places as the client has them."""
        shown = functools.cache(self.shown)
        return [lsp.Location(shown(place.path), self.range_of(place)) for place in places]


async def look(server: StarlightServer, uri: str, ask: Callable[[View], T]) -> T | None:
    """Return what ``ask`` finds for the document at ``uri``; None where it lies in no folder that is open.

    Raises:
        JsonRpcException: the document has moved on meanwhile, or what a ``StarlightError`` says.
    """
    path = convert.path_of(uri)
    found = server.session.root_of(path) if path else None
    if not found:
        return None
    root, source = found
    codec = server.workspace.position_codec
    before = _version(server, uri)
    opened = server.session.open_texts(root)
    with translated():
        answer = await root.query(
            lambda workspace: workspace.look(
                opened, lambda catalogue: ask(View(server.session, catalogue, root, source, codec)), asked=source
            )
        )
    if _version(server, uri) != before:
        raise JsonRpcException("the document has changed meanwhile", code=lsp.LSPErrorCodes.ContentModified)
    return answer


@dataclass(frozen=True, slots=True)
class Text:
    """An open document by itself, wherever it lies."""

    text: str
    lines: Lines
    codec: PositionCodec

    def offset(self, position: lsp.Position) -> int:
        """Return the offset of a client's position."""
        return convert.offset_in(self.lines, position, self.codec)

    def range(self, start: int, end: int) -> lsp.Range:
        """Return the client's range of a part."""
        return convert.range_in(self.text, self.lines, start, end, self.codec)


def _version(server: StarlightServer, uri: str) -> int | None:
    document = convert.open_document(server.workspace, uri)
    return document.version if document else None
