"""The best passages for a question, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlight.engine.answer import Evidence, LeftOut, Scope, Source
from starlight.engine.passages import read
from starlight.engine.search import Hit, Results


def estimate(text: str) -> int:
    """Return about how many tokens ``text`` has for a model that is not known."""
    return len(text) // 4 + 1


def packed(
    results: Results,
    root: Path,
    budget: int,
    count: Callable[[str], int],
    scope: Scope,
    text_of: Callable[[str], str | None],
) -> Evidence:
    """Return the evidence that ``results`` hold."""
    sources: list[Source] = []
    left_out: list[LeftOut] = []
    for hit in results.hits:
        if not _within(hit, scope):
            continue
        text = text_of(hit.path)
        if text is None:
            content = read(root / hit.path, 10_000_000)
            text = content.text if content else None
        if text is None:
            left_out.append(LeftOut(hit.path, hit.start_line, hit.end_line, "changed"))
            continue
        passage = "\n".join(text.split("\n")[hit.start_line - 1 : hit.end_line])
        tokens = count(passage)
        if sum(source.tokens for source in sources) + tokens > budget and sources:
            left_out.append(LeftOut(hit.path, hit.start_line, hit.end_line, "no room"))
            continue
        sources.append(
            Source(
                len(sources) + 1, hit.path, hit.start_line, hit.end_line, hit.title, hit.heading, passage, tokens,
                hit.score, hit.reasons,
            )
        )  # fmt: skip
    return Evidence(
        results.query, (results.query,), tuple(sources), tuple(left_out), budget, results.verdict, results.complete
    )


def _within(hit: Hit, scope: Scope) -> bool:
    if scope.folder and not hit.path.startswith(f"{scope.folder}/"):
        return False
    if scope.selection and hit.path != scope.selection[0]:
        return False
    return not scope.notes or hit.path in scope.notes
