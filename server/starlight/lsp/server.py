"""The language server: made by ``create_server``, so that there can be several in one process."""

from __future__ import annotations

import logging
from collections.abc import Callable

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import MsgId

from starlight import __version__
from starlight.config import Settings
from starlight.lsp.background import Background
from starlight.lsp.diagnosing import Diagnoser
from starlight.lsp.features import (
    actions,
    ask,
    backlinks,
    code_lenses,
    completion,
    conversations,
    definition,
    document_links,
    documents,
    files,
    folders,
    graph,
    hover,
    indexing,
    inlay_hints,
    mapping,
    opening,
    outline,
    references,
    related,
    rename,
    search,
    status,
    summarize,
    symbols,
    texts,
    why,
    writing,
)
from starlight.lsp.relating import Subscription
from starlight.lsp.root import Root
from starlight.lsp.session import Session
from starlight.lsp.structuring import converter

log = logging.getLogger(__name__)

_FEATURES = (
    folders, documents, files, search, related, status, indexing, why, symbols, hover, completion, ask, conversations,
    writing, summarize, definition, references, document_links, outline, rename, actions, backlinks, graph,
    opening, texts, code_lenses, inlay_hints, mapping,
)  # fmt: skip


class _Protocol(LanguageServerProtocol):
    """The protocol of pygls, which cancels a command's answer and not the work on it."""

    cancelled: Callable[[MsgId], None]

    def _handle_cancel_notification(self, msg_id: MsgId) -> None:
        super()._handle_cancel_notification(msg_id)
        self.cancelled(msg_id)

    def cancel_requests(self) -> None:
        """Cancel all requests but the one that is being answered: pygls trips over those that end while it does so."""
        for number, future in list(self._request_futures.items()):
            if number != self.msg_id:
                future.cancel()


class StarlightServer(LanguageServer):
    """A language server with the session of its one client."""

    protocol: _Protocol
    session: Session
    diagnoser: Diagnoser
    subscription: Subscription
    background: Background

    def index_changed(self, root: Root) -> None:
        """Tell those who said something about the notes of ``root``."""
        self.diagnoser.index_changed(root)
        self.subscription.index_changed(root)
        self.background.index_changed(root)

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log what went wrong inside; a person could do nothing about it."""
        log.error("%s: %s", source.__name__, error)

    def warn(self, message: str) -> None:
        """Show the user a warning."""
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))

    def refresh_soon(self) -> None:
        """Have the client ask again for what counts other notes: these have changed, or the settings."""
        self.session.run("refresh", self._refresh())

    async def _refresh(self) -> None:
        can, settings = self.client_capabilities.workspace, self.session.settings
        if can and can.code_lens and can.code_lens.refresh_support and settings.code_lens_counts:
            await self.workspace_code_lens_refresh_async(None)
        if can and can.inlay_hint and can.inlay_hint.refresh_support and settings.inlay_titles:
            await self.workspace_inlay_hint_refresh_async(None)

    async def ask(self, message: str, answers: tuple[str, ...]) -> str | None:
        """Ask the user; None where they close the question."""
        actions = [lsp.MessageActionItem(answer) for answer in answers]
        params = lsp.ShowMessageRequestParams(lsp.MessageType.Warning, message, actions)
        chosen = await self.window_show_message_request_async(params)
        return chosen.title if chosen else None


def create_server(defaults: Settings | None = None) -> StarlightServer:
    """Return a server; ``defaults`` hold where the client's settings say nothing."""
    server = StarlightServer("starlight", __version__, protocol_cls=_Protocol, converter_factory=converter)
    server.background = Background(server)
    server.session = Session(server, defaults or Settings())
    server.diagnoser = Diagnoser(server)
    server.subscription = Subscription(server)
    server.session.index_changed = server.index_changed
    server.session.folders_changed = server.subscription.folders_changed
    server.protocol.cancelled = server.session.generations.cancelled
    for feature in _FEATURES:
        feature.register(server)
    return server
