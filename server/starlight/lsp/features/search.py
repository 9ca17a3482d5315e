"""``starlight.search``: passages that answer a query, from every folder or from one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.ranking import best_verdict
from starlight.engine.search import Hit, Results
from starlight.engine.wire import hit_json
from starlight.errors import IndexMissing, InvalidRequest, StarlightError
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import SEARCH
from starlight.lsp.root import Root
from starlight.lsp.session import Session

if TYPE_CHECKING:
    from starlight.engine.refining import Refinement
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(SEARCH)
    async def search(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            asked = convert.argument(arguments)
            query, limit = _query(asked), _limit(asked, server.session.settings.search_limit)
            roots = server.session.chosen(asked.get("root"))
            return await search_all(server.session, roots, query, limit, refine=_refine(asked))


async def search_all(
    session: Session, roots: list[Root], query: str, limit: int, *, refine: bool = False
) -> dict[str, Any]:
    """Return the JSON form of the best ``limit`` hits of all ``roots``, each with its URI.

    With ``refine`` the best are looked at again, in the time that the settings allow.

    Raises:
        StarlightError: not one of them can be searched.
    """
    search = _refined if refine else _search
    answers = await asyncio.gather(*(search(root, query, limit) for root in roots), return_exceptions=True)
    results = []
    for answer in answers:
        if isinstance(answer, StarlightError) and len(answers) > 1:
            continue  # a folder that cannot be searched costs only itself; the status says why
        if isinstance(answer, BaseException):
            raise answer
        results.append(answer)
    hits = [_hit_json(root, hit) for root, found in results for hit in found.hits]
    return {
        "query": query,
        "verdict": best_verdict([found.verdict for _, found in results]),
        "complete": session.started and all(found.complete for _, found in results),
        "refined": any(found.refined for _, found in results),
        "hits": sorted(hits, key=lambda hit: -hit["score"])[:limit],
    }


def _hit_json(root: Root, hit: Hit) -> dict[str, Any]:
    path = hit.path.removeprefix(f"{root.below}/")
    return {**hit_json(hit), "path": path, "uri": convert.uri_of(root.folder / path)}


async def _search(root: Root, query: str, limit: int, refinement: Refinement | None = None) -> tuple[Root, Results]:
    def search(workspace: Workspace) -> Results:
        found = workspace.search(query, limit, below=root.below, refinement=refinement)
        if refinement is None and workspace.refining:
            workspace.refining.prepare()  # what is refined next need not wait for it
        return found

    try:
        return root, await root.query(search)
    except IndexMissing:
        return root, Results(query, "nothing", complete=False, hits=())


async def _refined(root: Root, query: str, limit: int) -> tuple[Root, Results]:
    """Search, and again when more of the second look has come, until all has, or the time is over.

    Nothing but the waiting is done here: first results that somebody else asks for meanwhile come between.
    """
    clock = asyncio.get_running_loop().time
    try:
        refinement, milliseconds = await root.query(
            lambda workspace: (workspace.refinement(query), workspace.settings.refine_milliseconds)
        )
    except IndexMissing:
        return root, Results(query, "nothing", complete=False, hits=())
    end = clock() + milliseconds / 1000
    while True:
        found = await _search(root, query, limit, refinement)
        if refinement is None or not refinement.waits:
            return found
        if not await asyncio.to_thread(refinement.wait, max(end - clock(), 0)):
            refinement.end()


def _refine(asked: Mapping[str, Any]) -> bool:
    refine = asked.get("refine")
    if not isinstance(refine, bool | None):
        raise InvalidRequest("`refine` must be true or false")
    return bool(refine)


def _query(asked: Mapping[str, Any]) -> str:
    query = asked.get("query")
    if not isinstance(query, str):
        raise InvalidRequest("`query` must be the text to search for")
    return query


def _limit(asked: Mapping[str, Any], default: int) -> int:
    limit = asked.get("limit")
    if limit is None:
        return default
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise InvalidRequest("`limit` must be a whole number")
    from starlight.engine.workspace import check_limit

    return check_limit(limit)
