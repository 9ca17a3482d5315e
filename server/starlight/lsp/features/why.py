"""``starlight.why``: why a file is, or is not, in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.why import outside
from starlight.engine.wire import why_json
from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import WHY

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(WHY)
    async def why(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            uri = convert.argument(arguments).get("uri")
            if not isinstance(uri, str) or not uri:
                raise InvalidRequest("`uri` must be the URI of a file")
            path = convert.path_of(uri)
            found = server.session.root_of(path) if path else None
            if not found:
                return {**why_json(outside(str(path) if path else uri)), "root": ""}
            root, within = found
            answer = await root.query(lambda workspace: workspace.why(within))
            return {**why_json(answer), "root": str(root.folder)}
