"""``textDocument/definition``: where a link leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.engine.navigation import definition, subject_at
from starlight.lsp.looking import View, look

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

Answer = lsp.Location | list[lsp.LocationLink] | None


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def defined(params: lsp.DefinitionParams) -> Answer:
        def ask(view: View) -> Answer:
            offset = view.offset(params.position)
            place = definition(view.catalogue, view.source, offset)
            subject = subject_at(view.catalogue, view.source, offset)
            if place is None or subject is None:
                return None
            location = lsp.Location(view.linked(place.path), view.range_of(place))
            if not _takes_links(server):
                return location
            origin = view.own(subject.start, subject.end)
            return [lsp.LocationLink(location.uri, location.range, location.range, origin)]

        return await look(server, params.text_document.uri, ask)


def _takes_links(server: StarlightServer) -> bool:
    """Whether the client can be told how far the link reaches."""
    document = server.client_capabilities.text_document
    return bool(document and document.definition and document.definition.link_support)
