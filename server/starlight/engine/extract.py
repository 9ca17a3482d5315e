"""An answer without a model."""

from __future__ import annotations

import re

from starlight.engine.answer import Evidence
from starlight.notes.text import one_line, plain, words


def extract(evidence: Evidence, question: str) -> str:
    """Return the sentences of the evidence that answer ``question`` best, cited."""
    wanted = set(words(question))
    said = []
    for source in evidence.sources[:3]:
        sentences = [one_line(part, 300) for part in re.split(r"(?<=[.!?])\s+|\n", plain(source.text)) if part.strip()]
        best = max(sentences, key=lambda sentence: len(wanted & set(words(sentence))), default="")
        if best:
            said.append(f"{best} [{source.number}]")
    return "\n".join(said)
