"""``starlight.open``: has the client show a place of a file, for code actions that lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import OPEN

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(OPEN)
    async def open_(ls: LanguageServer, *arguments: Any) -> dict[str, bool]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            asked = convert.argument(arguments)
            uri, line = convert.text(asked, "uri"), asked.get("line", 1)
            path = convert.path_of(uri)
            if path is None or not server.session.roots_of(path):
                raise InvalidRequest("`uri` must be the URI of a file in a folder that is open")
            if not isinstance(line, int) or line < 1:
                raise InvalidRequest("`line` must be the number of a line, from 1")
        place = lsp.Range(lsp.Position(line - 1, 0), lsp.Position(line - 1, 0))
        shown = await server.window_show_document_async(
            lsp.ShowDocumentParams(uri=uri, take_focus=True, selection=place)
        )
        return {"shown": shown.success}
