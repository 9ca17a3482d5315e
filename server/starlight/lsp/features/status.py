"""``starlight.status``: how every folder stands, with sizes, and with a report as text."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.lsp.errors import translated
from starlight.lsp.protocol import STATUS

if TYPE_CHECKING:
    from starlight.engine.report import Standing
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(STATUS)
    async def status(ls: LanguageServer, *_arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            from starlight.engine.report import report
            from starlight.engine.wire import standing_json

            roots = server.session.indexed()
            known = (replace(root.standing, lines=server.background.counts(root.workspace)) for root in roots)
            standings = await asyncio.gather(*map(measured, known))
            return {
                **server.session.status(),
                "roots": [standing_json(standing) for standing in standings],
                "report": await asyncio.to_thread(report, standings),
            }


async def measured(standing: Standing) -> Standing:
    """Return ``standing`` with what takes a while where the index is large: its sizes, and problems of files."""
    workspace = standing.workspace
    if workspace is None:
        return standing
    sizes, problems = await asyncio.to_thread(lambda: (workspace.sizes(), workspace.problems()))
    return replace(standing, sizes=sizes, problems=problems)
