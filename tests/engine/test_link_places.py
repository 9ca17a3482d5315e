"""Where links stand: what the index says of them is what their files say, or the files are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from starlight.engine.catalogue import Catalogue
from starlight.engine.navigation import Place, references
from starlight.engine.workspace import Workspace
from starlight.lsp import convert
from starlight.notes.place import Lines
from tests import vaults

pytestmark = pytest.mark.usefixtures("settled")

ENCODINGS = list(lsp.PositionEncodingKind)
TARGET = "---\naliases: [other]\n---\n# Tea\n\n## Part\n"
LINKS = [
    "[[tea]]", "[[tea#Part]]", "[[other|茶 😀]]", "[😀 x](tea.md)", "[a\nb](tea.md#part)", "![i](tea.md)", "`[[tea]]`",
    "\n\n[d]: tea.md\n", "\n\n[one]: <tea.md> 'x'\n\n", "[[none]]", "| [[tea\\|x]] | y |", "[[#Part]]",
]  # fmt: skip
WORDS = ["words ", "é", "😀\t", "茶", "\u2028", "- ", "> ", "\n", "\n\n", "# ", "|---|---|\n", "\ufeff", "\0"]
_text = st.lists(st.sampled_from([*LINKS, *WORDS]), max_size=12).map("".join)
_end = st.sampled_from(["\n", "\r\n", "\r"])


def forget(catalogue: Catalogue) -> None:
    """Have every file read: nothing that the index says of places is believed."""
    catalogue._facts.clear()
    catalogue._is_as_indexed.cache_clear()


def ranges(catalogue: Catalogue, places: list[Place], *, by_text: bool) -> list[lsp.Range]:
    found = []
    for codec in map(PositionCodec, ENCODINGS):
        for place in places:
            span = None if by_text else catalogue.span(*place[:3])
            text = (catalogue.text(place.path) or "") if span is None else ""
            found.append(
                convert.range_of(text, place.start, place.end, codec)
                if span is None
                else convert.range_of_span(span, codec)
            )
    return found


def both_ways(notes: Workspace, offset: int) -> tuple[list[lsp.Range], list[lsp.Range]]:
    """Where the links to what stands at ``offset`` of the target are: by the index, and by reading every file."""

    def by_index(catalogue: Catalogue) -> list[lsp.Range]:
        return ranges(catalogue, references(catalogue, "tea.md", offset), by_text=False)

    def by_files(catalogue: Catalogue) -> list[lsp.Range]:
        places = catalogue.leading_to("tea.md")
        catalogue._is_known = lambda _path: False  # type: ignore[method-assign]
        forget(catalogue)
        assert not any(catalogue.span(path, link.start, link.end) for path, link in places)
        return ranges(catalogue, references_read(catalogue, offset), by_text=True)

    return notes.look({}, by_index), notes.look({}, by_files)


def references_read(catalogue: Catalogue, offset: int) -> list[Place]:
    catalogue.span = lambda *_place: None  # type: ignore[method-assign]
    return references(catalogue, "tea.md", offset)


@pytest.fixture
def fresh(open_workspace: Callable[..., Workspace], tmp_path: Path) -> Callable[[dict[str, bytes]], Workspace]:
    """Make a workspace of files by path, in place of the last one, and index it."""
    made: list[Workspace] = []

    def make(files: dict[str, bytes]) -> Workspace:
        root = tmp_path / f"any-{len(made)}"
        if made:
            made[-1].close()
        vaults.write(root, "")
        for path, data in files.items():
            (root / path).write_bytes(data)
        made.append(open_workspace(root))
        made[-1].bring_up_to_date()
        return made[-1]

    return make


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_text, min_size=1, max_size=3), _end, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@example(["😀 [[tea]] [a\nb](tea.md#part)"], "\r\n", "utf-8-sig")
@example(["[d]: tea.md\n", "[x][d] [[tea]]\n\n[d]: tea.md\n"], "\n", "utf-8")
def test_the_index_says_what_the_files_say(fresh, texts: list[str], end: str, encoding: str) -> None:
    files = {f"{number}.md": text.replace("\n", end).encode(encoding) for number, text in enumerate(texts)}
    notes = fresh({**files, "tea.md": TARGET.encode()})
    for offset in (TARGET.index("Tea"), TARGET.index("Part"), 0):
        by_index, by_files = both_ways(notes, offset)
        assert by_index == by_files


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are read from now on."""
    read: list[str] = []
    real = Catalogue._read

    def reading(self: Catalogue, path: str) -> str | None:
        read.append(path)
        return real(self, path)

    monkeypatch.setattr(Catalogue, "_read", reading)
    return read


