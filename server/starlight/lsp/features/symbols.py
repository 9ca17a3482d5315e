"""``workspace/symbol``: notes and sections by meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.features.search import Wanted, search_all

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.WORKSPACE_SYMBOL)
    async def symbols(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        with translated():
            session = server.session
            wanted = Wanted(params.query, session.settings.search_limit)
            found = await search_all(session, session.chosen(None), wanted)
        return [
            lsp.WorkspaceSymbol(
                name=hit["heading"] or hit["title"],
                kind=lsp.SymbolKind.String if hit["heading"] else lsp.SymbolKind.File,
                container_name=hit["path"],
                location=lsp.Location(hit["uri"], convert.line_range(hit["start_line"], hit["end_line"])),
            )
            for hit in found["hits"]
        ]
