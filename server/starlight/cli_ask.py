"""``starlight ask``: answers to questions, or the evidence for them, in the terminal and for programs.

Imports nothing heavy before it runs, as ``starlight.cli``, which gives it what all commands share.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from starlight.errors import InvalidRequest

if TYPE_CHECKING:
    from starlight.engine.answer import Scope
    from starlight.engine.workspace import Workspace

_BUDGET = 2_048
"""Tokens of evidence where nothing is said."""

Open = Callable[[argparse.Namespace], "Workspace"]
Questions = Callable[[argparse.Namespace], Iterable[str]]
Print = Callable[[dict[str, Any]], None]


def add_command(
    commands: Any,  # noqa: ANN401 -- argparse keeps the type to itself
    common: Callable[[Any], None],
    run: Callable[[argparse.Namespace], int],
) -> None:
    """Add ``ask`` to ``commands``, with the options that are ``common`` to them; ``run`` runs it."""
    command = commands.add_parser("ask", help="answer a question from your notes, with sources")
    command.add_argument("query", metavar="QUESTION", nargs="?", help="what you want to know")
    command.add_argument("--queries", metavar="FILE", help="one question a line instead; - for standard input")
    command.add_argument("--root", metavar="ROOT", help="the folder that holds the notes (default: the one you are in)")
    command.add_argument("--evidence", action="store_true", help="only the passages that an answer would rest on")
    command.add_argument(
        "--budget", metavar="N", type=int, default=_BUDGET, help="tokens of --evidence (default: 2048)"
    )
    scope_and_model(command)
    common(command)
    command.set_defaults(run=run)


def scope_and_model(command: argparse.ArgumentParser) -> None:
    """Add the options that ``ask`` and ``chat`` have in common."""
    command.add_argument("--model", metavar="NAME", default="", help="the model that answers (default: the chosen one)")
    command.add_argument(
        "--scope",
        metavar="PLACE",
        action="append",
        default=[],
        help="use only what lies there: a folder, a note, or a '#tag'; may be given several times",
    )


def ask(options: argparse.Namespace, questions: Questions, opened: Open, print_json: Print) -> int:
    """Answer each question, or print the evidence for it; returns the exit code."""
    from starlight import cli_chat

    if options.budget < 1:
        raise InvalidRequest(f"--budget must be at least 1 token, not {options.budget}")
    asked = list(questions(options))
    workspace = opened(options)
    scope = cli_chat.scope_of(options.scope)
    if options.evidence:
        for question in asked:
            _show_evidence(workspace, question, scope, options, print_json)
        return 0
    if options.queries is not None:
        asked = [question for question in asked if question.strip()]
    codes = [cli_chat.ask(workspace, question, scope, options.model, as_json=options.json) for question in asked]
    return max(codes, default=0)


def _show_evidence(
    workspace: Workspace, question: str, scope: Scope, options: argparse.Namespace, print_json: Print
) -> None:
    from starlight import terminal
    from starlight.engine.answer import Evidence
    from starlight.engine.evidence import estimate
    from starlight.engine.wire_answers import evidence_json

    if options.queries is not None and not question.strip():
        evidence = Evidence(question, (), (), budget=options.budget, verdict="nothing")  # its line has its answer
    else:
        count = workspace.assistant.counter(options.model) if options.model else estimate
        evidence = workspace.evidence(question, options.budget, count, scope)
    if options.json:
        print_json(evidence_json(evidence))
    else:
        terminal.print_evidence(evidence)
