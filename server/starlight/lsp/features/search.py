"""``starlight.search``: passages that answer a query, from every folder or from one; and what it may hold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    from starlight.engine.refining import Refinement
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(SEARCH)
    async def search(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            asked = convert.argument(arguments)
            await server.session.until_started()
            query, limit = _query(asked), convert.limit(asked, server.session.settings.search_limit)
            roots = server.session.chosen(asked.get("root"))
            seconds = server.session.settings.refine_milliseconds / 1000 if _flag(asked, "refine") else None
            wanted = Wanted(query, limit, explain=_flag(asked, "explain"), seconds=seconds)
            return await search_all(server.session, roots, wanted)

    @server.command(SYNTAX)
    def syntax(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        return syntax_json()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks for: with ``explain`` the numbers behind each hit, with ``seconds`` a second look."""

    query: str
    limit: int
    explain: bool = False
    seconds: float | None = None
    """How long the second look may take."""


async def search_all(session: Session, roots: list[Root], wanted: Wanted) -> dict[str, Any]:
    """Return the JSON form of the best hits of all ``roots``, each with its URI.

    Raises:
        StarlightError: not one of them can be searched.
    """
    searches = [
        _search(root, wanted) if wanted.seconds is None else _refined(root, wanted, wanted.seconds) for root in roots
    ]
    answers = await asyncio.gather(*searches, return_exceptions=True)
    results = []
    for answer in answers:
        if isinstance(answer, StarlightError) and len(answers) > 1:
            continue  # a folder that cannot be searched costs only itself; the status says why
        if isinstance(answer, BaseException):
            raise answer
        results.append(answer)
    complete = session.started and all(found.complete for _, found in results)
    return {"query": wanted.query, "complete": complete, **_merged(session, results, wanted.limit)}


def _merged(session: Session, results: Sequence[tuple[Root, Results]], limit: int) -> dict[str, Any]:
    """Return what several folders found as one list."""
    hits = [_hit_json(session, root, hit) for root, found in results for hit in found.hits]
    best = sorted(hits, key=lambda hit: -hit["score"])[:limit]
    return {
        "verdict": best_verdict([found.verdict for _, found in results]),
        "confidence": max((found.confidence for _, found in results), default=0.0),
        "refined": any(found.refined for _, found in results),
        "hits": best,
        "notes": folded(hit["uri"] for hit in best),
        "problems": problems_json(_shared([found.problems for _, found in results])),
    }


def _shared(problems: Sequence[Sequence[Problem]]) -> list[Problem]:
    """Return the problems that every folder has: a filter that is for something in one of them is none."""
    first, *others = problems or [()]
    return [problem for problem in first if all(problem in each for each in others)]


def _hit_json(session: Session, root: Root, hit: Hit) -> dict[str, Any]:
    path = hit.path.removeprefix(f"{root.below}/")
    return {**hit_json(hit), "path": path, **session.addresses(root.folder / path)}


async def _search(root: Root, wanted: Wanted, refinement: Refinement | None = None) -> tuple[Root, Results]:
    def search(workspace: Workspace) -> Results:
        found = workspace.search(
            wanted.query, wanted.limit, below=root.below, explain=wanted.explain, refinement=refinement
        )
        if refinement is None and workspace.refining:
            workspace.refining.prepare()  # what is refined next need not wait for it
        return found

    try:
        return root, await root.query(search)
    except IndexMissing:
        return root, Results(wanted.query, "nothing", complete=False, hits=())


async def _refined(root: Root, wanted: Wanted, seconds: float) -> tuple[Root, Results]:
    """Search, and again when more of the second look has come, until all has, or so many seconds are over.

    Nothing but the waiting is done here: first results that somebody else asks for meanwhile come between.
    """
    clock = asyncio.get_running_loop().time
    try:
        refinement = await root.query(lambda workspace: workspace.refinement(wanted.query))
    except IndexMissing:
        return root, Results(wanted.query, "nothing", complete=False, hits=())
    end = clock() + seconds
    while True:
        found = await _search(root, wanted, refinement)
        if refinement is None or not refinement.waits:
            return found
        if not await asyncio.to_thread(refinement.wait, max(end - clock(), 0)):
            refinement.end()


def _flag(asked: Mapping[str, Any], name: str) -> bool:
    flag = asked.get(name)
    if not isinstance(flag, bool | None):
        raise InvalidRequest(f"`{name}` must be true or false")
    return bool(flag)


def _query(asked: Mapping[str, Any]) -> str:
    query = asked.get("query")
    if not isinstance(query, str):
        raise InvalidRequest("`query` must be the text to search for")
    return query
