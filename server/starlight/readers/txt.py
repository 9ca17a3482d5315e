"""Plain text: as it is, with headings where they are underlined."""

from __future__ import annotations

import re

from starlight.readers import decoding
from starlight.readers.document import Document
from starlight.readers.escaping import literal

_UNDERLINE = re.compile(r"(=|-|~){3,}")
_LEVELS = {"=": "#", "-": "##", "~": "##"}
_DEEP = re.compile(r"^(?: {4,}| {0,3}\t)[ \t]*", re.MULTILINE)
"""Of Markdown that would be code; in plain text it is a first line, a poem, a table."""


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the document that the text is; see ``Reader``."""
    lines = decoding.lines(data)
    headings = dict(_headings(lines))
    text = "\n".join(lines)
    if "\f" in text or "\v" in text:
        text = text.replace("\f", " ").replace("\v", " ")
    written = literal(_DEEP.sub("   ", text), has_lists=True)
    if headings:
        lines = written.split("\n")
        for at, heading in headings.items():
            lines[at] = heading
        written = "\n".join(lines)
    return Document(written)


def _headings(lines: list[str]) -> list[tuple[int, str]]:
    """Return the lines that an underline makes headings, and the underlines, each as Markdown.

    An underline is as long as what it stands below, with a blank line before both: a ruler of a table, or between
    paragraphs, is not.
    """
    found: list[tuple[int, str]] = []
    for at, line in enumerate(lines):
        if line[:1] not in _LEVELS or not at or not _UNDERLINE.fullmatch(line.rstrip()):
            continue
        text = lines[at - 1].strip()
        is_alone = at == 1 or not lines[at - 2].strip()
        if is_alone and abs(len(text) - len(line.rstrip())) <= 1 and any(map(str.isalpha, text)):
            found += [(at - 1, f"{_LEVELS[line[0]]} {text}"), (at, "")]
    return found
