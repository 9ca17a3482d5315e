"""Whatever a file holds, parsing gives a note, and its places are places of the text."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from starlight.notes import frontmatter
from starlight.notes.folding import normalize
from starlight.notes.link_text import definition
from starlight.notes.markdown import parse
from starlight.notes.text import one_line, plain, segment, words
from tests.notes.strategies import any_text, markdown_text, odd_markdown


@given(st.one_of(any_text, markdown_text, odd_markdown))
def test_parsing_never_fails(text: str) -> None:
    note = parse(text, "stem")
    assert note.title
    n_lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert 1 <= note.body_line <= n_lines + 1
    for heading in note.headings:
        assert 0 <= heading.start <= len(text)
    for block in note.blocks:
        assert note.body_line <= block.first <= block.last <= n_lines
    for link in note.links:
        source = text[link.start : link.end]
        assert source.startswith("[[" if link.kind == "wiki" else ("[", "![")), (link, source)
        assert source.endswith("]]" if link.kind == "wiki" else ")") or definition(
            source, link._replace(start=0, end=len(source))
        )


@given(st.one_of(any_text, st.sampled_from("[{!&*%@-?:'\"|>~#,0\t").flatmap(lambda char: st.just(f"a: {char}"))))
def test_front_matter_never_fails(yaml: str) -> None:
    frontmatter.parse(f"---\n{yaml}\n---\n")


@given(any_text)
@example("🈐 🅰 🆎 🄰 🇩🇪 😀")
def test_text_functions_never_fail(text: str) -> None:
    assert segment(text) is not None
    assert words(text) == words(normalize(text))
    assert plain(text) is not None
    line = one_line(text, 80)
    assert len(line) <= 80
    assert line.isprintable() or not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in line)
