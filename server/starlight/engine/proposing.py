"""What is put in at a place of a note when a person asks for it: a link around a phrase, a list of related notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlight.engine.completion import Completer
from starlight.engine.diagnosing import Fix
from starlight.engine.link_writing import LinkWriter
from starlight.engine.linking import Linker, Suggestion
from starlight.engine.relinking import Edit, Refactoring
from starlight.notes import markdown
from starlight.notes.fuzzy import INSIDE, Typed, fold
from starlight.notes.links import stem_of
from starlight.notes.place import Lines
from starlight.notes.prose import HIDDEN, prose
from starlight.notes.stopwords import is_stop_word
from starlight.notes.text import is_unspaced

_LINKS = 3
"""Notes that are offered for a phrase."""
_LONGEST = 100
"""Characters of a phrase."""
_LISTED = 5
"""Related notes of a list."""
_WORD = re.compile(r"[^\W_](?:[\w'’-]*\w)?")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_NO_LIST = frozenset(("fence", "code_block", "html_block", "table"))


def phrase_at(path: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the phrase stands that is chosen, or the word at a cursor; None where no link can be made of it."""
    plain = prose(text, markdown.parse(text, stem_of(path)), Lines(text))
    if start == end:
        line = plain.rfind("\n", 0, start) + 1
        found = next((each for each in _WORD.finditer(plain, line) if each.end() >= start), None)
        if found is None or found.start() > start or is_unspaced(found[0]) or is_stop_word(found[0]):
            return None
        start, end = found.span()
    chosen = plain[start:end]
    start, end = start + len(chosen) - len(chosen.lstrip()), start + len(chosen.rstrip())
    is_phrase = 0 < end - start <= _LONGEST and not any(char in plain[start:end] for char in f"{HIDDEN}\r\n")
    return (start, end) if is_phrase else None


def links(
    linker: Linker, completer: Completer, writer: LinkWriter, path: str, text: str, span: tuple[int, int]
) -> list[Fix]:
    """Return links around the phrase text[slice(*span)], the best first; within ``Linker.over``.

    Ranked as completion does: first what is called so, else what fits the place.
    """
    phrase = text[slice(*span)]
    fitting = [each for each in linker.suggest(completer.spot(*span), phrase, _LINKS) if _is_called(each, phrase)]
    found = fitting or linker.suggest(completer.spot(span[1], span[1]), "", _LINKS)
    return [
        Fix(
            f"Link “{phrase}” to “{each.title}” ({each.path})",
            Refactoring(
                (Edit(path, *span, writer.link(each.path, phrase, in_table=is_in_table(path, text, span[0]))),)
            ),
        )
        for each in found
    ]


def _is_called(suggestion: Suggestion, phrase: str) -> bool:
    return Typed(phrase).fits(fold(suggestion.name)) >= INSIDE


def is_in_table(path: str, text: str, offset: int) -> bool:
    """Whether a link at ``offset`` stands in a table, where a bar ends a cell."""
    line = text.count("\n", 0, offset) + 1
    blocks = markdown.parse(text, stem_of(path)).blocks
    return any(block.kind == "table" and block.first <= line <= block.last for block in blocks)


def can_list(path: str, text: str, offset: int) -> bool:
    """Whether a list may stand at ``offset``: not in front matter, in code or in a table."""
    note, lines = markdown.parse(text, stem_of(path)), Lines(text)
    line = lines.at(offset)
    inside = any(block.kind in _NO_LIST and block.first <= line <= block.last for block in note.blocks)
    return line >= note.body_line and not inside


def listed(writer: LinkWriter, path: str, text: str, offset: int, notes: Sequence[str]) -> Edit | None:
    """Return what puts a list of links to ``notes`` in at ``offset``, or below what stands there; None without any."""
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    items = end_of_line.join(f"- {writer.named(note)}" for note in dict.fromkeys(notes[:_LISTED]))
    lines = Lines(text)
    line = lines.at(offset)
    here = lines.text(line)
    end = lines.start(line) + len(here)
    if not items:
        return None
    if not here.strip():
        return Edit(path, lines.start(line), end, items)
    apart = end_of_line if _ITEM.match(here) else 2 * end_of_line
    return Edit(path, end, end, apart + items)
