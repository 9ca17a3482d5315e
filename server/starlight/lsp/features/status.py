"""``starlight.status``: how every folder stands, with a report as text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.lsp.errors import translated
from starlight.lsp.protocol import STATUS

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(STATUS)
    async def status(ls: LanguageServer, *_arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            return {**server.session.status(), "report": await report(server)}


async def report(server: StarlightServer) -> str:
    """Return the report of all folders, as plain text."""
    from starlight.engine import report as reports

    parts = [(root.folder, root.workspace, root.status, root.failures) for root in server.session.indexed()]
    return await asyncio.to_thread(reports.report, parts)
