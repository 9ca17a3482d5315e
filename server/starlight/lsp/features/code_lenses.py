"""``textDocument/codeLens``: how many links lead to a note and its headings, and what is related to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from starlight.engine.annotating import Anchor, anchors, linking
from starlight.errors import IndexMissing
from starlight.lsp import convert, gathering
from starlight.lsp.errors import translated
from starlight.lsp.looking import look
from starlight.lsp.protocol import SHOW_REFERENCES, SHOW_RELATED
from starlight.notes import markdown
from starlight.notes.links import stem_of
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

    from starlight.lsp.server import StarlightServer

_KINDS = ("backlinks", "related")


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensOptions(resolve_provider=True))
    async def lenses(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        uri = params.text_document.uri
        document = convert.open_document(server.workspace, uri)
        path = convert.path_of(uri)
        is_asked = server.session.settings.code_lens_counts and gathering.is_markdown(uri)
        if not (is_asked and document and path and server.session.root_of(path)):
            return []
        return await asyncio.to_thread(_lenses, uri, document, document.version, document.source)

    @server.feature(lsp.CODE_LENS_RESOLVE)
    async def resolve(lens: lsp.CodeLens) -> lsp.CodeLens:
        data = lens.data if isinstance(lens.data, dict) else {}
        uri, kind = data.get("uri"), data.get("kind")
        if not isinstance(uri, str) or kind not in _KINDS:
            return lens
        document = convert.open_document(server.workspace, uri)
        if document is None or document.version != data.get("version"):
            raise JsonRpcException("the document has changed meanwhile", code=lsp.LSPErrorCodes.ContentModified)
        anchor = Anchor(int(data["start"]), int(data["end"]), bool(data["note"]))
        of_kind = _backlinks if kind == "backlinks" else _related
        lens.command = await of_kind(server, uri, lens.range.start, anchor)
        return lens


def _lenses(uri: str, document: TextDocument, version: int | None, text: str) -> list[lsp.CodeLens]:
    lines = Lines(text)
    note = markdown.parse(text, stem_of(uri))
    found = []
    for anchor in anchors(text, note, lines):
        span = convert.range_in(text, lines, anchor.start, anchor.start, document.position_codec)
        place = {"uri": uri, "version": version, "start": anchor.start, "end": anchor.end, "note": anchor.is_note}
        found += [lsp.CodeLens(span, data={**place, "kind": kind}) for kind in _KINDS]
    return found


async def _backlinks(server: StarlightServer, uri: str, position: lsp.Position, anchor: Anchor) -> lsp.Command:
    found = await look(server, uri, lambda view: view.locations(linking(view.catalogue, view.source, anchor)))
    return _counted(len(found or ()), "backlink", SHOW_REFERENCES, [uri, position, found or []])


async def _related(server: StarlightServer, uri: str, position: lsp.Position, anchor: Anchor) -> lsp.Command:
    from starlight.engine.related import Origin

    path, document = convert.path_of(uri), convert.open_document(server.workspace, uri)
    place = server.session.root_of(path) if path else None
    if place is None or document is None:
        return _counted(0, "related note", SHOW_RELATED, [])
    root, within = place
    origin = Origin(within, document.source, *((None, None) if anchor.is_note else (anchor.start, anchor.end)))
    opened = server.session.open_texts(root)
    with translated():
        try:
            n_notes = await root.behind(lambda workspace: workspace.authoring.n_related(origin, opened))
        except IndexMissing:
            n_notes = 0
    return _counted(n_notes, "related note", SHOW_RELATED, [uri, position])


def _counted(number: int, what: str, command: str, arguments: list[Any]) -> lsp.Command:
    """Return what the lens says; where there is nothing to be shown, nothing can be chosen."""
    title = f"{number} {what}{'' if number == 1 else 's'}"
    return lsp.Command(title, command if number else "", arguments=arguments if number else None)
