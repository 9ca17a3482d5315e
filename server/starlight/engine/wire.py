"""The JSON shapes of results and status: the same for the command line, the language server and programs.

Those of answers are in ``engine/wire_answers.py``: what has no chat does not load it.

They are interfaces: fields may be added, none is renamed or removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlight.engine.adaptation import adaptation_of
from starlight.engine.describe import note_of
from starlight.engine.progress import in_words
from starlight.engine.summary import NO_COUNTS, Counts
from starlight.notes.place import Lines
from starlight.readers.document import Locator

if TYPE_CHECKING:
    from starlight.engine.hits import Hit, Results
    from starlight.engine.mapping import Written
    from starlight.engine.report import Standing
    from starlight.engine.why import Why
    from starlight.index.records import Status
    from starlight.notes.query import Problem
    from starlight.readers.document import Document, Mark


def results_json(results: Results) -> dict[str, Any]:
    """Return the JSON form of ``results``."""
    return {
        "query": results.query,
        "verdict": results.verdict,
        "confidence": results.confidence,
        "complete": results.complete,
        "refined": results.refined,
        "hits": [hit_json(hit) for hit in results.hits],
        "notes": folded(hit.path for hit in results.hits),
        "problems": problems_json(results.problems),
    }


def folded(notes: Iterable[str]) -> list[list[int]]:
    """Return the hits of each note by their numbers, from 0, best first; ``notes`` has the note of each hit.

    Whoever shows a list shows the first hit of each note, and the others as further places of it.
    """
    places: dict[str, list[int]] = {}
    for number, note in enumerate(notes):
        places.setdefault(note, []).append(number)
    return list(places.values())


def problems_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the JSON form of what is wrong with a query."""
    return [problem._asdict() for problem in problems]


def syntax_json() -> dict[str, Any]:
    """Return the JSON form of what a query may hold beside words."""
    from starlight.notes.fields import forms

    return {"forms": [form._asdict() for form in forms()]}


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
        "sentence": hit.sentence,
        "score": hit.score,
        "reasons": list(hit.reasons),
        **locator_json(hit.locator),
        **({"explanation": hit.explanation.to_json()} if hit.explanation else {}),
    }


def locator_json(locator: Locator | None) -> dict[str, Any]:
    """Return the fields that say on which page or cell something is; none where there is no such thing."""
    return {"locator": {**locator._asdict(), "label": locator.label}} if locator else {}


def document_json(path: str, document: Document) -> dict[str, Any]:
    """Return the JSON form of what the document at ``path`` says, with the lines that its pages or cells begin on."""
    lines = Lines(document.text)
    return {
        "title": document.front.title or note_of(document.text, path, document, lines).title,
        "text": document.text,
        "unit": document.unit,
        "marks": [_mark_json(document, mark, lines) for mark in document.marks] if document.unit else [],
    }


def _mark_json(document: Document, mark: Mark, lines: Lines) -> dict[str, Any]:
    label = Locator(document.unit, mark.number).label
    return {"line": lines.at(mark.start), "number": mark.number, "label": label}


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
        **({"adaptation": asdict(adaptation_of(workspace.location, workspace.model))} if workspace else {}),
        **({"sizes": asdict(standing.sizes)} if standing.sizes else {}),
        **({"problems": _odd_json(standing.problems)} if standing.problems is not None else {}),
        **({"lines": asdict(standing.lines)} if standing.lines else {}),
    }


def lines_json(counts: Counts = NO_COUNTS, state: str = "", model: str = "", message: str = "") -> dict[str, Any]:
    """Return the JSON form of how far summary lines are, with that in words."""
    words = f"summary lines: {counts}{f' ({state})' if state else ''}" if counts.total else ""
    return {"state": state, **asdict(counts), "model": model, "message": message, "words": words}


def failures_json(failures: dict[str, str]) -> list[dict[str, str]]:
    """Return the JSON form of why files could not be indexed."""
    return [{"path": path, "reason": reason} for path, reason in failures.items()]


def _odd_json(problems: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [{"path": path, "problems": found} for path, found in problems.items()]


def map_json(written: Written) -> dict[str, Any]:
    """Return the JSON form of a map that was written: where, and how much is on it."""
    return {
        "path": str(written.path),
        "notes": written.notes,
        "clusters": written.clusters,
        "links": written.links,
    }
