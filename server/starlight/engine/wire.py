"""The JSON shapes of results and status: the same for the command line, the language server and programs.

They are interfaces: fields may be added, none is renamed or removed.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from starlight.engine.search import Hit, Results
from starlight.engine.why import Why


def results_json(results: Results) -> dict[str, Any]:
    """Return the JSON form of ``results``."""
    return {
        "query": results.query,
        "verdict": results.verdict,
        "complete": results.complete,
        "hits": [hit_json(hit) for hit in results.hits],
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return the JSON form of one hit."""
    return {
        "path": hit.path,
        "start_line": hit.start_line,
        "end_line": hit.end_line,
        "line": hit.line,
        "title": hit.title,
        "heading": hit.heading,
        "snippet": hit.snippet,
        "score": hit.score,
        "reasons": list(hit.reasons),
    }


def why_json(why: Why) -> dict[str, Any]:
    """Return the JSON form of why a file is or is not in the index."""
    return dataclasses.asdict(why)


def failures_json(failures: dict[str, str]) -> list[dict[str, str]]:
    """Return the JSON form of why files could not be indexed."""
    return [{"path": path, "reason": reason} for path, reason in failures.items()]
