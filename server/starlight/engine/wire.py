"""The JSON shapes of results and status: the same for the command line, the language server and programs.

They are interfaces: fields may be added, none is renamed or removed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlight.engine.answer import Evidence, Source
from starlight.engine.progress import in_words
from starlight.engine.search import Hit, Results
from starlight.engine.why import Why
from starlight.index.records import Status

if TYPE_CHECKING:
    from starlight.engine.report import Standing


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


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Return the JSON form of the evidence for a question."""
    return {
        "query": evidence.question,
        "queries": list(evidence.queries),
        "verdict": evidence.verdict,
        "complete": evidence.complete,
        "evidence": [_source_json(source) for source in evidence.sources],
        "left_out": [asdict(each) for each in evidence.left_out],
    }


def _source_json(source: Source) -> dict[str, Any]:
    fields = asdict(source)
    return {name: fields[name] for name in fields if name not in ("root", "sentences")}


def why_json(why: Why) -> dict[str, Any]:
    """Return the JSON form of why a file is or is not in the index."""
    return asdict(why)


def status_json(status: Status) -> dict[str, Any]:
    """Return the JSON form of ``status``, with how far it is in words."""
    return {**asdict(status), "progress": in_words(status)}


def standing_json(standing: Standing) -> dict[str, Any]:
    """Return the JSON form of how one folder stands; with sizes only where they are known."""
    workspace = standing.workspace
    return {
        "root": str(standing.folder),
        **status_json(standing.status),
        "failures": failures_json(standing.failures),
        "model": workspace.model if workspace else "",
        "fingerprint": workspace.fingerprint if workspace else "",
        **({"sizes": asdict(standing.sizes)} if standing.sizes else {}),
    }


def failures_json(failures: dict[str, str]) -> list[dict[str, str]]:
    """Return the JSON form of why files could not be indexed."""
    return [{"path": path, "reason": reason} for path, reason in failures.items()]
