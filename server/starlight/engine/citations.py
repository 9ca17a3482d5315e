"""Whether the sources of an answer say what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlight.engine.answer import Source, Statement
from starlight.notes.text import words

_STATEMENT = re.compile(r"[^\n]+?(?:[.!?]?(?:\s*\[[\d, ]+\])+[.!?]?|[.!?](?=\s|$)|$)", re.MULTILINE)


def check(text: str, sources: Sequence[Source]) -> tuple[Statement, ...]:
    """Return the statements of ``text``, checked."""
    by_number = {source.number: source for source in sources}
    found = []
    for match in _STATEMENT.finditer(text):
        numbers = tuple(int(n) for marks in re.findall(r"\[([\d, ]+)\]", match[0]) for n in marks.split(","))
        said = set(words(re.sub(r"\[[\d, ]+\]", "", match[0])))
        if not said:
            continue
        known = set(words(" ".join(by_number[n].text for n in numbers if n in by_number)))
        share = len(said & known) / len(said)
        support = "uncited" if not numbers else "supported" if share > 0.7 else "weak" if share > 0.4 else "unsupported"
        found.append(Statement(match[0].strip(), match.start(), match.end(), numbers, support))
    return tuple(found)
