"""``starlight.related``: passages of other notes that belong to the place of the cursor, from unsaved text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from starlight.engine.related import Origin
from starlight.engine.wire import hit_json
from starlight.errors import IndexMissing, InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import RELATED

if TYPE_CHECKING:
    from starlight.engine.hits import Hit
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(RELATED)
    async def related(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            return await _related(server, convert.argument(arguments))


async def _related(server: StarlightServer, asked: Mapping[str, Any]) -> dict[str, Any]:
    uri = convert.text(asked, "uri")
    if not uri:
        raise InvalidRequest("`uri` must be that of the document")
    path = convert.path_of(uri)
    roots = server.session.indexed()
    root, within = (server.session.root_of(path) if path else (roots[0], "") if roots else None) or (None, "")
    if root is None:
        return {"complete": server.session.started, "hits": []}
    opened = server.session.open_texts(root)
    document = convert.open_document(server.workspace, uri)
    text = convert.text(asked, "text") or (document.source if document else "") or opened.get(within, "")
    codec = document.position_codec if document else server.workspace.position_codec
    limit = convert.limit(asked, server.session.settings.search_limit)
    other_folders = asked.get("other_folders") is True

    def ask(workspace: Workspace) -> tuple[Hit, ...]:
        known = text or workspace.text(within) or ""
        origin = Origin(within, known, *_span(known, asked, codec))
        return workspace.authoring.related(origin, opened, limit, other_folders=other_folders)

    try:
        found = await root.query(ask)
    except IndexMissing:
        return {"complete": False, "hits": []}
    hits = [{**hit_json(hit), "uri": convert.uri_of(root.folder / hit.path)} for hit in found]
    return {"complete": root.status.state == "ready", "hits": hits}


def _span(text: str, asked: Mapping[str, Any], codec: PositionCodec) -> tuple[int | None, int | None]:
    """Return the offsets of the selection, or of the cursor twice; None where the request names no place."""
    if asked.get("range") is not None:
        return convert.offsets_of(text, asked["range"], codec)
    position = asked.get("position")
    if position is None:
        return None, None
    start, end = convert.offsets_of(text, {"start": position, "end": position}, codec)
    return start, end
