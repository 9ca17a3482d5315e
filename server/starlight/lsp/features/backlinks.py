"""``starlight.backlinks``: what links to a note, with what stands around it, and who names it without a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.navigation import Mention, Place, backlinks, in_context, mentions
from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.looking import View, look
from starlight.lsp.protocol import BACKLINKS

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

_LIMIT = 1_000


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(BACKLINKS)
    async def linking(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            uri = convert.text(convert.argument(arguments), "uri")
            found = await look(server, uri, _found) if uri else None
            if found is None:
                raise InvalidRequest("`uri` must be the URI of a note in a folder that is open")
            return found


def _found(view: View) -> dict[str, Any]:
    catalogue, source = view.catalogue, view.source
    links = [Place(path, link.start, link.end) for path, link in backlinks(catalogue, source) if path != source]
    return {
        "path": source,
        "title": catalogue.title(source),
        "backlinks": [_json(view, each) for each in in_context(catalogue, links[:_LIMIT])],
        "mentions": [_json(view, each) for each in in_context(catalogue, mentions(catalogue, source))],
        "total": len(links),
    }


def _json(view: View, mention: Mention) -> dict[str, Any]:
    place = mention.place
    return {
        "path": place.path,
        **view.addresses(place.path),
        "title": mention.title,
        "heading": mention.heading,
        "line": mention.line,
        "context": mention.context,
        "range": view.range(place.path, place.start, place.end),
    }
