"""Code actions that link: what is done about a hint, a link around a phrase, a list of related notes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.workspace import PositionCodec

from starlight.engine.relinking import Edit, Refactoring
from starlight.errors import InvalidRequest
from starlight.lsp import convert, suggesting
from starlight.lsp.editing import workspace_edit
from starlight.lsp.errors import translated
from starlight.lsp.hinting import SOURCE
from starlight.lsp.looking import View, look
from starlight.lsp.protocol import OPEN
from starlight.lsp.root import Root
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.engine.diagnosing import Fix
    from starlight.engine.hinting import Hint
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer

    Answer = tuple[lsp.Diagnostic, Hint | None, list[Fix]]

_FIX, _REWRITE = lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.RefactorRewrite
RELATED_LIST = "related"
"""What the data of a code action says that is worked out when it is chosen."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """An open document in a folder as it was when it was asked about."""

    root: Root
    path: str
    text: str
    codec: PositionCodec
    version: int | None
    style: str
    opened: dict[str, str]

    def offset(self, position: lsp.Position) -> int:
        return convert.offset_in(Lines(self.text), position, self.codec)


def _asked(server: StarlightServer, uri: str) -> _Asked | None:
    path, document = convert.path_of(uri), convert.open_document(server.workspace, uri)
    place = server.session.root_of(path) if path else None
    if place is None or document is None:
        return None
    root, within = place
    style, opened = server.session.settings.link_style, server.session.open_texts(root)
    return _Asked(root, within, document.source, document.position_codec, document.version, style, opened)


async def of_hints(server: StarlightServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Return what can be done about the hints that a client asks about."""
    from starlight.engine.hinting import CODES

    told = [each for each in params.context.diagnostics if each.source == SOURCE and each.code in CODES]
    uri = params.text_document.uri
    asked = _asked(server, uri) if told else None
    if asked is None:
        return []

    def ask(workspace: Workspace) -> list[Answer]:
        fixes = workspace.authoring.hint_fixes
        return [
            (
                problem,
                *fixes(
                    asked.path,
                    asked.text,
                    asked.opened,
                    str(problem.code),
                    asked.offset(problem.range.start),
                    asked.style,
                ),
            )
            for problem in told
        ]

    with translated():
        answers = await asked.root.behind(ask)
    return await look(server, uri, lambda view: list(_actions(server, view, answers))) or []


async def of_place(server: StarlightServer, params: lsp.CodeActionParams, *, resolves: bool) -> list[lsp.CodeAction]:
    """Return what links a phrase that is chosen, or the word at the cursor, and lists what is related there.

    For a cursor that only moves nothing is looked for.  With ``resolves`` the list is made when it is chosen.
    """
    uri, is_cursor = params.text_document.uri, params.range.start == params.range.end
    asked = _asked(server, uri)
    if asked is None or (is_cursor and not suggesting.asked_for(params.context)):
        return []
    from starlight.engine.proposing import can_list

    start, end = asked.offset(params.range.start), asked.offset(params.range.end)

    def ask(workspace: Workspace) -> list[Fix]:
        return workspace.authoring.phrase_links(asked.path, asked.text, asked.opened, start, end, asked.style)

    try:
        with translated():
            fixes = await asked.root.link(ask)
    except JsonRpcException:  # without an index there are none
        return []

    def show(view: View) -> tuple[list[lsp.CodeAction], bool]:
        note = view.catalogue.note(view.source)
        may_list = note is not None and can_list(note, view.catalogue.lines(view.source).at(start))
        return [_rewrite(server, view, fix) for fix in fixes], may_list

    found, may_list = await look(server, uri, show) or ([], False)
    if is_cursor and may_list:
        action = lsp.CodeAction("Insert related notes as a list", kind=_REWRITE)
        if resolves:
            action.data = {"kind": RELATED_LIST, "uri": uri, "offset": start, "version": asked.version}
            return [*found, action]
        with contextlib.suppress(JsonRpcException):  # nothing is related
            action.edit = await related_list(server, uri, start)
            found.append(action)
    return found


async def related_list(server: StarlightServer, uri: str, offset: int) -> lsp.WorkspaceEdit | None:
    """Return the edit that puts a list of related notes in at ``offset`` of a document.

    Raises:
        JsonRpcException: no note is related, or the document has changed meanwhile.
    """
    asked = _asked(server, uri)
    if asked is None:
        return None

    def ask(workspace: Workspace) -> Edit | None:
        return workspace.authoring.related_list(asked.path, asked.text, asked.opened, offset, asked.style)

    with translated():
        edit = await asked.root.behind(ask)
        if edit is None:
            raise InvalidRequest("no other note belongs to this place")
    return await look(server, uri, lambda view: workspace_edit(server, view, Refactoring((edit,))))


def _rewrite(server: StarlightServer, view: View, fix: Fix) -> lsp.CodeAction:
    return lsp.CodeAction(fix.title, kind=_REWRITE, edit=workspace_edit(server, view, fix.change))


def _actions(server: StarlightServer, view: View, answers: list[Answer]) -> Iterator[lsp.CodeAction]:
    for problem, hint, fixes in answers:
        yield from (quick_fix(server, view, problem, fix) for fix in fixes)
        if hint and hint.code == "already-written" and _shows(server):
            title = f"Open “{hint.title}”"
            command = lsp.Command(title, OPEN, arguments=[{"uri": view.shown(hint.path), "line": hint.line}])
            yield lsp.CodeAction(title=title, kind=_FIX, diagnostics=[problem], command=command)


def quick_fix(server: StarlightServer, view: View, problem: lsp.Diagnostic, fix: Fix) -> lsp.CodeAction:
    """Return the code action that mends ``problem``."""
    return lsp.CodeAction(
        title=fix.title,
        kind=_FIX,
        diagnostics=[problem],
        is_preferred=fix.is_best,
        edit=workspace_edit(server, view, fix.change),
    )


def _shows(server: StarlightServer) -> bool:
    """Whether the client opens a document that the server asks it to."""
    window = server.client_capabilities.window
    return bool(window and window.show_document and window.show_document.support)
