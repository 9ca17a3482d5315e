"""``starlight.rebuild``, ``starlight.pause``, ``starlight.resume``: what the user asks of the indexers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import PAUSE, REBUILD, RESUME

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    def ask(request: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Send ``request`` to the indexer of one folder or of all; what comes of it is told by notifications."""
        with translated():
            for root in server.session.chosen(convert.argument(arguments).get("root")):
                root.ask_indexer({"command": request})
            return server.session.status()

    @server.command(REBUILD)
    async def rebuild(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        return ask("rebuild", arguments)

    @server.command(PAUSE)
    async def pause(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        return ask("pause", arguments)

    @server.command(RESUME)
    async def resume(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        return ask("resume", arguments)
