"""The one line that stands for a note, for those who show it beside other things and wait for no model.

It is the line that a model wrote for the text as it is, where there is one (``engine.summary_ahead`` makes them), else
a sentence of the note itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from starlight.engine.contents import Content
from starlight.engine.describe import hash_of, note_of
from starlight.engine.extractive import Embed, summarize
from starlight.engine.sections import Sections
from starlight.engine.summary import LINE, NO_LINE, Subject, SummaryLine
from starlight.engine.summary_prompts import VERSION
from starlight.index.cache import Cache
from starlight.notes import marks
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.readers.document import Document

_KEPT = 1_000
"""Lines in memory."""
LONGEST = 400_000
"""Characters of a note: a longer one would be waited for."""


class SummaryLines:
    """Gives them; those without a model are made once as long as a text stays the same.  Use it on one thread."""

    def __init__(self, embed: Embed, cache: Cache) -> None:
        self._embed = embed
        self._cache = cache
        self._lines: dict[bytes, str] = {}

    def line(self, path: str, text: str, note: Note | None = None) -> SummaryLine:
        """Return the line that stands for the note at ``path``, which has that text; empty where there is none.

        ``note`` is that text parsed, where the caller has it.
        """
        if len(text) > LONGEST:
            return NO_LINE
        data = text.encode("utf-8", "replace")
        if written := lines_of(self._cache.summary(key_of(hash_of(data, path)))):
            by, said = list(written.items())[-1]
            return SummaryLine(said, by)
        key = hashlib.blake2b(path.encode("utf-8", "replace") + b"\0" + data, digest_size=16).digest()
        if key not in self._lines:
            if len(self._lines) >= _KEPT:
                del self._lines[next(iter(self._lines))]
            self._lines[key] = self._made(path, text, note)
        return SummaryLine(self._lines[key])

    def _made(self, path: str, text: str, note: Note | None) -> str:
        return marks.without(summarize(subject_of(path, text, note), LINE, self._embed).text).strip()


def subject_of(path: str, text: str, note: Note | None = None) -> Subject:
    """Return the note at ``path``, which has that text, as what is summarized; no link of it is followed.

    ``note`` is that text parsed, where the caller has it.
    """

    def parse(read: str, path: str, document: Document | None, lines: Lines) -> Note:
        return note if note and read == text else note_of(read, path, document, lines)  # without a summary of ours

    sections = Sections(lambda _path: Content(text, b""), lambda _path: False, lambda _name: (), parse)
    return Subject("note", path, tuple(sections.of(path)))


def key_of(hash_: bytes) -> bytes:
    """Return the key by which the cache has what models wrote for the note with that content hash."""
    return hashlib.blake2b(b"line %d " % VERSION + hash_, digest_size=20).digest()


def lines_of(kept: str | None) -> dict[str, str]:
    """Return the lines in what the cache has by a key, by the names of the models that wrote them, the newest last."""
    found = json.loads(kept) if kept else {}
    return found if isinstance(found, dict) else {}


def with_line(written: Mapping[str, str], line: SummaryLine) -> str:
    """Return what the cache is to have where ``line`` comes to those that are ``written``."""
    others = {by: text for by, text in written.items() if by != line.by}
    return json.dumps({**others, line.by: line.text})
