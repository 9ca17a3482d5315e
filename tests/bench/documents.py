"""Whether a document says what was written: known text, made into each format by pandoc, and read again.

What is known is pandoc's own tree of the text: its words in their order, and its headings.  Text that is raw HTML in
the Markdown is no part of it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlight.errors import NoteError
from starlight.notes import frontmatter, markdown
from starlight.notes.text import plain
from starlight.readers.formats import FORMATS, Format, read
from tests.bench.corpora import corpus
from tests.bench.measure import FULL, Extent, Figure, missing

WRITERS = {
    "docx": "docx",
    "odt": "odt",
    "epub": "epub",
    "html": "html5",
    "org": "org",
    "rst": "rst",
    "notebook": "ipynb",
    "latex": "latex",
    "asciidoc": "asciidoc",
}
"""What pandoc calls each format."""
_WITHOUT_LEVELS = ("asciidoc",)
"""Pandoc writes other levels than those of the text, so that none is passed over."""
_BY_DEPTH = ("rst",)
"""Pandoc gives a heading the level below that of the section that it is in; the first is the title's."""
_DEEPEST = {"rst": 5, "latex": 5}
"""LaTeX has no sixth level, and pandoc no sixth adornment: it writes such a heading as text."""
_OUTLINES = ("rst", "org")
"""Formats without headings in quotes and lists: pandoc writes a ``rubric``, or stars behind white space, as text."""
_BYTES = {True: 400_000, False: 100_000}
_LONGEST = 60_000
_GOAL = "≥ 99 %"
_WORD = re.compile(r"[^\W_]+")
_INLINE = frozenset(
    [
        *("Str", "Emph", "Strong", "Link", "Image", "Span", "Strikeout", "Quoted", "Superscript", "Subscript"),
        *("SmallCaps", "Underline", "Cite", "Code", "Math"),
    ]
)

Heading = tuple[int, tuple[str, ...]]
"""Its level and its words."""
Inside = tuple[Heading, bool]
"""A heading, and whether it stands in a quote, a list or the like."""


@dataclass(slots=True)
class Known:
    """A text, and what it says."""

    tree: bytes
    words: list[str]
    headings: list[Inside]


@dataclass(slots=True)
class Kept:
    """How much of what is known was read."""

    n_words: int = 0
    n_kept: int = 0
    n_headings: int = 0
    n_headings_kept: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


def run(extent: Extent) -> Iterator[Figure]:
    """Yield, for each format that pandoc writes and we read, the share of words and headings that are kept."""
    known_formats = [each for each in FORMATS if each.name in WRITERS]
    if not shutil.which("pandoc"):
        yield from (missing(f"{each.title}: words kept in order", _GOAL, "pandoc is missing") for each in known_formats)
        return
    texts = _known(extent)
    if not texts:
        yield missing("words kept in order", _GOAL)
        return
    for each in known_formats:
        yield from _figures(each, _measured(each, texts), len(texts))


def _figures(known: Format, kept: Kept, n_texts: int) -> Iterator[Figure]:
    share, headings = kept.n_kept / kept.n_words, kept.n_headings_kept / max(kept.n_headings, 1)
    note = f"of {kept.n_words:,} in {n_texts} documents"
    if kept.failures:
        note += f"; not read: {', '.join(kept.failures[:3])}"
    yield Figure(f"{known.title}: words kept in order", 100 * share, "%", _GOAL, note)
    level = "" if known.name in _WITHOUT_LEVELS else ", with their level"
    yield Figure(f"{known.title}: headings kept", 100 * headings, "%", _GOAL, f"of {kept.n_headings:,}{level}")
    yield Figure(f"{known.title}: reading", kept.n_words / kept.seconds, "words/s")


def _known(extent: Extent) -> list[Known]:
    found = corpus("1MB")
    if found is None:
        return []
    paths = [path for path in found.sample(_BYTES[extent == FULL]) if path.stat().st_size < _LONGEST]
    with ThreadPoolExecutor(2) as threads:
        return [known for known in threads.map(_text, paths) if known.words]


def _text(path: Path) -> Known:
    source = path.read_text(encoding="utf-8", errors="replace")
    body = "\n".join(source.split("\n")[frontmatter.parse(source).lines :])
    tree = _pandoc(["-f", "gfm", "-t", "json"], body.encode())
    whole = json.loads(tree, object_hook=_described)
    blocks = whole["blocks"]
    headings = [((level, _words("".join(_said(inline)))), deep) for level, inline, deep in _headings(blocks)]
    return Known(
        json.dumps(whole).encode(),
        list(_words("".join(_said(blocks)))),
        [heading for heading in headings if heading[0][1]],
    )


