"""``starlight.map``: the map of one folder as a page, which the client shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from pygls.lsp.server import LanguageServer

from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.progress import WorkProgress
from starlight.lsp.protocol import MAP

if TYPE_CHECKING:
    from starlight.engine.map_html import Opener
    from starlight.lsp.root import Root
    from starlight.lsp.server import StarlightServer

_OPENERS = ("", "vscode", "file")


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(MAP)
    async def map_(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            from starlight.engine.mapping import write_map
            from starlight.engine.wire import map_json

            asked = convert.argument(arguments)
            await server.session.until_started()
            root, query, opener = _root(server, asked), convert.text(asked, "query"), _opener(asked)
            with server.session.generations.request("") as current:
                async with WorkProgress(server, f"Map of {root.folder.name}", current.cancellation) as progress:
                    opened = server.session.open_texts(root)
                    written = await root.query(
                        lambda workspace: write_map(workspace, None, query, opener, opened, progress.tell), beside=True
                    )
            if written is None:
                return {"root": str(root.folder), "stopped": True}
            found = map_json(written)
            return {"root": str(root.folder), "stopped": False, "uri": convert.uri_of(written.path), **found}


def _root(server: StarlightServer, asked: Mapping[str, Any]) -> Root:
    """Return the folder that is meant: by its path, or by a file in it, or the first one that is open."""
    path = convert.path_of(convert.text(asked, "uri"))
    found = server.session.root_of(path) if path else None
    if found and asked.get("root") is None:
        return found[0]
    roots = server.session.chosen(asked.get("root"))
    if not roots:
        raise InvalidRequest("no folder is open whose notes could be drawn")
    return roots[0].outer or roots[0]


def _opener(asked: Mapping[str, Any]) -> Opener | None:
    opener = convert.text(asked, "opener")
    if opener not in _OPENERS:
        raise InvalidRequest("`opener` must be `vscode` or `file`")
    return cast("Opener", opener) if opener else None
