"""The JSON shapes of answers, their sources and the models that write them; see ``engine/wire.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlight.engine.answer import Answer
from starlight.engine.passages import SNIPPET_LENGTH
from starlight.engine.places import linked
from starlight.engine.wire import locator_json
from starlight.notes.text import one_line, plain

if TYPE_CHECKING:
    from starlight.engine.answer import Evidence, Source, Statement
    from starlight.engine.summary import Summary
    from starlight.engine.writing import Suggestion
    from starlight.models.chosen import ModelEntry
    from starlight.models.generator import Usage


AddressesOf = Callable[["Source"], Mapping[str, str]]
"""Gives the fields that say where a source is: ``uri``, and ``file`` where that is another one (docs/protocol.md)."""


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
    left_out = ("root", "sentences", "locator")
    return {**{name: fields[name] for name in fields if name not in left_out}, **locator_json(source.locator)}


def answer_json(answer: Answer, addresses_of: AddressesOf) -> dict[str, Any]:
    """Return the JSON form of ``answer``."""
    support = _support_of_sources(answer.statements)
    return {
        "question": answer.question,
        "answer": answer.text,
        "linked": linked(answer.text, answer.sources, lambda source: addresses_of(source)["uri"]),
        "kind": answer.kind,
        "verdict": answer.verdict,
        "complete": answer.complete,
        "sources": [
            {**source_json(source, addresses_of), "support": support.get(source.number, "unused")}
            for source in answer.sources
        ],
        "statements": [statement_json(statement) for statement in answer.statements],
        "left_out": [asdict(each) for each in answer.left_out],
        **_made_json(answer),
    }


def summary_json(summary: Summary, addresses_of: AddressesOf) -> dict[str, Any]:
    """Return the JSON form of ``summary``: that of an answer, with what it is of and how much was read."""
    coverage = summary.coverage
    answer = Answer(
        question=summary.subject.name,
        text=summary.text,
        kind=summary.kind,
        verdict="found" if summary.text else "nothing",
        sources=summary.sources,
        statements=summary.statements,
        left_out=summary.subject.left_out,
        model=coverage.by,
        host=summary.host,
        left_machine=summary.left_machine,
        stopped=summary.stopped,
        hint=summary.hint,
        usage=summary.usage,
    )
    return {
        **answer_json(answer, addresses_of),
        "subject": {"kind": summary.subject.kind, "name": summary.subject.name},
        "coverage": {**asdict(coverage), "text": str(coverage)},
    }


def suggestion_json(suggestion: Suggestion, addresses_of: AddressesOf) -> dict[str, Any]:
    """Return the JSON form of what a model suggests to write."""
    return {
        "action": suggestion.action,
        "text": suggestion.text,
        "statements": [statement_json(statement) for statement in suggestion.statements],
        "sources": [source_json(source, addresses_of) for source in suggestion.sources],
        **_made_json(suggestion),
    }


def _made_json(made: Answer | Suggestion) -> dict[str, Any]:
    """Return the JSON form of who wrote it and where, and what that took."""
    return {
        "model": made.model,
        "host": made.host,
        "left_machine": made.left_machine,
        "stopped": made.stopped,
        "hint": made.hint,
        "usage": usage_json(made.usage),
    }


def source_json(source: Source, addresses_of: AddressesOf) -> dict[str, Any]:
    """Return the JSON form of a source: that of a hit, with its number and text."""
    return {
        "number": source.number,
        "path": source.path,
        **addresses_of(source),
        "start_line": source.start_line,
        "end_line": source.end_line,
        "line": source.start_line,
        "title": source.title,
        "heading": source.heading,
        "snippet": one_line(plain(source.text), SNIPPET_LENGTH),
        "score": source.score,
        "reasons": list(source.reasons),
        "text": source.text,
        "tokens": source.tokens,
        **locator_json(source.locator),
    }


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return the JSON form of a sentence of an answer with what was found of it."""
    return {**asdict(statement), "sources": list(statement.sources)}


def model_json(entry: ModelEntry) -> dict[str, Any]:
    """Return the JSON form of a chat model that there is; sizes only where they are known."""
    sizes = {"size_bytes": entry.size_bytes, "memory_bytes": entry.memory_bytes}
    return {
        "name": entry.name,
        "place": entry.place,
        "host": entry.host,
        **{name: size for name, size in sizes.items() if size},
        "loaded": entry.loaded,
        "chosen": list(entry.chosen),
        "note": entry.note,
    }


def usage_json(usage: Usage) -> dict[str, Any]:
    """Return the JSON form of what an answer took, times in seconds."""
    writing = usage.seconds - usage.first_token_seconds
    return {
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "completion_tokens": usage.completion_tokens,
        "first_token_seconds": round(usage.first_token_seconds, 3),
        "seconds": round(usage.seconds, 3),
        "tokens_per_second": round((usage.completion_tokens - 1) / writing, 1)
        if writing > 0 and usage.completion_tokens > 1
        else 0.0,
    }


def _support_of_sources(statements: Iterable[Statement]) -> dict[int, str]:
    """Return the best that is said of each source by the statements that cite it."""
    support: dict[int, str] = {}
    for wanted in ("unsupported", "weak", "supported"):
        support.update({number: wanted for each in statements if each.support == wanted for number in each.sources})
    return support
