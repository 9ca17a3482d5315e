"""Code actions that link: what makes a link of a hint, opens what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.diagnosing import Fix
from starlight.engine.hinting import CODES, Hint
from starlight.lsp import convert
from starlight.lsp.editing import workspace_edit
from starlight.lsp.errors import translated
from starlight.lsp.hinting import SOURCE
from starlight.lsp.looking import View, look
from starlight.lsp.protocol import OPEN
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer

_FIX = lsp.CodeActionKind.QuickFix
Answer = tuple[lsp.Diagnostic, Hint | None, list[Fix]]


async def of_hints(server: StarlightServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Return what can be done about the hints that a client asks about."""
    asked = [each for each in params.context.diagnostics if each.source == SOURCE and each.code in CODES]
    uri = params.text_document.uri
    path, document = convert.path_of(uri), convert.open_document(server.workspace, uri)
    place = server.session.root_of(path) if path else None
    if not asked or place is None or document is None:
        return []
    root, within = place
    text, codec, style = document.source, document.position_codec, server.session.settings.link_style
    opened = server.session.open_texts(root)

    def ask(workspace: Workspace) -> list[Answer]:
        starts = [convert.offset_in(Lines(text), problem.range.start, codec) for problem in asked]
        return [
            (problem, *workspace.authoring.hint_fixes(within, text, opened, str(problem.code), start, style))
            for problem, start in zip(asked, starts, strict=True)
        ]

    with translated():
        answers = await root.behind(ask)
    return await look(server, uri, lambda view: list(_actions(server, view, answers))) or []


def _actions(server: StarlightServer, view: View, answers: list[Answer]) -> Iterator[lsp.CodeAction]:
    for problem, hint, fixes in answers:
        for fix in fixes:
            yield lsp.CodeAction(
                title=fix.title,
                kind=_FIX,
                diagnostics=[problem],
                is_preferred=fix.is_best,
                edit=workspace_edit(server, view, fix.change),
            )
        if hint and hint.code == "already-written" and _shows(server):
            title = f"Open “{hint.title}”"
            command = lsp.Command(title, OPEN, arguments=[{"uri": view.uri(hint.path), "line": hint.line}])
            yield lsp.CodeAction(title=title, kind=_FIX, diagnostics=[problem], command=command)


def _shows(server: StarlightServer) -> bool:
    """Whether the client opens a document that the server asks it to."""
    window = server.client_capabilities.window
    return bool(window and window.show_document and window.show_document.support)
