"""``starlight.search``: passages that answer a query, from every folder or from one; and what it may hold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.hits import Hit, Results
from starlight.engine.ranking import best_verdict
from starlight.engine.wire import folded, hit_json, problems_json, syntax_json
from starlight.errors import IndexMissing, InvalidRequest, StarlightError
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import SEARCH, SYNTAX
from starlight.lsp.root import Root
from starlight.lsp.session import Session
from starlight.notes.query import Problem

if TYPE_CHECKING:
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
            return await search_all(server.session, roots, query, limit, explain=asked.get("explain") is True)

    @server.command(SYNTAX)
    def syntax(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        return syntax_json()


async def search_all(
    session: Session, roots: list[Root], query: str, limit: int, *, explain: bool = False
) -> dict[str, Any]:
    """Return the JSON form of the best ``limit`` hits of all ``roots``, each with its URI.

    With ``explain`` each has the numbers behind its place.

    Raises:
        StarlightError: not one of them can be searched.
    """
    asked = (_search(root, query, limit, explain=explain) for root in roots)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    results = []
    for answer in answers:
        if isinstance(answer, StarlightError) and len(answers) > 1:
            continue  # a folder that cannot be searched costs only itself; the status says why
        if isinstance(answer, BaseException):
            raise answer
        results.append(answer)
    complete = session.started and all(found.complete for _, found in results)
    return {"query": query, "complete": complete, **_merged(results, limit)}


def _merged(results: Sequence[tuple[Root, Results]], limit: int) -> dict[str, Any]:
    """Return what several folders found as one list."""
    hits = [_hit_json(root, hit) for root, found in results for hit in found.hits]
    best = sorted(hits, key=lambda hit: -hit["score"])[:limit]
    return {
        "verdict": best_verdict([found.verdict for _, found in results]),
        "confidence": max((found.confidence for _, found in results), default=0.0),
        "hits": best,
        "notes": folded(hit["uri"] for hit in best),
        "problems": problems_json(_shared([found.problems for _, found in results])),
    }


def _shared(problems: Sequence[Sequence[Problem]]) -> list[Problem]:
    """Return the problems that every folder has: a filter that is for something in one of them is none."""
    first, *others = problems or [()]
    return [problem for problem in first if all(problem in each for each in others)]


def _hit_json(root: Root, hit: Hit) -> dict[str, Any]:
    path = hit.path.removeprefix(f"{root.below}/")
    return {**hit_json(hit), "path": path, "uri": convert.uri_of(root.folder / path)}


async def _search(root: Root, query: str, limit: int, *, explain: bool) -> tuple[Root, Results]:
    def ask(workspace: Workspace) -> Results:
        return workspace.search(query, limit, below=root.below, explain=explain)

    try:
        return root, await root.query(ask)
    except IndexMissing:
        return root, Results(query, "nothing", complete=False, hits=())


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
