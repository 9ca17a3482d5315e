"""``starlight ask``: the evidence for questions, in the terminal and for programs.

Imports nothing heavy before it runs, as ``starlight.cli``, which gives it what all commands share.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from starlight.errors import InvalidRequest

if TYPE_CHECKING:
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
    command = commands.add_parser("ask", help="show what your notes say about a question")
    command.add_argument("query", metavar="QUESTION", nargs="?", help="what you want to know")
    command.add_argument("--queries", metavar="FILE", help="one question a line instead; - for standard input")
    command.add_argument("--root", metavar="ROOT", help="the folder that holds the notes (default: the one you are in)")
    command.add_argument("--evidence", action="store_true", help="only the passages that an answer would rest on")
    command.add_argument("--budget", metavar="N", type=int, default=_BUDGET, help="tokens of evidence (default: 2048)")
    common(command)
    command.set_defaults(run=run)


def ask(options: argparse.Namespace, questions: Questions, opened: Open, print_json: Print) -> int:
    """Print what the notes say about each question, or the evidence for it; returns the exit code."""
    from starlight import terminal
    from starlight.engine.answer import Evidence
    from starlight.engine.extract import extract
    from starlight.engine.wire import evidence_json

    if options.budget < 1:
        raise InvalidRequest(f"--budget must be at least 1 token, not {options.budget}")
    asked = list(questions(options))
    workspace = opened(options)
    for question in asked:
        if options.queries is not None and not question.strip():
            evidence = Evidence(question, (), (), budget=options.budget, verdict="nothing")  # its line has its answer
        else:
            evidence = workspace.evidence(question, options.budget)
        answer = "" if options.evidence else extract(evidence)
        if options.json:
            print_json({**evidence_json(evidence), **({"answer": answer, "kind": "extractive"} if answer else {})})
        else:
            terminal.print_evidence(evidence, answer)
    return 0
