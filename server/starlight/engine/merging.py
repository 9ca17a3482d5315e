"""The evidence of several folders as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlight.engine.answer import Evidence, LeftOut, Source
from starlight.engine.ranking import best_verdict


def merge(question: str, found: Sequence[tuple[str, Evidence]], budget: int) -> Evidence:
    """Return the best of ``found``, pairs of a folder and what it has for ``question``, within ``budget`` tokens.

    The order within a folder stays: it is not by score alone.
    """
    if not found:
        return Evidence(question, (), (), budget=budget, verdict="nothing")
    waiting = [(root, list(evidence.sources)) for root, evidence in found]
    sources: list[Source] = []
    left_out, room = [each for _, evidence in found for each in evidence.left_out], budget
    while any(rest for _, rest in waiting):
        root, rest = max((item for item in waiting if item[1]), key=lambda item: item[1][0].score)
        source = rest.pop(0)
        if source.tokens > room and sources:
            left_out.append(LeftOut(source.path, source.start_line, source.end_line, "no room"))
            continue
        room -= source.tokens
        sources.append(replace(source, number=len(sources) + 1, root=root))
    return Evidence(
        question=question,
        queries=tuple(dict.fromkeys(query for _, evidence in found for query in evidence.queries)),
        sources=tuple(sources),
        left_out=tuple(left_out),
        budget=budget,
        verdict=best_verdict([evidence.verdict for _, evidence in found]),
        complete=all(evidence.complete for _, evidence in found),
    )
