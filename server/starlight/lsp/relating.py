"""What belongs to the place of the cursor: answered when it is asked for, or told whenever it is something else.

Everything here but the search itself runs on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from starlight.engine.wire import hit_json
from starlight.errors import IndexMissing, InvalidRequest, StarlightError
from starlight.lsp import convert
from starlight.lsp.protocol import RELATED_NOTIFICATION
from starlight.lsp.root import Root

if TYPE_CHECKING:
    from starlight.engine.hits import Hit
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer

log = logging.getLogger(__name__)

_PAUSE = 0.25
"""Seconds without a change of a text after which it is looked at: a client that tells of the cursor is sooner."""
_INDEX_PAUSE = 1.0
"""Seconds in which an index may change as often as it likes."""


async def related(server: StarlightServer, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the passages that belong to a place, as ``docs/protocol.md`` has them; ``check`` says what is asked.

    Raises:
        StarlightError: it makes no sense, or the folder cannot be used.
    """
    uri, span, limit = check(server, asked)
    path = convert.path_of(uri)
    roots = server.session.indexed()
    root, within = (server.session.root_of(path) if path else (roots[0], "") if roots else None) or (None, "")
    if root is None:
        return {"complete": server.session.started, "hits": []}
    opened = server.session.open_texts(root)
    document = convert.open_document(server.workspace, uri)
    text = convert.text(asked, "text") or (document.source if document else "") or opened.get(within, "")
    codec = document.position_codec if document else server.workspace.position_codec
    other_folders = asked.get("other_folders") is True

    def ask(workspace: Workspace) -> tuple[Hit, ...]:
        from starlight.engine.related import Origin

        known = text or workspace.text(within) or ""
        start, end = convert.offsets_of(known, span, codec) if span is not None else (None, None)
        origin = Origin(within, known, start, end)
        return workspace.authoring.related(origin, opened, limit, other_folders=other_folders)

    try:
        found = await root.query(ask)
    except IndexMissing:
        return {"complete": False, "hits": []}
    hits = [{**hit_json(hit), **server.session.addresses(root.folder / hit.path)} for hit in found]
    return {"complete": root.status.state == "ready", "hits": hits}


def check(server: StarlightServer, asked: Mapping[str, Any]) -> tuple[str, object, int]:
    """Return the document that is asked about, the selection in it (or the cursor, as one; None for none), the limit.

    Raises:
        InvalidRequest: what is asked makes no sense.
    """
    uri = convert.text(asked, "uri")
    if not uri:
        raise InvalidRequest("`uri` must be that of the document")
    span, position = asked.get("range"), asked.get("position")
    if span is None and position is not None:
        span = {"start": position, "end": position}
    if span is not None:
        convert.lines_of(span)
    return uri, span, convert.limit(asked, server.session.settings.search_limit)


class Subscription:
    """Follows one place of the client's, and tells what belongs to it whenever that is something else.

    The newest place and text win: a search for an older one is not begun any more, and what it finds is not told.
    """

    def __init__(self, server: StarlightServer) -> None:
        self._server = server
        self._asked: Mapping[str, Any] | None = None
        self._told: tuple[bool, list[dict[str, Any]]] | None = None
        """What the client knows of this document, without what it does not show."""
        self._timer: asyncio.TimerHandle | None = None
        self._search: asyncio.Task[None] | None = None
        self._seen: WeakKeyDictionary[Root, tuple[str, int]] = WeakKeyDictionary()

    def follow(self, asked: Mapping[str, Any]) -> None:
        """Follow this place, in place of another one: look now, for the client waited until the cursor rested.

        Raises:
            InvalidRequest: it makes no sense; then the one before is still followed.
        """
        check(self._server, asked)
        if self._asked is None or asked["uri"] != self._asked["uri"]:
            self._told = None
        self._asked = asked
        self._begin()

    def end(self) -> None:
        """Follow nothing any more."""
        self._stop()
        self._asked = self._told = None

    def forget(self, uri: str) -> None:
        """End where the document that is followed was closed."""
        if self._asked is not None and unquote(self._asked["uri"]) == unquote(uri):
            self.end()

    def text_changed(self) -> None:
        """Look again when nobody has typed for a moment."""
        self._later(_PAUSE)

    def index_changed(self, root: Root) -> None:
        """Look again, now and then: other notes have come or gone.  What has been told is left alone until the end."""
        now = (root.status.state, root.status.revision)
        has_hits = self._told is not None and bool(self._told[1])
        if self._seen.get(root) == now or (root.status.state == "indexing" and has_hits):
            return
        self._seen[root] = now
        if self._timer is None:
            self._later(_INDEX_PAUSE)

    def folders_changed(self) -> None:
        """Search no more in a folder that is gone."""
        self._stop()
        self._later(_PAUSE)

    def _later(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._asked is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._begin)

    def _begin(self) -> None:
        self._stop()
        if self._asked is not None:
            self._search = self._server.session.run("related", self._tell(self._asked))

    def _stop(self) -> None:
        for begun in (self._timer, self._search):
            if begun:
                begun.cancel()
        self._timer = self._search = None

    async def _tell(self, asked: Mapping[str, Any]) -> None:
        try:
            found = await related(self._server, asked)
        except StarlightError as error:  # the status says so, too
            log.info("nothing related can be told: %s", error)
            found = {"complete": False, "hits": []}
        shown = [{name: value for name, value in hit.items() if name != "score"} for hit in found["hits"]]
        now = (found["complete"], shown)
        if now != self._told:
            self._told = now
            self._server.protocol.notify(RELATED_NOTIFICATION, {"uri": asked["uri"], **found})
