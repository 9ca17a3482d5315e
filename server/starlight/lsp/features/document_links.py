"""``textDocument/documentLink``: the links of a document; where one leads is looked up when it is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.navigation import destination
from starlight.lsp.looking import View, look

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

_AT_ONCE = 200
"""Links of a document that are looked up before they are asked for."""


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK, lsp.DocumentLinkOptions(resolve_provider=True))
    async def links(params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink] | None:
        uri = params.text_document.uri

        def ask(view: View) -> list[lsp.DocumentLink]:
            found = view.catalogue.links(view.source)
            if len(found) <= _AT_ONCE:
                pairs = [(link, _target(view, link.start)) for link in found]
                return [lsp.DocumentLink(view.own(link.start, link.end), target) for link, target in pairs if target]
            return [
                lsp.DocumentLink(view.own(link.start, link.end), data={"uri": uri, "start": link.start})
                for link in found
            ]

        return await look(server, uri, ask)

    @server.feature(lsp.DOCUMENT_LINK_RESOLVE)
    async def resolve(link: lsp.DocumentLink) -> lsp.DocumentLink:
        data = link.data if isinstance(link.data, dict) else {}
        uri, start = data.get("uri"), data.get("start")
        if isinstance(uri, str) and isinstance(start, int):
            link.target = await look(server, uri, lambda view: _target(view, start))
        return link


def _target(view: View, start: int) -> str | None:
    """Return the URI that the link at ``start`` leads to, with the line of a heading or a block."""
    link = view.catalogue.link_at(view.source, start)
    place = destination(view.catalogue, link, view.source) if link else None
    if place is None:
        return None
    line = view.range_of(place).start.line + 1 if place.end or place.span else 0
    return view.linked(place.path) + (f"#L{line}" if line else "")
