"""What is put in at a place of a note when a person asks for it: a link around a phrase, a list of related notes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from starlight.engine.completion import Completer
from starlight.engine.diagnosing import Fix
from starlight.engine.link_writing import LinkWriter
from starlight.engine.linking import Linker, Suggestion
from starlight.engine.relinking import Edit, Refactoring
from starlight.notes.fuzzy import INSIDE, Typed, fold
from starlight.notes.model import Note
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
_TABLE = ("table",)
_NO_LIST = ("fence", "code_block", "html_block", *_TABLE)


def phrase_at(text: str, note: Note, lines: Lines, start: int, end: int) -> tuple[int, int] | None:
    """Return where the phrase stands that is chosen, or the word at a cursor; None where no link can be made of it.

    ``text`` is that of ``note``, on those lines.
    """
    plain = prose(text, note, lines)
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
    linker: Linker, completer: Completer, writer: LinkWriter, path: str, phrase: str, start: int, *, in_table: bool
) -> list[Fix]:
    """Return links around ``phrase``, which begins at ``start`` of the note at ``path``; within ``Linker.over``.

    The best is first, ranked as completion does: what is called so, else what fits the place.  ``in_table`` says
    whether a bar would end a cell.
    """
    span = start, start + len(phrase)
    fitting = [each for each in linker.suggest(completer.spot(*span), phrase, _LINKS) if _is_called(each, phrase)]
    found = fitting or linker.suggest(completer.spot(span[1], span[1]), "", _LINKS)
    return [
        Fix(
            f"Link “{phrase}” to “{each.title}” ({each.path})",
            Refactoring((Edit(path, *span, writer.link(each.path, phrase, in_table=in_table)),)),
        )
        for each in found
    ]


def _is_called(suggestion: Suggestion, phrase: str) -> bool:
    return Typed(phrase).fits(fold(suggestion.name)) >= INSIDE


def is_in_table(note: Note, line: int) -> bool:
    """Whether that line of ``note`` is one of a table, where a bar ends a cell."""
    return _is_in(note, line, _TABLE)


def can_list(note: Note, line: int) -> bool:
    """Whether a list may stand on that line of ``note``: not in front matter, in code or in a table."""
    return line >= note.body_line and not _is_in(note, line, _NO_LIST)


def _is_in(note: Note, line: int, kinds: Collection[str]) -> bool:
    return any(block.kind in kinds and block.first <= line <= block.last for block in note.blocks)


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
