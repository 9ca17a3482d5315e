"""``textDocument/inlayHint``: the titles of notes behind links that show a path or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.annotating import hidden_titles
from starlight.lsp import convert, gathering
from starlight.lsp.looking import View, look

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hints(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        uri = params.text_document.uri
        document = convert.open_document(server.workspace, uri)
        if not (server.session.settings.inlay_titles and document and gathering.is_markdown(uri)):
            return []

        def ask(view: View) -> list[lsp.InlayHint]:
            span = view.offset(params.range.start), view.offset(params.range.end)
            return [
                lsp.InlayHint(view.own(shown.at, shown.at).start, shown.title, padding_left=True)
                for shown in hidden_titles(view.catalogue, view.source, *span)
            ]

        return await look(server, uri, ask) or []
