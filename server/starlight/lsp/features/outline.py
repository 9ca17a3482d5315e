"""The shape of a document: ``textDocument/documentSymbol``, ``foldingRange`` and ``selectionRange``.

They need nothing but the document's text, so they are answered for every one that is open, wherever it lies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from starlight.lsp import convert
from starlight.lsp.looking import Text
from starlight.notes import markdown, outline
from starlight.notes.links import stem_of
from starlight.notes.model import Note
from starlight.notes.outline import Section
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

T = TypeVar("T")

_KINDS = {"front": lsp.FoldingRangeKind.Region, "section": lsp.FoldingRangeKind.Region, "block": None}


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | None:
        def ask(shown: Text, note: Note) -> list[lsp.DocumentSymbol]:
            return [_symbol(shown, section) for section in outline.sections(note, len(shown.lines))]

        return await _parsed(server, params.text_document.uri, ask)

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folding(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange] | None:
        def ask(shown: Text, note: Note) -> list[lsp.FoldingRange]:
            found = outline.folds(note, shown.lines)
            return [lsp.FoldingRange(fold.first - 1, fold.last - 1, kind=_KINDS[fold.kind]) for fold in found]

        return await _parsed(server, params.text_document.uri, ask)

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    async def selection(params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange] | None:
        def ask(shown: Text, note: Note) -> list[lsp.SelectionRange]:
            return [_selection(shown, note, shown.offset(position)) for position in params.positions]

        return await _parsed(server, params.text_document.uri, ask)


async def _parsed(server: StarlightServer, uri: str, ask: Callable[[Text, Note], T]) -> T | None:
    """Return what ``ask`` finds in the open document at ``uri``; None where it is not open."""
    document = convert.open_document(server.workspace, uri)
    if document is None:
        return None
    text, codec, version = document.source, server.workspace.position_codec, document.version

    def work() -> T:
        lines = Lines(text)
        return ask(Text(text, lines, codec), markdown.parse(text, stem_of(uri), lines))

    answer = await asyncio.to_thread(work)
    if document.version != version:
        raise JsonRpcException("the document has changed meanwhile", code=lsp.LSPErrorCodes.ContentModified)
    return answer


def _symbol(shown: Text, section: Section) -> lsp.DocumentSymbol:
    heading, lines = section.heading, shown.lines
    end = lines.start(section.last) + len(lines.text(section.last))
    line_end = heading.start + len(lines.text(heading.line))
    return lsp.DocumentSymbol(
        name=heading.text or "(no words)",
        kind=lsp.SymbolKind.String,
        range=shown.range(heading.start, max(end, line_end)),
        selection_range=shown.range(heading.start, line_end),
        children=[_symbol(shown, inner) for inner in section.sections],
    )


def _selection(shown: Text, note: Note, offset: int) -> lsp.SelectionRange:
    found: lsp.SelectionRange | None = None
    for start, end in reversed(outline.around(shown.text, note, shown.lines, offset)):
        found = lsp.SelectionRange(shown.range(start, end), found)
    assert found
    return found
