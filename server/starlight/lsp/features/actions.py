"""``textDocument/codeAction``: what mends a diagnostic, makes notes of sections and of links, or has a model write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from starlight.engine.diagnosing import fixes
from starlight.engine.extracting import create, extract, section_of
from starlight.errors import InvalidRequest
from starlight.lsp import convert, gathering, offering, subjects, suggesting
from starlight.lsp.editing import can, workspace_edit
from starlight.lsp.hinting import SOURCE
from starlight.lsp.looking import View, look

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

_FIX, _EXTRACT = lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.RefactorExtract
_KINDS = [_FIX, _EXTRACT, lsp.CodeActionKind.RefactorRewrite]


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(_KINDS, resolve_provider=True))
    async def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        is_open = convert.open_document(server.workspace, uri) is not None
        if not is_open or not gathering.is_markdown(uri) or convert.is_text_view(uri):
            return []
        found: list[lsp.CodeAction] = []
        if suggesting.wants(params.context, _FIX) or suggesting.wants(params.context, _EXTRACT):
            found = await look(server, uri, lambda view: list(_of_view(server, view, params))) or []
        if suggesting.wants(params.context, _FIX):
            found += await offering.of_hints(server, params)
        if suggesting.wants(params.context, lsp.CodeActionKind.RefactorRewrite):
            found += await offering.of_place(server, params, resolves=_resolves(server))
            found += await _summaries(server, params)
        return found + await suggesting.offered(server, params)

    @server.feature(lsp.CODE_ACTION_RESOLVE)
    async def resolve(action: lsp.CodeAction) -> lsp.CodeAction:
        data = action.data if isinstance(action.data, dict) else {}
        uri, offset, version = data.get("uri"), data.get("offset"), data.get("version")
        if not isinstance(uri, str) or not isinstance(offset, int):
            return action
        document = convert.open_document(server.workspace, uri)
        if document is None or document.version != version:
            raise JsonRpcException("the document has changed meanwhile", code=lsp.LSPErrorCodes.ContentModified)
        if data.get("kind") == offering.RELATED_LIST:
            action.edit = await offering.related_list(server, uri, offset)
        else:
            action.edit = await look(server, uri, lambda view: _extracted(server, view, offset))
        return action


def _of_view(server: StarlightServer, view: View, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    if suggesting.wants(params.context, _FIX):
        yield from _fixes(server, view, params)
        yield from _missing(server, view, params)
    if suggesting.wants(params.context, _EXTRACT) and can(server, lsp.ResourceOperationKind.Create):
        yield from _extraction(server, view, params)


def _fixes(server: StarlightServer, view: View, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    for problem in params.context.diagnostics:
        if problem.source != SOURCE:
            continue
        for fix in fixes(view.catalogue, view.source, str(problem.code), view.offset(problem.range.start)):
            if not fix.change.created or can(server, lsp.ResourceOperationKind.Create):
                yield offering.quick_fix(server, view, problem, fix)


def _missing(server: StarlightServer, view: View, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    """Yield the creation of the note that the link at the cursor asks for; a diagnostic's own fix is not said twice."""
    if any(problem.source == SOURCE for problem in params.context.diagnostics):
        return
    link = view.catalogue.link_at(view.source, view.offset(params.range.start))
    made = create(view.catalogue, view.source, link) if link else None
    if made and can(server, lsp.ResourceOperationKind.Create):
        title = f"Create the note {made.created[0][0]}"
        yield lsp.CodeAction(title=title, kind=_FIX, edit=workspace_edit(server, view, made))


def _extraction(server: StarlightServer, view: View, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    offset = view.offset(params.range.start)
    section = section_of(view.catalogue, view.source, offset)
    if section is None:
        return
    action = lsp.CodeAction(title=f"Make a note of the section “{section.heading.text}”", kind=_EXTRACT)
    document = convert.open_document(server.workspace, params.text_document.uri)
    if _resolves(server):
        version = document.version if document else None
        action.data = {"uri": params.text_document.uri, "offset": offset, "version": version}
    else:
        action.edit = _extracted(server, view, offset)
    yield action


def _extracted(server: StarlightServer, view: View, offset: int) -> lsp.WorkspaceEdit:
    change = extract(view.catalogue, view.source, offset)
    if not can(server, lsp.ResourceOperationKind.Create):
        raise InvalidRequest("this editor lets nobody create files by an edit")
    return workspace_edit(server, view, change)


async def _summaries(server: StarlightServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Return the code actions that summarize, where a person asks: what can always be done needs no light bulb."""
    if not suggesting.asked_for(params.context):
        return []
    line = params.range.start
    has_section = await look(
        server,
        params.text_document.uri,
        lambda view: section_of(view.catalogue, view.source, view.offset(line)) is not None,
    )
    return [] if has_section is None else subjects.actions(params, has_section=has_section)


def _resolves(server: StarlightServer) -> bool:
    document = server.client_capabilities.text_document
    support: Any = document.code_action.resolve_support if document and document.code_action else None
    return bool(support and "edit" in support.properties)
