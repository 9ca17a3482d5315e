"""Hints for open notes: found behind, a while after nothing was typed, and shown among the diagnostics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from starlight.config import Settings
from starlight.errors import StarlightError
from starlight.lsp import convert
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

    from starlight.engine.hinting import Code, Hint, Hints
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer

SOURCE = "Starlight"
_PAUSE = 1.5
"""Seconds without a change after which hints are looked for: nobody wants them while writing."""
_SLICE = 0.2
"""Seconds of searching in one go; then others have their turn."""
_REST = 0.3
"""Seconds before it goes on."""


def wanted(settings: Settings) -> list[Code]:
    """Return the kinds of hints that the user wants."""
    chosen: dict[Code, bool] = {
        "unlinked-mention": settings.hint_unlinked_mentions,
        "already-written": settings.hint_already_written,
    }
    return [code for code, is_on in chosen.items() if is_on]


class Hinting:
    """Finds the hints for open documents; ``changed`` is told the URI of one that has others now."""

    def __init__(self, server: StarlightServer, changed: Callable[[str], None]) -> None:
        self._server = server
        self._changed = changed
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._found: dict[str, tuple[str, tuple[Hint, ...]]] = {}
        """By URI: the hints, and the text that they are for."""

    def later(self, uri: str) -> None:
        """Look at the document at ``uri`` after a pause."""
        self._stop(uri)
        if wanted(self._server.session.settings) or uri in self._found:
            self._wait(uri, _PAUSE)

    def forget(self, uri: str) -> None:
        """Say nothing more of a document that was closed."""
        self._stop(uri)
        self._found.pop(uri, None)

    def close(self) -> None:
        """Stop."""
        for uri in list(self._timers):
            self._stop(uri)

    def diagnostics(self, uri: str) -> list[lsp.Diagnostic]:
        """Return the hints for the document at ``uri`` as it is now."""
        document = convert.open_document(self._server.workspace, uri)
        if document is None or uri not in self._found:
            return []
        from starlight.engine.hinting import moved

        before, hints = self._found[uri]
        text = document.source
        lines = Lines(text)
        return [self._diagnostic(hint, document, text, lines) for hint in moved(hints, before, text)]

    def _diagnostic(self, hint: Hint, document: TextDocument, text: str, lines: Lines) -> lsp.Diagnostic:
        found = lsp.Diagnostic(
            range=convert.range_in(text, lines, hint.start, hint.end, document.position_codec),
            message=hint.message,
            severity=lsp.DiagnosticSeverity.Hint,
            code=hint.code,
            source=SOURCE,
        )
        if hint.code == "already-written" and self._relates and (there := self._uri(document.uri, hint.path)):
            at = lsp.Location(there, convert.line_range(hint.line, hint.line))
            found.related_information = [lsp.DiagnosticRelatedInformation(at, hint.title)]
        return found

    @property
    def _relates(self) -> bool:
        document = self._server.client_capabilities.text_document
        shown = document.publish_diagnostics if document else None
        return bool(shown and shown.related_information)

    def _uri(self, uri: str, path: str) -> str:
        within = convert.path_of(uri)
        session = self._server.session
        found = session.root_of(within) if within else None
        return session.uri_of(found[0].folder / path) if found else ""

    def _wait(self, uri: str, seconds: float) -> None:
        self._timers[uri] = asyncio.get_running_loop().call_later(seconds, self._start, uri)

    def _stop(self, uri: str) -> None:
        if timer := self._timers.pop(uri, None):
            timer.cancel()

    def _start(self, uri: str) -> None:
        self._timers.pop(uri, None)
        self._server.session.run(f"hints {uri}", self._look(uri))

    async def _look(self, uri: str) -> None:
        document = convert.open_document(self._server.workspace, uri)
        path = convert.path_of(uri)
        place = self._server.session.root_of(path) if path else None
        if document is None or place is None:
            return
        root, within = place
        version, text, codes = document.version, document.source, wanted(self._server.session.settings)
        opened = self._server.session.open_texts(root)

        def is_same() -> bool:
            return document.version == version

        def ask(workspace: Workspace) -> Hints:
            return workspace.authoring.hints(within, text, opened, codes, is_same, _SLICE)

        with contextlib.suppress(StarlightError):  # without an index there are none
            hints, is_whole = await root.behind(ask)
            if not is_same() or convert.open_document(self._server.workspace, uri) is not document:
                return
            self._take(uri, text, hints)
            if not is_whole and uri not in self._timers:
                self._wait(uri, _REST)

    def _take(self, uri: str, text: str, hints: tuple[Hint, ...]) -> None:
        before = self._found.get(uri, ("", ()))[1]
        self._found[uri] = text, hints
        if before != hints:
            self._changed(uri)
