"""``starlight.rebuild``: throw an index away and make it again, behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import REBUILD

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(REBUILD)
    async def rebuild(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            for root in server.session.chosen(convert.argument(arguments).get("root")):
                root.ask_indexer({"command": "rebuild"})
            return server.session.status()
