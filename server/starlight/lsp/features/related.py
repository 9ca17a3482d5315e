"""Passages of other notes that belong to the place of the cursor, from unsaved text, and links to their notes.

``starlight.related`` is answered once; after ``starlight.follow`` the client is told by ``starlight/related``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.errors import translated
from starlight.lsp.protocol import FOLLOW, LINK, RELATED, UNFOLLOW
from starlight.lsp.relating import related

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(RELATED)
    async def once(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            return await related(server, convert.argument(arguments))

    @server.command(FOLLOW)
    def follow(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            server.subscription.follow(convert.argument(arguments))
            return {"following": True}

    @server.command(UNFOLLOW)
    def unfollow(ls: LanguageServer, *_arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        server.subscription.end()
        return {"following": False}

    @server.command(LINK)
    async def link(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            return {"text": await _link(server, convert.argument(arguments))}


async def _link(server: StarlightServer, asked: Mapping[str, Any]) -> str:
    source, target = (convert.path_of(convert.text(asked, name)) for name in ("uri", "target"))
    found = server.session.root_of(target) if target else None
    if not found:
        raise InvalidRequest("`target` must be the URI of a note in a folder that is open")
    root, to = found
    within = root.path_within(source) if source else ""
    if within is None:
        raise InvalidRequest(f"{to} lies in another folder than this document: no link leads there")
    opened, style = server.session.open_texts(root), server.session.settings.link_style
    made = await root.link(lambda workspace: workspace.authoring.link(within, to, opened, style))
    if made is None:
        raise InvalidRequest(f"{to} is no note that is indexed")
    return made
