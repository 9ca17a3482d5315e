"""Where plain prose stands in a note: words that are no link, no code, no heading and nothing else of the kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from starlight.notes.model import Note
from starlight.notes.place import Lines

HIDDEN = "\0"
"""Stands in place of each character that is no prose."""
_NO_PROSE = frozenset(("fence", "code_block", "html_block", "heading"))
_OTHER = re.compile(
    r"""\A\+\+\+[ \t]*\r?\n.*?^\+\+\+[ \t]*\r?$        # front matter in TOML
    |(`+)(?!`)[^\n]*?(?<!`)\1(?!`)                    # code
    |\[\[[^\[\]\n]*\]\]                               # wikilinks, those without a target too
    |!?\[[^\[\]\n]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])  # links to elsewhere, by address or by reference
    |^[ ]{0,3}\[[^\[\]\n]+\]:[^\n]*$                   # what such a reference is
    |\[\^[^\[\]\s]+\]                                 # marks of footnotes
    |<!--.*?-->|</?[a-zA-Z][^<>\n]*>                  # comments, tags of HTML, addresses between angles
    |[a-zA-Z][a-zA-Z+.-]*://[^\s<>)\]]+|\bwww\.[^\s<>)\]]+|[\w.+-]+@[\w-]+\.[\w.-]+
    |\$\$.*?\$\$|(?<![\w$\\])\$(?=\S)[^$\n]*?\S\$(?![\w$])  # formulas
    |\{\{.*?\}\}|^[ \t]*[\w-]+::[^\n]*$               # macros and fields, as Logseq and Dataview have them
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def prose(text: str, note: Note, lines: Lines) -> str:
    """Return ``text``, of the same length, with ``HIDDEN`` for each character that is no prose; line ends stay."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(_hidden(text, note, lines)):
        if end > at:
            start = max(start, at)
            kept += (text[at:start], re.sub(r"[^\r\n]", HIDDEN, text[start:end]))
            at = end
    return "".join((*kept, text[at:]))


def _hidden(text: str, note: Note, lines: Lines) -> Iterator[tuple[int, int]]:
    yield 0, lines.start(note.body_line)
    for link in note.links:
        yield link.start, link.end
    for tag in note.hashtags:
        yield tag.start, tag.end
    for block in note.blocks:
        if block.kind in _NO_PROSE:
            yield lines.start(block.first), lines.start(block.last + 1)
    for found in _OTHER.finditer(text):
        yield found.span()
