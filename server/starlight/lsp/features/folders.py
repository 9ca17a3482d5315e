"""The client's folders and settings: taken at the start, followed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.lsp import buffer, convert
from starlight.lsp.protocol import SECTION

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        buffer.take_over(server)
        server.session.configure(params.initialization_options)

    @server.feature(lsp.INITIALIZED)
    async def initialized(_params: lsp.InitializedParams) -> None:
        await _pull_settings(server)
        server.session.add(_opened(server))

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        server.session.remove(_paths(folder.uri for folder in params.event.removed))
        server.session.add(_paths(folder.uri for folder in params.event.added))

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        if not await _pull_settings(server) and isinstance(params.settings, dict):
            server.session.configure(params.settings.get(SECTION))
        server.diagnoser.all()

    @server.feature(lsp.SHUTDOWN)
    def shutdown(*_params: object) -> None:
        server.diagnoser.close()
        server.subscription.end()
        server.session.close()
        server.protocol.cancel_requests()


async def _pull_settings(server: StarlightServer) -> bool:
    """Ask the client for its settings; false where it cannot be asked."""
    workspace = server.client_capabilities.workspace
    if not (workspace and workspace.configuration):
        return False
    items = [lsp.ConfigurationItem(section=SECTION)]
    answers = await server.workspace_configuration_async(lsp.ConfigurationParams(items))
    if answers and answers[0] is not None:
        server.session.configure(answers[0])
    return True


def _opened(server: StarlightServer) -> list[Path]:
    workspace = server.workspace
    found = _paths(workspace.folders)
    return found or _paths([workspace.root_uri] if workspace.root_uri else [])


def _paths(uris: Iterable[str]) -> list[Path]:
    return [path for uri in uris if (path := convert.path_of(uri))]
