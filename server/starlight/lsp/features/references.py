"""``textDocument/references``: every place that speaks of a note, a heading or a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.navigation import references
from starlight.lsp.looking import View, look

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def referring(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        def ask(view: View) -> list[lsp.Location]:
            found = references(
                view.catalogue,
                view.source,
                view.offset(params.position),
                with_declaration=params.context.include_declaration,
            )
            return view.locations(found)

        return await look(server, params.text_document.uri, ask)
