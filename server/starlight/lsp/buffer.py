"""Open documents as the protocol has them: their lines end at ``\\n``, ``\\r\\n`` and ``\\r``, and nowhere else.

Those of pygls end at a form feed or U+2028 as well, so that a change behind one lands elsewhere than in the editor.
"""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from starlight.lsp import convert
from starlight.notes.place import Lines


class Buffer(TextDocument):
    """The text of an open document."""

    def _apply_incremental_change(self, change: lsp.TextDocumentContentChangePartial) -> None:
        text = self.source
        lines = Lines(text)
        start, end = (
            convert.offset_in(lines, place, self.position_codec) for place in (change.range.start, change.range.end)
        )
        self._source = text[:start] + change.text + text[max(start, end) :]


def take_over(server: LanguageServer) -> None:
    """Have what the client opens from now on kept as a ``Buffer``."""
    workspace = server.workspace

    def create(
        uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None
    ) -> TextDocument:
        return Buffer(uri, source, version, language_id, position_codec=workspace.position_codec)

    setattr(workspace, "_create_text_document", create)  # noqa: B010 -- pygls has no other place to say so
