"""``starlight.search``: passages that answer a query, from every folder or from one; and what it may hold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.ranking import best_verdict
from starlight.engine.search import Results
from starlight.engine.wire import hit_json, problems_json, syntax_json
from starlight.errors import IndexMissing, InvalidRequest, StarlightError
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import SEARCH, SYNTAX
from starlight.lsp.root import Root
from starlight.lsp.session import Session
from starlight.notes.query import Problem

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(SEARCH)
    async def search(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            asked = convert.argument(arguments)
            query, limit = _query(asked), convert.limit(asked, server.session.settings.search_limit)
            return await search_all(server.session, server.session.chosen(asked.get("root")), query, limit)

    @server.command(SYNTAX)
    def syntax(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        return syntax_json()


async def search_all(session: Session, roots: list[Root], query: str, limit: int) -> dict[str, Any]:
    """Return the JSON form of the best ``limit`` hits of all ``roots``, each with its URI.

    Raises:
        StarlightError: not one of them can be searched.
    """
    answers = await asyncio.gather(*(_search(root, query, limit) for root in roots), return_exceptions=True)
    results = []
    for answer in answers:
        if isinstance(answer, StarlightError) and len(answers) > 1:
            continue  # a folder that cannot be searched costs only itself; the status says why
        if isinstance(answer, BaseException):
            raise answer
        results.append(answer)
    hits = [
        {**hit_json(hit), "path": path, "uri": convert.uri_of(root.folder / path)}
        for root, found in results
        for hit in found.hits
        for path in [hit.path.removeprefix(f"{root.below}/")]
    ]
    return {
        "query": query,
        "verdict": best_verdict([found.verdict for _, found in results]),
        "complete": session.started and all(found.complete for _, found in results),
        "hits": sorted(hits, key=lambda hit: -hit["score"])[:limit],
        "problems": problems_json(_shared([found.problems for _, found in results])),
    }


def _shared(problems: Sequence[Sequence[Problem]]) -> list[Problem]:
    """Return the problems that every folder has: a filter that is for something in one of them is none."""
    first, *others = problems or [()]
    return [problem for problem in first if all(problem in each for each in others)]


async def _search(root: Root, query: str, limit: int) -> tuple[Root, Results]:
    try:
        return root, await root.query(lambda workspace: workspace.search(query, limit, below=root.below))
    except IndexMissing:
        return root, Results(query, "nothing", complete=False, hits=())


def _query(asked: Mapping[str, Any]) -> str:
    query = asked.get("query")
    if not isinstance(query, str):
        raise InvalidRequest("`query` must be the text to search for")
    return query
