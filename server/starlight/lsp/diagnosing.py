"""``textDocument/publishDiagnostics``: what is wrong in the notes that are open, a moment after it can have changed."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from starlight.config import Settings
from starlight.engine.diagnosing import Code, problems
from starlight.lsp import convert
from starlight.lsp.hinting import SOURCE, Hinting
from starlight.lsp.looking import View, look
from starlight.lsp.root import Root

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

_PAUSE = 0.4
"""Seconds without a change after which a document is looked at: nobody wants to be told of half a link."""
_SEVERITIES: dict[Code, lsp.DiagnosticSeverity] = {
    "broken-link": lsp.DiagnosticSeverity.Warning,
    "ambiguous-link": lsp.DiagnosticSeverity.Information,
    "missing-heading": lsp.DiagnosticSeverity.Warning,
    "duplicate-alias": lsp.DiagnosticSeverity.Information,
    "front-matter": lsp.DiagnosticSeverity.Warning,
}


def wanted(settings: Settings) -> list[Code]:
    """Return the kinds of problems that the user wants to be told."""
    chosen: dict[Code, bool] = {
        "broken-link": settings.check_broken_links,
        "ambiguous-link": settings.check_ambiguous_links,
        "missing-heading": settings.check_missing_headings,
        "duplicate-alias": settings.check_duplicate_aliases,
        "front-matter": settings.check_front_matter,
    }
    return [code for code, is_on in chosen.items() if is_on]


class Diagnoser:
    """Says what is wrong in open documents.  Everything but the looking happens on the event loop."""

    def __init__(self, server: StarlightServer) -> None:
        self._server = server
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._problems: dict[str, list[lsp.Diagnostic]] = {}
        self._hinting = Hinting(server, self._publish)
        self._seen: WeakKeyDictionary[Root, tuple[str, int]] = WeakKeyDictionary()

    def later(self, uri: str) -> None:
        """Look at the document at ``uri`` after a pause."""
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        self._timers[uri] = asyncio.get_running_loop().call_later(_PAUSE, self._start, uri)
        self._hinting.later(uri)

    def forget(self, uri: str) -> None:
        """Say nothing more of a document that was closed."""
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        self._problems.pop(uri, None)
        self._hinting.forget(uri)
        self._publish(uri)

    def index_changed(self, root: Root) -> None:
        """Look again at what is open: other notes have come or gone."""
        now = (root.status.state, root.status.revision)
        if self._seen.get(root) != now and root.status.state != "indexing":
            self._seen[root] = now
            self.all()

    def all(self) -> None:
        """Look at every open document."""
        self._server.refresh_soon()
        for document in self._server.workspace.text_documents.values():
            if not convert.is_text_view(document.uri):
                self.later(document.uri)

    def close(self) -> None:
        """Stop."""
        self._hinting.close()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _start(self, uri: str) -> None:
        self._timers.pop(uri, None)
        self._server.session.run(f"diagnose {uri}", self._diagnose(uri))

    async def _diagnose(self, uri: str) -> None:
        document = convert.open_document(self._server.workspace, uri)
        if document is None:
            return
        codes = wanted(self._server.session.settings)
        with contextlib.suppress(JsonRpcException):  # it has changed meanwhile and is looked at again, or cannot be
            found = await look(self._server, uri, lambda view: _found(view, codes))
            if found is not None:
                self._problems[uri] = found
                self._publish(uri)

    def _publish(self, uri: str) -> None:
        """Tell the client of a document as it is now; of one that was closed, that there is nothing to say."""
        document = convert.open_document(self._server.workspace, uri)
        found = [*self._problems.get(uri, ()), *self._hinting.diagnostics(uri)] if document else []
        version = document.version if document else None
        self._server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, version))


def _found(view: View, codes: list[Code]) -> list[lsp.Diagnostic]:
    return [
        lsp.Diagnostic(
            range=view.own(problem.start, problem.end),
            message=problem.message,
            severity=_SEVERITIES[problem.code],
            code=problem.code,
            source=SOURCE,
        )
        for problem in problems(view.catalogue, view.source, codes)
    ]
