"""``workspace/symbol``: notes by their names, then notes and sections by meaning."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.catalogue import Catalogue
from starlight.errors import StarlightError
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.features.search import Wanted, search_all
from starlight.lsp.root import Root
from starlight.lsp.session import Session

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.WORKSPACE_SYMBOL)
    async def symbols(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        with translated():
            session = server.session
            roots = session.chosen(None)
            limit = session.settings.search_limit
            named = await asyncio.gather(*(_named(session, root, params.query, limit) for root in roots))
            found = await search_all(session, roots, Wanted(params.query, limit))
        by_name = [symbol for symbols in named for symbol in symbols]
        known = {symbol.location.uri for symbol in by_name}
        by_meaning = [
            lsp.WorkspaceSymbol(
                name=hit["heading"] or hit["title"],
                kind=lsp.SymbolKind.String if hit["heading"] else lsp.SymbolKind.File,
                container_name=hit["path"],
                location=lsp.Location(hit["uri"], convert.line_range(hit["start_line"], hit["end_line"])),
            )
            for hit in found["hits"]
            if hit["heading"] or hit["uri"] not in known
        ]
        return by_name + by_meaning


async def _named(session: Session, root: Root, query: str, limit: int) -> list[lsp.WorkspaceSymbol]:
    """Return the notes of ``root`` that are called so, or whose names begin so; aliases too."""

    def ask(catalogue: Catalogue) -> list[tuple[str, str]]:
        return catalogue.called(query, limit)

    opened = session.open_texts(root)
    try:
        found = await root.query(lambda workspace: workspace.look(opened, ask))
    except StarlightError:  # the search says why
        return []
    return [
        lsp.WorkspaceSymbol(
            name=title,
            kind=lsp.SymbolKind.File,
            container_name=path,
            location=lsp.Location(session.uri_of(root.folder / path), convert.line_range(1, 1)),
        )
        for path, title in found
    ]
