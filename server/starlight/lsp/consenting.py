"""The user's consent to text leaving the machine: asked for when it is needed, once, and kept with the user."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from starlight.engine.assistant import Wanted
from starlight.errors import ConsentNeeded

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

T = TypeVar("T")


async def consenting(server: StarlightServer, wanted: Wanted, run: Callable[[], Awaitable[T]]) -> T:
    """Return what ``run`` does; where that needs consent, ask for it and, once it is given, do it.

    Raises:
        ConsentNeeded: the user does not agree, or did not before and was not asked again.
    """
    try:
        return await run()
    except ConsentNeeded:
        if not await _agreed(server, wanted):
            raise
    return await run()


async def _agreed(server: StarlightServer, wanted: Wanted) -> bool:
    """Ask the user; whoever said no is asked again only by a request that names the model."""
    refused = server.session.refused
    if wanted in refused and not wanted.name:
        return False
    assistant = server.session.assistant
    host, question = await asyncio.to_thread(assistant.question_of_consent, wanted)
    yes = f"Send to {host}"
    if await server.ask(question, (yes, "Do not send")) != yes:
        refused.add(wanted)
        return False
    refused.discard(wanted)
    await asyncio.to_thread(assistant.consent, wanted)
    return True
