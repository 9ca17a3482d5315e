"""``textDocument/hover``: over a link, the head of the note that it leads to; over a tag its notes, and so on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.hover import Card, Listed, hover
from starlight.lsp.looking import View, look

if TYPE_CHECKING:
    from starlight.engine.summary import SummaryLine
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def over(params: lsp.HoverParams) -> lsp.Hover | None:
        def ask(view: View) -> lsp.Hover | None:
            card = hover(view.catalogue, view.source, view.offset(params.position))
            if card is None:
                return None
            uri = view.uri(card.path) if card.path else ""
            content = lsp.MarkupContent(lsp.MarkupKind.Markdown, markdown(card, uri))
            return lsp.Hover(content, view.own(card.start, card.end))

        return await look(server, params.text_document.uri, ask)


def markdown(card: Card, uri: str = "") -> str:
    """Return the card as Markdown; ``uri`` is that of its file."""
    if card.kind == "file":
        return _of_file(card, uri)
    if card.kind == "tag":
        return _of_tag(card)
    if card.kind == "heading":
        return _of_heading(card)
    if not card.path:
        return f"No note is called “{card.title}” yet."
    title = f"**{card.title}**" + (f" › {card.section}" if card.section else "")
    facts = [" ".join(f"`#{tag}`" for tag in card.tags), card.dates, _linked(card)]
    parts = [title, " · ".join(filter(None, [f"`{card.path}`", *facts]))]
    if card.summary.text:
        parts.append(f"> {_line(card.summary)}")
    return "\n\n".join([*parts, "---", card.body or "*(empty)*"])


def _line(summary: SummaryLine) -> str:
    """The line as Markdown; what a model wrote is shown as plain text, and as that model's."""
    if not summary.by:
        return summary.text
    from starlight.engine.places import linked

    name = summary.by.replace("`", "'")
    return f"{linked(summary.text, (), str)} · `{name}`"


def _linked(card: Card) -> str:
    return f"linked from {_count(card.n_backlinks, 'note')}" if card.n_backlinks else ""


def _of_file(card: Card, uri: str) -> str:
    from starlight.engine.attachments import IMAGES, ending

    parts = [
        f"**{card.body or card.path.rpartition('/')[2]}**",
        " · ".join(filter(None, [card.title, f"`{card.path}`", _linked(card)])),
    ]
    if uri and ending(card.path) in IMAGES:
        parts.append(f"![]({uri})")
    return "\n\n".join(parts)


def _of_tag(card: Card) -> str:
    return "\n\n".join([f"**{card.title}** · {_count(card.n_notes, 'note')}", *_listed(card.notes, card.n_notes)])


def _of_heading(card: Card) -> str:
    links = f"linked from {_count(card.n_notes, 'note')}" if card.n_notes else "no note links to this heading"
    parts = [f"**{card.title}** · {links}", *_listed(card.notes, card.n_notes)]
    if card.related:
        parts += ["About the same:", *_listed(card.related, len(card.related))]
    return "\n\n".join(parts)


def _listed(notes: Iterable[Listed], total: int) -> list[str]:
    lines = [f"- {note.title} · `{note.path}`" + (f"  \n  {note.text}" if note.text else "") for note in notes]
    if total > len(lines):
        lines.append(f"- … and {total - len(lines)} more")
    return ["\n".join(lines)] if lines else []


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
