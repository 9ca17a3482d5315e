"""One change of several notes as the client takes it: one workspace edit, with versions where it knows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.errors import InvalidRequest
from starlight.lsp import convert

if TYPE_CHECKING:
    from starlight.engine.relinking import Refactoring
    from starlight.lsp.looking import View
    from starlight.lsp.server import StarlightServer

Change = lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile


def can(server: StarlightServer, operation: lsp.ResourceOperationKind) -> bool:
    """Whether the client can do ``operation`` with files as part of an edit."""
    return operation in _operations(server)


def _operations(server: StarlightServer) -> Sequence[lsp.ResourceOperationKind]:
    workspace = server.client_capabilities.workspace
    return (workspace.workspace_edit.resource_operations if workspace and workspace.workspace_edit else None) or ()


def _takes_changes(server: StarlightServer) -> bool:
    """Whether the client takes edits by document.  Neovim 0.11 names the operations, which are among these, alone."""
    workspace = server.client_capabilities.workspace
    edit = workspace.workspace_edit if workspace else None
    return bool(edit and (edit.document_changes or edit.resource_operations))


def workspace_edit(server: StarlightServer, view: View, change: Refactoring) -> lsp.WorkspaceEdit:
    """Return ``change`` as one edit.

    Raises:
        InvalidRequest: files are moved or made in it, and the client cannot do that.
    """
    if change.moves and not can(server, lsp.ResourceOperationKind.Rename):
        raise InvalidRequest("this editor lets nobody rename files by an edit: rename the file itself")
    if change.created and not can(server, lsp.ResourceOperationKind.Create):
        raise InvalidRequest("this editor lets nobody create files by an edit: create the note itself")
    if _takes_changes(server):
        return lsp.WorkspaceEdit(document_changes=list(_changes(server, view, change)))
    return lsp.WorkspaceEdit(changes={view.uri(path): edits for path, edits in _edits(view, change).items()})


def _changes(server: StarlightServer, view: View, change: Refactoring) -> Iterator[Change]:
    """Yield new files, then edits of the texts as they are now, then moves."""
    nowhere = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
    for path, text in change.created:
        yield lsp.CreateFile(view.uri(path), options=lsp.CreateFileOptions(overwrite=False, ignore_if_exists=False))
        identifier = lsp.OptionalVersionedTextDocumentIdentifier(view.uri(path))
        yield lsp.TextDocumentEdit(identifier, [lsp.TextEdit(nowhere, text)])
    for path, edits in _edits(view, change).items():
        uri = view.uri(path)
        document = convert.open_document(server.workspace, uri)
        version = document.version if document else None
        yield lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri, version), list(edits))
    for old, new in change.moves:
        yield lsp.RenameFile(view.uri(old), view.uri(new), options=lsp.RenameFileOptions(overwrite=False))


def _edits(view: View, change: Refactoring) -> dict[str, list[lsp.TextEdit]]:
    found: dict[str, list[lsp.TextEdit]] = {}
    for edit in sorted(change.edits):
        found.setdefault(edit.path, []).append(lsp.TextEdit(view.range(edit.path, edit.start, edit.end), edit.text))
    return found
