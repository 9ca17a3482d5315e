"""What the client says of files: saved, created, renamed, deleted.  The indexer is told which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from starlight.lsp import convert

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

# Folders too: renaming one moves every note in it.
_EVERYTHING = lsp.FileOperationRegistrationOptions(
    filters=[lsp.FileOperationFilter(scheme="file", pattern=lsp.FileOperationPattern(glob="**/*"))]
)


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        _changed(server, [params.text_document.uri])

    @server.feature(lsp.WORKSPACE_DID_CREATE_FILES, _EVERYTHING)
    def did_create(params: lsp.CreateFilesParams) -> None:
        _changed(server, [file.uri for file in params.files])

    @server.feature(lsp.WORKSPACE_DID_RENAME_FILES, _EVERYTHING)
    def did_rename(params: lsp.RenameFilesParams) -> None:
        _changed(server, [uri for file in params.files for uri in (file.old_uri, file.new_uri)])

    @server.feature(lsp.WORKSPACE_DID_DELETE_FILES, _EVERYTHING)
    def did_delete(params: lsp.DeleteFilesParams) -> None:
        _changed(server, [file.uri for file in params.files])


def _changed(server: StarlightServer, uris: Iterable[str]) -> None:
    by_root: dict[Any, list[str]] = {}
    for uri in uris:
        path = convert.path_of(uri)
        found = server.session.root_of(path) if path else None
        if found:
            root, within = found
            by_root.setdefault(root, []).append(within)
    for root, paths in by_root.items():
        root.ask_indexer({"command": "changed", "paths": paths})
