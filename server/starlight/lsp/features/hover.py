"""``textDocument/hover``: over a link, the head of the note that it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.hover import Card
from starlight.errors import IndexMissing
from starlight.lsp import convert
from starlight.lsp.errors import translated

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        path = convert.path_of(params.text_document.uri)
        found = server.session.root_of(path) if path else None
        if not found:
            return None
        root, source = found
        document = server.workspace.get_text_document(params.text_document.uri)
        text = document.source
        offset = convert.offset_of(text, params.position, document.position_codec)
        buffers = server.session.open_texts(root)
        with translated():
            try:
                card = await root.query(lambda workspace: workspace.hover(source, text, offset, buffers.get))
            except IndexMissing:
                return None
        if card is None:
            return None
        span = convert.range_of(text, card.start, card.end, document.position_codec)
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, markdown(card)), span)


def markdown(card: Card) -> str:
    """Return the card as Markdown."""
    if not card.path:
        return f"No note is called “{card.title}” yet."
    title = f"**{card.title}**" + (f" › {card.section}" if card.section else "")
    facts = [" ".join(f"`#{tag}`" for tag in card.tags), card.dates]
    if card.n_backlinks:
        facts.append(f"linked from {card.n_backlinks} note{'s' if card.n_backlinks > 1 else ''}")
    parts = [title, " · ".join(filter(None, [f"`{card.path}`", *facts])), "---", card.body or "*(empty)*"]
    return "\n\n".join(parts)