NOTES = "== tea.md ==\n# Tea\n\nwords\n\n## Part\n== a.md ==\n茶 [[tea]] [[tea#Part]]\n== b.md ==\n[x](tea.md)\n"


WORDS_AT, PART_AT = (NOTES.index(text) - NOTES.index("# Tea") for text in ("words", "Part"))


def starts(notes: Workspace, offset: int = WORDS_AT) -> list[tuple[str, int, int]]:
    """Of each link to the note: its path, line and character, in UTF-16."""
    codec = PositionCodec()

    def ask(catalogue: Catalogue) -> list[tuple[str, int, int]]:
        found = []
        for place in references(catalogue, "tea.md", offset):
            span = catalogue.span(*place[:3])
            text = catalogue.text(place.path) or "" if span is None else ""
            at = (
                convert.range_of_span(span, codec).start
                if span
                else convert.range_in(text, Lines(text), place.start, place.end, codec).start
            )
            found.append((place.path, at.line, at.character))
        return found

    return notes.look({}, ask)


def test_files_that_are_as_they_were_are_not_read(indexed, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = indexed(NOTES)
    read = count_reads(monkeypatch)
    assert starts(notes) == [("a.md", 0, 2), ("a.md", 0, 10), ("b.md", 0, 0)]
    assert starts(notes, PART_AT) == [("a.md", 0, 10)]
    assert set(read) == {"tea.md"}


@pytest.mark.parametrize("keeps_time", [True, False])
def test_a_file_that_was_changed_is_read_again(indexed, monkeypatch: pytest.MonkeyPatch, keeps_time: bool) -> None:
    notes = indexed(NOTES)
    path = notes.root / "a.md"
    before = path.stat()
    path.write_text("[[tea#Part]] 茶 [[tea]]\n")
    assert path.stat().st_size == before.st_size
    if keeps_time:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    read = count_reads(monkeypatch)
    assert starts(notes) == [("a.md", 0, 0), ("a.md", 0, 15), ("b.md", 0, 0)]
    assert set(read) == {"tea.md", "a.md"}
    path.unlink()
    assert starts(notes) == [("b.md", 0, 0)]


def test_a_note_is_read_for_its_names_only_where_it_has_changed(indexed, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = indexed(f"{NOTES}== c.md ==\n[[pot]]\n")
    read = count_reads(monkeypatch)

    def ask(catalogue: Catalogue) -> list[str]:
        return [place.path for place in references(catalogue, "b.md", 0)]

    assert notes.look({}, ask) == ["a.md", "a.md", "b.md"]
    assert read == ["b.md"]
    (notes.root / "tea.md").write_text("---\naliases: [pot]\n---\n# Tea\n")
    assert notes.look({}, lambda catalogue: catalogue.keys_of("tea.md")) == {"tea", "pot"}
    assert notes.look({}, lambda catalogue: catalogue._names_of("tea.md")) == ({"tea", "pot"}, "")
    assert notes.look({"tea.md": "# Cup\n"}, lambda catalogue: catalogue._names_of("tea.md")) == ({"tea", "cup"}, "")


@pytest.mark.parametrize("opened", [{}, {"a.md": "[[b]] [[tea]] [x](tea.md)"}, {"tea.md": "# B\n[[tea]]"}])
def test_notes_that_link_are_those_that_links_stand_in(indexed, opened: dict[str, str]) -> None:
    notes = indexed(f"{NOTES}== c.md ==\n[[tea|b]] [[b]] [[none]]\n")

    def ask(catalogue: Catalogue) -> list[tuple[set[str], set[str]]]:
        paths = ("tea.md", "a.md", "b.md", "none.md")
        return [(catalogue.linking_to(path), {source for source, _ in catalogue.leading_to(path)}) for path in paths]

    found = notes.look(opened, ask)
    assert all(quick == thorough for quick, thorough in found)
    assert [bool(quick) for quick, _ in found] == [True, False, True, False]


def test_what_is_open_is_looked_at_itself(indexed) -> None:
    notes = indexed(NOTES)

    def ask(catalogue: Catalogue) -> list[Place]:
        places = references(catalogue, "tea.md", WORDS_AT)
        assert not any(catalogue.span(*place[:3]) for place in places if place.path == "a.md")
        return places

    assert notes.look({"a.md": "x [[tea]]\n"}, ask)[0] == Place("a.md", 2, 9)


def test_what_is_renamed_is_looked_at_in_its_text(indexed, monkeypatch: pytest.MonkeyPatch) -> None:
    from starlight.engine.renaming import move

    notes = indexed(NOTES)
    read = count_reads(monkeypatch)
    change = notes.look({}, lambda catalogue: move(catalogue, {"tea.md": "pot.md"}))
    assert {edit.path for edit in change.edits} == {"a.md", "b.md"} <= set(read)