def _described(node: dict[str, Any]) -> dict[str, Any]:
    """Return a part of the tree; a picture, which pandoc would fetch, is its description."""
    return {"t": "Span", "c": [["", [], []], node["c"][1]]} if node.get("t") == "Image" else node


def _pandoc(options: Sequence[str], given: bytes) -> bytes:
    """Return what pandoc makes of a text."""
    return subprocess.run(["pandoc", *options, "-o", "-"], input=given, capture_output=True, check=True).stdout


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


def _said(node: Any) -> Iterator[str]:
    """Yield the text of a part of pandoc's tree; addresses, attributes and raw markup are none."""
    if isinstance(node, list):
        for each in node:
            yield from _said(each)
    elif isinstance(node, dict) and (kind := node.get("t")):
        content = node.get("c")
        if kind == "Str":
            yield content
        elif kind in ("Code", "CodeBlock", "Math"):
            yield content[1]
        elif kind not in ("RawInline", "RawBlock"):
            yield from _said(content)
        if kind not in _INLINE:
            yield " "


def _headings(node: Any, *, is_inside: bool = False) -> Iterator[tuple[int, Any, bool]]:
    if isinstance(node, dict) and node.get("t") == "Header":
        yield node["c"][0], node["c"][2], is_inside
    elif isinstance(node, (dict, list)):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _headings(each, is_inside=is_inside or isinstance(node, dict))


def _expected(name: str, headings: Sequence[Inside]) -> list[Heading]:
    """Return the headings that a format can hold, with their levels there."""
    held = [
        heading
        for heading, is_inside in headings
        if heading[0] <= _DEEPEST.get(name, 6) and not (is_inside and name in _OUTLINES)
    ]
    if name in _WITHOUT_LEVELS:
        return [(0, words) for _, words in held]
    if name in _BY_DEPTH:
        return [(depth, words) for depth, (_, words) in zip(_depths(held), held, strict=True)]
    return held


def _depths(headings: Sequence[Heading]) -> Iterator[int]:
    """Yield how deep each heading is below the title, which is 1."""
    around: list[int] = []
    for level, _ in headings:
        while around and around[-1] >= level:
            around.pop()
        around.append(level)
        yield len(around) + 1


def _on_one_line(node: dict[str, Any]) -> dict[str, Any]:
    """Return a part of the tree in which headings have no place where pandoc could go on in another line."""
    if node.get("t") != "Header":
        return node
    return json.loads(json.dumps(node), object_hook=_without_breaks)


def _without_breaks(node: dict[str, Any]) -> dict[str, Any]:
    return {"t": "Str", "c": " "} if node.get("t") in ("Space", "SoftBreak") else node


def _measured(known: Format, texts: Sequence[Known]) -> Kept:
    kept = Kept()
    options = ["-f", "json", "-s", "-t", WRITERS[known.name], "--metadata", "title=Title"]
    trees = [text.tree for text in texts]
    if known.name == "org":  # where a heading is one line; pandoc breaks long ones, and reads the rest as text itself
        trees = [json.dumps(json.loads(tree, object_hook=_on_one_line)).encode() for tree in trees]
    with ThreadPoolExecutor(2) as threads:
        for text, data in zip(texts, threads.map(lambda tree: _pandoc(options, tree), trees), strict=True):
            _add(kept, known, text, data)
    return kept


def _add(kept: Kept, known: Format, text: Known, data: bytes) -> None:
    started = time.perf_counter()
    try:
        found = read(known, data, f"document{known.endings[0]}").text
    except NoteError as error:
        kept.failures.append(str(error))
        found = ""
    kept.seconds += time.perf_counter() - started
    wanted = _expected(known.name, text.headings)
    has_levels = known.name not in _WITHOUT_LEVELS
    read_again = [
        (heading.level * has_levels, _words(plain(heading.text))) for heading in markdown.parse(found, "a.md").headings
    ]
    kept.n_words += len(text.words)
    kept.n_kept += common(text.words, _words(found))
    kept.n_headings += len(wanted)
    kept.n_headings_kept += common(wanted, read_again)


def common(one: Sequence[Any], other: Sequence[Any]) -> int:
    """Return the length of the longest common subsequence, with a bit for each of ``one`` (Hyyrö 2004).

    H. Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004.
    """
    places: dict[Any, int] = {}
    for at, item in enumerate(one):
        places[item] = places.get(item, 0) | 1 << at
    whole = (1 << len(one)) - 1
    state = whole
    for item in other:
        met = state & places.get(item, 0)
        state = ((state + met) | (state - met)) & whole
    return len(one) - state.bit_count()
