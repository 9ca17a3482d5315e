"""What the client types is what the server has, whatever the text holds and however the client counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec, Workspace

from starlight.lsp.buffer import Buffer, take_over

WIDTHS = {
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf-32": len,
}
URI = "file:///note.md"
texts = st.text(alphabet="ab é文😀\u2028\x0b\x0c\x85\r\n\t", max_size=30)


def position(text: str, offset: int, encoding: str) -> lsp.Position:
    """Where an editor says that ``offset`` is: its lines end as the protocol says."""
    ends = [found.end() for found in re.finditer(r"\r\n|\r|\n", text) if found.end() <= offset]
    return lsp.Position(len(ends), WIDTHS[encoding](text[ends[-1] if ends else 0 : offset]))


def splits_an_end(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n" and offset > 0


@given(texts, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), texts), max_size=8))
@pytest.mark.parametrize("encoding", WIDTHS)
def test_any_sequence_of_edits(encoding, text, edits):
    buffer = Buffer(URI, text, 1, position_codec=PositionCodec(encoding))
    for one, other, put_in in edits:
        start, end = sorted(min(place, len(text)) for place in (one, other))
        if splits_an_end(text, start) or splits_an_end(text, end):
            continue
        place = lsp.Range(position(text, start, encoding), position(text, end, encoding))
        buffer.apply_change(lsp.TextDocumentContentChangePartial(place, put_in))
        text = text[:start] + put_in + text[end:]
        assert buffer.source == text


@pytest.mark.parametrize("place", [(0, 99), (9, 0), (9, 9)])
def test_places_outside_of_the_text(place):
    buffer = Buffer(URI, "one", 1)
    at = lsp.Position(*place)
    buffer.apply_change(lsp.TextDocumentContentChangePartial(lsp.Range(at, at), "!"))
    assert buffer.source == "one!"


def test_what_is_opened_is_one():
    server = LanguageServer("test", "1")
    server.protocol._workspace = Workspace(None)
    take_over(server)
    server.workspace.put_text_document(lsp.TextDocumentItem(URI, "markdown", 3, "a\x0cb\nc\n"))
    document = server.workspace.text_documents[URI]
    assert isinstance(document, Buffer)
    assert (document.version, document.language_id) == (3, "markdown")
    at = lsp.Position(1, 0)
    change = lsp.TextDocumentContentChangePartial(lsp.Range(at, at), "> ")
    server.workspace.update_text_document(lsp.VersionedTextDocumentIdentifier(4, URI), change)
    assert (document.version, document.source) == (4, "a\x0cb\n> c\n")
