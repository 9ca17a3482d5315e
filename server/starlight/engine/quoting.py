"""A sentence of a note as it is quoted: whole, on one line, as a reader sees it."""

from __future__ import annotations

import re

from starlight.notes.text import one_line, plain

LONGEST = 600
"""Characters: what is longer is no sentence, but a table's row or a text without full stops."""
_SHORTEST = 3
"""Words: what is shorter says nothing by itself."""
_OPEN_ENDED = ("?", "？", "؟", ":", "：")
_MARKED = re.compile(r"[ \t]*\[(?:\d{1,3}(?:[ \t]*,[ \t]*\d{1,3})*|\^[^\]\s]{1,30})\]")
"""A mark that would look like a citation of ours."""
_QUOTED = re.compile(r"\n[ ]{0,3}(?:>[ \t]?)+")


def quoted(sentence: str) -> str:
    """Return ``sentence``, as the note has it, without Markdown and marks; empty where it is too long to be one."""
    if len(sentence) > 4 * LONGEST:
        return ""
    text = plain(_QUOTED.sub("\n", sentence) if ">" in sentence else sentence)
    text = " ".join((_MARKED.sub("", text) if "[" in text else text).split())
    if len(text) > LONGEST:
        return ""
    return text if text.isprintable() else one_line(text, LONGEST)


def says_something(text: str, n_words: int) -> bool:
    """Whether a text of so many words says something by itself.

    A question does not, nor what ends before the thing that it names.
    """
    return n_words >= _SHORTEST and not text.endswith(_OPEN_ENDED)
