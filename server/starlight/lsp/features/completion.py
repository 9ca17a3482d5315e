"""``textDocument/completion``: links that suggest themselves, and what else may follow in a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from starlight.errors import IndexMissing
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.root import Root
from starlight.lsp.session import Session
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.engine.completion import Completion, Item
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer

_TRIGGERS = ("[", "(", "#", "^", "|", "/")
_KINDS = {
    "note": lsp.CompletionItemKind.File,
    "missing": lsp.CompletionItemKind.Reference,
    "date": lsp.CompletionItemKind.Event,
    "heading": lsp.CompletionItemKind.Module,
    "block": lsp.CompletionItemKind.Reference,
    "text": lsp.CompletionItemKind.Text,
    "tag": lsp.CompletionItemKind.Keyword,
    "name": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.Value,
}


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""
    options = lsp.CompletionOptions(trigger_characters=_TRIGGERS, resolve_provider=True)

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, options)
    async def completion(params: lsp.CompletionParams) -> lsp.CompletionList:
        uri = params.text_document.uri
        found = _place(server.session, uri)
        document = convert.open_document(server.workspace, uri)
        if not found or not document or convert.is_text_view(uri):
            return lsp.CompletionList(is_incomplete=False, items=[])
        root, path = found
        text, codec = document.source, document.position_codec
        opened = server.session.open_texts(root.outer or root)
        style = server.session.settings.link_style

        def ask(workspace: Workspace) -> lsp.CompletionList:
            lines = Lines(text)
            offset = convert.offset_in(lines, params.position, codec)
            made = workspace.authoring.complete(path, text, offset, opened, style)
            if made is None:
                return lsp.CompletionList(is_incomplete=False, items=[])
            return lsp.CompletionList(is_incomplete=True, items=_items(made, root, text, lines, codec))

        with translated():
            try:
                return await root.link(ask)
            except IndexMissing:
                return lsp.CompletionList(is_incomplete=True, items=[])

    @server.feature(lsp.COMPLETION_ITEM_RESOLVE)
    async def resolve(item: lsp.CompletionItem) -> lsp.CompletionItem:
        data = item.data if isinstance(item.data, dict) else {}
        root = next((root for root in server.session.indexed() if str(root.folder) == data.get("root")), None)
        path = data.get("path")
        if root and isinstance(path, str):
            opened = server.session.open_texts(root)
            with translated():
                head = await root.link(lambda workspace: workspace.authoring.head(path, opened))
            if head:
                item.documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, head)
        return item


def _place(session: Session, uri: str) -> tuple[Root, str] | None:
    """Return the root that a document belongs to, and its path there: none for one that is in no file yet."""
    path = convert.path_of(uri)
    if path:
        return session.root_of(path)
    first = next(iter(session.indexed()), None)
    return (first, "") if first else None


def _items(made: Completion, root: Root, text: str, lines: Lines, codec: PositionCodec) -> list[lsp.CompletionItem]:
    span = convert.range_in(text, lines, made.start, made.end, codec)
    before = convert.range_in(text, lines, made.opening, made.start, codec)
    width = len(str(len(made.items)))
    folder = str((root.outer or root).folder)
    return [
        lsp.CompletionItem(
            label=item.label,
            label_details=lsp.CompletionItemLabelDetails(description=item.description or None),
            kind=_KINDS[item.kind],
            detail=item.detail or None,
            sort_text=f"{rank:0{width}}",
            # What was typed stands first: editors keep what begins so, in the order that it has here.
            filter_text=f"{made.typed} {item.filter or item.label}" if made.typed else item.filter or item.label,
            text_edit=lsp.TextEdit(span, item.insert),
            additional_text_edits=[lsp.TextEdit(before, "")] if item.is_whole else None,
            data=_data(item, folder),
        )
        for rank, item in enumerate(made.items)
    ]


def _data(item: Item, folder: str) -> dict[str, Any] | None:
    return {"path": item.path, "root": folder} if item.path else None
