"""Renaming: ``textDocument/rename`` and ``prepareRename``, and ``workspace/willRenameFiles``.  All links follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.renaming import move, prepare, rename_at
from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.editing import workspace_edit
from starlight.lsp.errors import translated
from starlight.lsp.looking import View, look

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

_EVERYTHING = lsp.FileOperationRegistrationOptions(
    filters=[lsp.FileOperationFilter(scheme="file", pattern=lsp.FileOperationPattern(glob="**/*"))]
)


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepared(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        def ask(view: View) -> lsp.PrepareRenamePlaceholder | None:
            found = prepare(view.catalogue, view.source, view.offset(params.position))
            return lsp.PrepareRenamePlaceholder(view.own(found[0], found[1]), found[2]) if found else None

        if convert.is_text_view(params.text_document.uri):
            return None
        return await look(server, params.text_document.uri, ask)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def renamed(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        def ask(view: View) -> lsp.WorkspaceEdit:
            change = rename_at(view.catalogue, view.source, view.offset(params.position), params.new_name)
            return workspace_edit(server, view, change)

        with translated():
            if convert.is_text_view(params.text_document.uri):
                raise InvalidRequest(convert.UNCHANGEABLE)
        return await look(server, params.text_document.uri, ask)

    @server.feature(lsp.WORKSPACE_WILL_RENAME_FILES, _EVERYTHING)
    async def will_rename(params: lsp.RenameFilesParams) -> lsp.WorkspaceEdit | None:
        """The client moves the files itself, once the edit is made."""
        edits = [await _moved(server, uri, moves) for uri, moves in _by_root(server, params).items()]
        return _joined([edit for edit in edits if edit])


async def _moved(server: StarlightServer, uri: str, moves: Mapping[str, str]) -> lsp.WorkspaceEdit | None:
    def ask(view: View) -> lsp.WorkspaceEdit:
        change = move(view.catalogue, moves)
        return workspace_edit(server, view, type(change)(change.edits))

    return await look(server, uri, ask)


def _by_root(server: StarlightServer, params: lsp.RenameFilesParams) -> dict[str, dict[str, str]]:
    """Return what moves within each folder that is open, by the URI of one file of it."""
    found: dict[int, tuple[str, dict[str, str]]] = {}
    for file in params.files:
        old, new = convert.path_of(file.old_uri), convert.path_of(file.new_uri)
        before = server.session.root_of(old) if old else None
        after = server.session.root_of(new) if new else None
        if before and after and before[0] is after[0]:
            found.setdefault(id(before[0]), (file.old_uri, {}))[1][before[1]] = after[1]
    return dict(found.values())


def _joined(edits: list[lsp.WorkspaceEdit]) -> lsp.WorkspaceEdit | None:
    if not edits:
        return None
    if edits[0].document_changes is not None:
        return lsp.WorkspaceEdit(document_changes=[each for edit in edits for each in edit.document_changes or ()])
    return lsp.WorkspaceEdit(changes={uri: texts for edit in edits for uri, texts in (edit.changes or {}).items()})
