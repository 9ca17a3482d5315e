"""Between the client's terms and ours: positions in three encodings, URIs, arguments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.readers import formats
from starlight.readers.formats import Format

ENCODINGS = {
    "utf-8": PositionCodec(lsp.PositionEncodingKind.Utf8),
    "utf-16": PositionCodec(lsp.PositionEncodingKind.Utf16),
    "utf-32": PositionCodec(lsp.PositionEncodingKind.Utf32),
}
UNITS = {
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf-32": len,
}

TEXT = "# Tee 😀\r\nzweite é\rdritte 👩‍👩‍👧 文\n\u2028still dritte\x0bund\x85\x0c\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("line", "before", "what"),
    [
        (0, "", "the start"),
        (0, "# Tee 😀", "the end of a line before CRLF"),
        (1, "zweite ", "before é"),
        (1, "zweite é", "the end of a line before a lone CR"),
        (2, "dritte 👩‍👩‍👧", "after a family of seven code points"),
        (3, "\u2028still", "U+2028 ends no line"),
        (3, "\u2028still dritte\x0bund\x85\x0c", "nor do VT, NEL and FF"),
        (4, "", "the empty last line"),
    ],
)
def test_positions(encoding, line, before, what):
    position = lsp.Position(line, UNITS[encoding](before))
    lines = re.split(r"\r\n|\n|\r", TEXT)
    start = sum(len(found) for found in re.findall(r"[^\r\n]*(?:\r\n|\n|\r)", TEXT)[:line])
    assert lines[line].startswith(before)
    offset = convert.offset_of(TEXT, position, ENCODINGS[encoding])
    assert offset == start + len(before), what
    assert convert.range_of(TEXT, offset, offset, ENCODINGS[encoding]).start == position, what


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_beyond_the_text_are_at_its_nearest_end(encoding):
    codec = ENCODINGS[encoding]
    assert convert.offset_of("ab\ncd", lsp.Position(0, 99), codec) == 2
    assert convert.offset_of("ab\ncd", lsp.Position(1, 99), codec) == 5
    assert convert.offset_of("ab\ncd", lsp.Position(99, 99), codec) == 5
    assert convert.offset_of("", lsp.Position(0, 0), codec) == 0


def test_range_over_lines():
    found = convert.range_of(TEXT, TEXT.index("Tee"), TEXT.index("文"), ENCODINGS["utf-16"])
    assert found == lsp.Range(lsp.Position(0, 2), lsp.Position(2, 7 + 8 + 1))


@given(st.text(alphabet="aé文😀\u2028\r\n\t"), st.data())
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_there_and_back(encoding, text, data):
    outside = [offset for offset in range(len(text) + 1) if text[offset - 1 : offset + 1] != "\r\n" or not offset]
    offset = data.draw(st.sampled_from(outside))
    position = convert.range_of(text, offset, offset, ENCODINGS[encoding]).start
    assert convert.offset_of(text, position, ENCODINGS[encoding]) == offset


@pytest.mark.parametrize(("first", "last", "end"), [(1, 1, 1), (3, 7, 7), (5, 2, 5)])
def test_whole_lines(first, last, end):
    assert convert.line_range(first, last) == lsp.Range(lsp.Position(first - 1, 0), lsp.Position(end, 0))


@pytest.mark.parametrize("name", ["plain", "with space", "Ärger & 100%", "文書", "😀", "a#b?c=d", "[x]", "a+b"])
def test_paths_there_and_back(name, tmp_path):
    path = tmp_path / name / "note.md"
    assert convert.path_of(convert.uri_of(path)) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///notes/a%20b.md", Path("/notes/a b.md")),
        ("file:///notes/a b.md", Path("/notes/a b.md")),
        ("file:///notes/%C3%A4.md", Path("/notes/ä.md")),
        ("file:///notes/ä.md", Path("/notes/ä.md")),
        ("file:///notes/", Path("/notes")),
        ("file:///notes/x/../tea.md", Path("/notes/tea.md")),
        ("untitled:Untitled-1", None),
        ("https://example.org/notes/tea.md", None),
        ("vscode-notebook-cell:/notes/a.ipynb#1", None),
        ("git:/notes/tea.md?HEAD", None),
        ("/notes/tea.md", None),
        ("", None),
    ],
)
def test_uris(uri, path):
    assert convert.path_of(uri) == path


@pytest.mark.parametrize("name", ["paper.pdf", "two words.pdf", "ä#1%20?.pdf", "a.md.pdf"])
def test_text_views_there_and_back(name, tmp_path, documents):
    path = tmp_path / name
    uri = convert.text_view_of(path)
    assert uri.startswith("starlight-text:///")
    assert uri.endswith(".pdf.md")
    assert convert.is_text_view(uri)
    assert not convert.is_text_view(path.as_uri())
    assert convert.path_of(uri) == path
    assert convert.path_of(uri.replace(":///", ":/")) == path, "as VS Code writes it"


@pytest.mark.parametrize(
    "uri",
    [
        "starlight-text:", "starlight-text:///", "starlight-text:///notes/tea.md", "starlight-text:///notes/tea.md.md",
        "starlight-text:///paper.pdf", "starlight-text:///a%00.pdf.md", "starlight-text:///.pdf.md",
    ],
)  # fmt: skip
def test_views_of_nothing(uri, documents):
    assert convert.path_of(uri) is None


@pytest.fixture
def documents(monkeypatch):
    """PDF is a format that is read in a process of its own."""
    pdf = Format("pdf", "PDF", (".pdf",), "pdf", 1, "", unit="page")
    monkeypatch.setattr(formats, "_BY_ENDING", {".pdf": pdf})


def test_one_object_is_an_argument_and_none_is_an_empty_one():
    assert convert.argument(({"query": "tea"},)) == {"query": "tea"}
    assert convert.argument(()) == {}
    assert convert.argument((None,)) == {}


@pytest.mark.parametrize("arguments", [("tea",), (["tea"],), (5,), ({}, {}), ({"query": "tea"}, None)])
def test_anything_else_is_none(arguments):
    with pytest.raises(InvalidRequest, match="one object"):
        convert.argument(arguments)


@pytest.mark.parametrize("folder", ["/", "/home/you/my notes", "/ü#1"])
@pytest.mark.parametrize("path", ["a.md", "sub/a b.md", "é/茶 😀?.md", "50% off#1.md", "a+b@c~d;e,f=g&h'i(j)!k*.md"])
def test_uris_below_a_folder_are_those_of_their_paths(folder: str, path: str) -> None:
    assert convert.uri_below(Path(folder).as_uri(), path) == convert.uri_of(Path(folder) / path)
