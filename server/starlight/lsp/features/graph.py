"""``starlight.graph``: how notes are connected, what is near to one, clusters, and notes that stand out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import GRAPH
from starlight.lsp.root import Root

if TYPE_CHECKING:
    from starlight.engine.graph_answers import GraphAnswer, GraphQuestion
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(GRAPH)
    async def graph(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            asked = convert.argument(arguments)
            await server.session.until_started()
            root, path = _place(server, asked)
            question = _question(root, path, asked)
            opened = server.session.open_texts(root.outer or root)
            found = await root.query(lambda workspace: workspace.connections(question, opened), beside=True)
            return {"root": str((root.outer or root).folder), **_addressed(server, root.outer or root, found)}


def _place(server: StarlightServer, asked: Mapping[str, Any]) -> tuple[Root, str]:
    """Return the root that is asked, and the note in it that the question is about; empty for none."""
    uri = asked.get("uri")
    if uri is None:
        roots = server.session.chosen(asked.get("root"))
        if len(roots) != 1:
            raise InvalidRequest("several folders are open: say which by `root`, or by the `uri` of a note in it")
        return roots[0], ""
    path = convert.path_of(convert.text(asked, "uri"))
    found = server.session.root_of(path) if path else None
    if not found:
        raise InvalidRequest("`uri` must be the URI of a note in a folder that is open")
    root, within = found
    return root, root.path_in_outer(within)


def _question(root: Root, path: str, asked: Mapping[str, Any]) -> GraphQuestion:
    from starlight.engine.graph_answers import LIMIT, GraphQuestion

    to = convert.text(asked, "to") if asked.get("to") is not None else ""
    place = convert.path_of(to) if "://" in to else None
    if place:
        within = (root.outer or root).path_within(place)
        if within is None:
            raise InvalidRequest("`to` lies in another folder than `uri`: nothing connects notes of two folders")
        to = within
    depth = asked.get("depth", 1)
    if isinstance(depth, bool) or not isinstance(depth, int):
        raise InvalidRequest("`depth` must be a whole number")
    what: Any = convert.text(asked, "what")
    return GraphQuestion(what, path, to, depth, convert.limit(asked, LIMIT))


def _addressed(server: StarlightServer, root: Root, value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Return ``value`` with the addresses of each note in it beside its path, at any depth."""
    if isinstance(value, list):
        return [_addressed(server, root, each) for each in value]
    if not isinstance(value, dict):
        return value
    found: GraphAnswer = {name: _addressed(server, root, each) for name, each in value.items()}
    path = value.get("path", value["to"] if isinstance(value.get("to"), str) else None)
    return {**found, **server.session.addresses(root.folder / path)} if isinstance(path, str) else found
