"""The language server: made by ``create_server``, so that there can be several in one process."""

from __future__ import annotations

import logging

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from starlight import __version__
from starlight.config import Settings
from starlight.lsp.features import documents, files, folders, hover, rebuild, search, status, symbols, why
from starlight.lsp.session import Session

log = logging.getLogger(__name__)


class StarlightServer(LanguageServer):
    """A language server with the session of its one client."""

    session: Session

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log what went wrong inside; a person could do nothing about it."""
        log.error("%s: %s", source.__name__, error)

    def warn(self, message: str) -> None:
        """Show the user a warning."""
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))

    async def ask(self, message: str, answers: tuple[str, ...]) -> str | None:
        """Ask the user; None where they close the question."""
        actions = [lsp.MessageActionItem(answer) for answer in answers]
        params = lsp.ShowMessageRequestParams(lsp.MessageType.Warning, message, actions)
        chosen = await self.window_show_message_request_async(params)
        return chosen.title if chosen else None


def create_server(defaults: Settings | None = None) -> StarlightServer:
    """Return a server; ``defaults`` hold where the client's settings say nothing."""
    server = StarlightServer("starlight", __version__)
    server.session = Session(server, defaults or Settings())
    for feature in (folders, documents, files, search, status, rebuild, why, symbols, hover):
        feature.register(server)
    return server
