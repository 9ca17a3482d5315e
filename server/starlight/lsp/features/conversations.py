"""``starlight.saveConversation``: a conversation becomes a note, by an edit of the editor that can be undone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from starlight.engine.conversations import Saved, note_of
from starlight.errors import InvalidRequest, RootError, StarlightError
from starlight.lsp import convert
from starlight.lsp.citing import cited
from starlight.lsp.errors import translated
from starlight.lsp.protocol import SAVE_CONVERSATION
from starlight.lsp.root import Root

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(SAVE_CONVERSATION)
    async def save(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            asked = convert.argument(arguments)
            _turns(asked.get("turns"), None)  # before anything else is looked at
            root = _root(server, asked)
            turns = _turns(asked.get("turns"), root)
            folder, title = server.session.settings.chat_folder, convert.text(asked, "title")
            is_taken = lambda path: (root.folder / path).exists()  # noqa: E731
            path, text = await asyncio.to_thread(note_of, turns, folder, title, is_taken)
            uri = convert.uri_of(root.folder / path)
            edit = _creation(server, uri, text)
            return {"uri": uri, "edit": edit, "applied": await _apply(server, edit)}


async def _apply(server: StarlightServer, edit: lsp.WorkspaceEdit) -> bool:
    """Have the editor make the edit; false where it cannot be asked."""
    workspace = server.client_capabilities.workspace
    if not (workspace and workspace.apply_edit):
        return False
    answer = await server.workspace_apply_edit_async(lsp.ApplyWorkspaceEditParams(edit, "Save the conversation"))
    if not answer.applied:
        raise StarlightError(f"the editor did not make the note: {answer.failure_reason or 'it gave no reason'}")
    return True


def _creation(server: StarlightServer, uri: str, text: str) -> lsp.WorkspaceEdit:
    """Return the edit that creates a note with that text."""
    insertion = lsp.TextEdit(convert.line_range(1, 0), text)
    workspace = server.client_capabilities.workspace
    can = workspace.workspace_edit if workspace else None
    if not (can and can.document_changes and lsp.ResourceOperationKind.Create in (can.resource_operations or ())):
        return lsp.WorkspaceEdit(changes={uri: [insertion]})
    return lsp.WorkspaceEdit(
        document_changes=[
            lsp.CreateFile(uri, options=lsp.CreateFileOptions(ignore_if_exists=False, overwrite=False)),
            lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri=uri), [insertion]),
        ]
    )


def _root(server: StarlightServer, asked: Mapping[str, Any]) -> Root:
    """Return the folder that the note goes to: the one named, that of the first source, or the first of all."""
    roots = server.session.chosen(asked.get("root"))
    for turn in asked["turns"] if asked.get("root") is None else ():
        for source in turn.get("sources") or ():
            path = convert.path_of(str(source.get("uri", "")))
            if path and (found := server.session.root_of(path)):
                return found[0]
    if not roots:
        raise RootError("no folder is open that the conversation could be saved in")
    return roots[0]


def _turns(turns: object, root: Root | None) -> tuple[Saved, ...]:
    if not isinstance(turns, list) or not turns:
        raise InvalidRequest("`turns` must be a list of objects with `question`, `answer` and `sources`; one at least")
    return tuple(_turn(turn, root) for turn in turns)


def _turn(turn: object, root: Root | None) -> Saved:
    if not isinstance(turn, Mapping) or not isinstance(turn.get("sources") or [], list):
        raise InvalidRequest("each of `turns` must be an object with `question`, `answer` and `sources`")
    question, answer = convert.text(turn, "question"), convert.text(turn, "answer")
    if not question.strip():
        raise InvalidRequest("each of `turns` must have a `question`")
    return Saved(question, answer, tuple(cited(source, root) for source in turn.get("sources") or ()))
