"""``starlight.text``: what a document says that no editor could show, for a view of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.selected import is_document
from starlight.engine.wire import document_json
from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import TEXT

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(TEXT)
    async def text(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            uri = convert.text(convert.argument(arguments), "uri")
            await server.session.until_started()
            path = convert.path_of(uri)
            found = server.session.root_of(path) if path else None
            if path is None or found is None or not is_document(path.name):
                raise InvalidRequest(f"{path or uri or '`uri`'}: is no document in a folder that is open")
            root, within = found
            document = await root.query(
                lambda workspace: document_json(within, workspace.document(within)), beside=True
            )
            return {"uri": convert.text_view_of(path), "file": convert.uri_of(path), **document}
