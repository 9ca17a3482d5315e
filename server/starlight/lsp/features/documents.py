"""Documents opened, changed and closed: their text in the editor is what is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.lsp import convert

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        _show(server, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        _show(server, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.subscription.forget(uri)
        if convert.is_text_view(uri):
            return
        server.diagnoser.forget(uri)
        path = convert.path_of(uri)
        for root, within in server.session.roots_of(path) if path else ():
            root.hide(within)


def _show(server: StarlightServer, uri: str) -> None:
    server.subscription.text_changed()
    server.background.used()
    if convert.is_text_view(uri):  # it says what is indexed: there is nothing unsaved in it, and nothing to mend
        return
    path = convert.path_of(uri)
    document = convert.open_document(server.workspace, uri)
    if path and document:
        for root, within in server.session.roots_of(path):
            root.show(within, document.source)
        server.diagnoser.later(uri)
