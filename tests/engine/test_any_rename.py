"""Any rename leaves no link broken that was not broken before, and loses no byte elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from starlight.engine.catalogue import Catalogue
from starlight.engine.relinking import Refactoring
from starlight.engine.renaming import move
from starlight.engine.workspace import Workspace
from starlight.notes.links import heading_at
from tests import vaults

_NAMES = ["tea", "Tea", "tea 2", "a b", "x(y)", "ü茶", "it's", "50% off", "a&b", "index", "día 😀"]
_PATHS = [f"{folder}{name}.md" for folder in ("", "a/", "a/b/", "tea/") for name in _NAMES]
_PATHS += ["tea.markdown", "a/tea 2.markdown"]
_TARGETS = [*_NAMES, "a/tea", "tea/tea", "./tea", "../tea", "nick", "Title", "none", "tea.markdown", "a/TEA.MD"]
_LINKS = [
    *(f"[[{target}]]" for target in _TARGETS),
    *(f"[[{target}#Part one|shown]]" for target in _TARGETS[:4]),
    *(f"[x](<{target}.md>)" for target in (*_NAMES, "a/tea", "../tea")),
    "[x](tea.md#part-one 't')", "[x](../a/tea%202.md)", "![[tea]]", "`[[tea]]`", "[y](/tea.md)", "[z](a%20b)",
    "[[#Part one]]", "![i](a/tea.md)",
    "[[Some text|tea]]", "[[tea 2|tea#Part one]]", "[[nick|index]]", "[[tea|index]]", "[[it's|dendron://v/tea]]",
    "[[x(y)|ü茶]]", "\n\n[d]: tea.md#part-one 't'\n", "\n\n[d]: <../a b.md>\n",
]  # fmt: skip
_FRONTS = ["", "---\naliases: [nick]\n---\n", "---\ntitle: Title\ntags: [t]\n---\n"]
_END = st.sampled_from(["\n", "\r\n"])
_text = st.builds(
    lambda front, lines, end: f"{front}# T\n{chr(10).join(lines)}\n## Part one\nx\n".replace("\n", end),
    st.sampled_from(_FRONTS),
    st.lists(st.lists(st.sampled_from([*_LINKS, "words", "😀\t"]), max_size=3).map(" ".join), max_size=4),
    _END,
)
_vault = st.dictionaries(st.sampled_from(_PATHS), _text, min_size=2, max_size=6)


@pytest.fixture
def fresh(open_workspace: Callable[..., Workspace], tmp_path: Path) -> Callable[[dict[str, str]], Workspace]:
    """Make a workspace of texts by path, in place of the last one."""
    made: list[Workspace] = []

    def make(texts: dict[str, str]) -> Workspace:
        root = tmp_path / "any"
        if made:
            made[-1].close()
            shutil.rmtree(root)
        vaults.write(root, "")
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode())
        made.append(open_workspace(root))
        return made[-1]

    return make


Led = list[tuple[str | None, str | None]]


def led(catalogue: Catalogue, path: str) -> Led:
    """Where each link of a note leads: the file, and the words of the heading."""
    note = catalogue.note(path)
    found = []
    for link in note.links if note else ():
        target = catalogue.resolve(link, path)
        there = catalogue.note(target) if target and link.anchor else None
        heading = heading_at(there, link.anchor) if there else None
        found.append((target, heading.text if heading else None))
    return found


def draw_move(texts: dict[str, str], data: st.DataObject) -> tuple[dict[str, str], str, str]:
    """Those of the texts that any file system can have beside each other, which of them moves, and where."""
    folded = {path.casefold(): path for path in texts}
    old = data.draw(st.sampled_from(sorted(folded.values())))
    new = data.draw(st.sampled_from([path for path in _PATHS if path.casefold() not in folded] or ["zz.md"]))
    return {path: texts[path] for path in folded.values()}, old, new


def moved(texts: dict[str, str], made: Refactoring, old: str, new: str) -> dict[str, str]:
    """The texts by path after the change."""
    after = dict(texts)
    for edit in sorted(made.edits, reverse=True):
        text = after[edit.path]
        after[edit.path] = text[: edit.start] + edit.text + text[edit.end :]
    after[new] = after.pop(old)
    return after


def all_led(catalogue: Catalogue, paths: Iterable[str]) -> dict[str, Led]:
    return {path: led(catalogue, path) for path in paths}


@given(texts=_vault, data=st.data())
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rename_leaves_links_whole(fresh: Callable[..., Workspace], texts: dict[str, str], data) -> None:
    texts, old, new = draw_move(texts, data)
    # Unsaved texts, without an index: each example takes little time.
    notes = fresh({})
    before = notes.look(texts, lambda catalogue: all_led(catalogue, texts))
    after = moved(texts, notes.look(texts, lambda catalogue: move(catalogue, {old: new})), old, new)
    check_whole(before, notes.look(after, lambda catalogue: all_led(catalogue, after)), old, new)
    for path in texts:  # what is no link has every byte that it had
        assert _without_links(texts[path]) == _without_links(after[new if path == old else path])


@given(texts=_vault, data=st.data())
@settings(max_examples=10, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rename_leaves_links_of_indexed_notes_whole(
    fresh: Callable[..., Workspace], texts: dict[str, str], data
) -> None:
    texts, old, new = draw_move(texts, data)
    notes = fresh(texts)
    notes.bring_up_to_date()
    before = notes.look({}, lambda catalogue: all_led(catalogue, texts))
    after = moved(texts, notes.look({}, lambda catalogue: move(catalogue, {old: new})), old, new)
    notes = fresh(after)
    notes.bring_up_to_date()
    check_whole(before, notes.look({}, lambda catalogue: all_led(catalogue, after)), old, new)


def check_whole(before: dict[str, Led], after: dict[str, Led], old: str, new: str) -> None:
    """Every link that led somewhere leads there after ``old`` moved to ``new``."""
    for path, links in before.items():
        for was, now in zip(links, after[new if path == old else path], strict=True):
            if was[0] is not None:
                assert now == (new if was[0] == old else was[0], was[1])


def _without_links(text: str) -> str:
    from starlight.notes import markdown

    for link in reversed(markdown.parse(text, "").links):
        text = text[: link.start] + "*" + text[link.end :]
    return text
