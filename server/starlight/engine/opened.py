"""An open note as the filters of a search look at it: its facts, its links and its text, as they are in the editor."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from starlight.engine.wanted import Stems
from starlight.index.bm25 import ANY_END, Phrase, Words
from starlight.index.records import Chosen, NoteRecord
from starlight.notes.filters import Facts, Holding, Leaf, Linked, Orphan, covers
from starlight.notes.phrases import stands_in, terms_of
from starlight.notes.text import is_beginning


class OpenText(NamedTuple):
    """A passage of an open note: what it says, with title and headings, and its words."""

    texts: tuple[str, ...]
    words: Words


def chosen(chosen: Chosen, record: NoteRecord, passages: Sequence[OpenText], stems: Stems) -> list[bool]:
    """Return, for each passage of an open note, whether the filter is for it.

    The note was changed just now, whatever its file says.
    """
    facts = Facts(
        path=record.fact.path,
        title=record.title,
        tags=record.tags,
        created=record.created,
        modified=record.modified,
        kind=record.kind,
        language=record.language,
        mtime_ns=time.time_ns(),
    )

    def of_note(leaf: Leaf) -> bool:
        if isinstance(leaf, (Linked, Orphan)):
            return facts.path in chosen.linked[leaf]
        if isinstance(leaf, Holding):
            return any(_holds(leaf, passage, stems) for passage in passages)
        return leaf.holds(*(getattr(facts, column) for column in leaf.columns))

    def covered(passage: OpenText) -> bool:
        return covers(
            chosen.filter,
            lambda leaf: _holds(leaf, passage, stems) if isinstance(leaf, Holding) else of_note(leaf),
            of_note,
        )

    return list(map(covered, passages))


def _holds(leaf: Holding, passage: OpenText, stems: Stems) -> bool:
    if leaf.is_literal:
        return stands_in(leaf.text, passage.texts)
    return all(passage.words.frequency(_phrase(term, stems)) for term in terms_of(leaf.text))


def _phrase(term: str, stems: Stems) -> Phrase:
    if is_beginning(term):
        return (f"{term}{ANY_END}",)
    return tuple(stem for *_, stem in stems(term))
