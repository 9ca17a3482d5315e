"""``starlight doctor``: what is right and what is wrong, with what to do about it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlight.engine.doctor import Finding
    from starlight.engine.workspace import Workspace

_SIGNS = {"ok": "ok     ", "note": "note   ", "warning": "warning", "fault": "FAULT  "}


def add_command(
    commands: Any,  # noqa: ANN401 -- argparse keeps the type to itself
    common: Callable[[argparse.ArgumentParser], None],
    run: Callable[[argparse.Namespace], int],
) -> None:
    """Add the parser of ``starlight doctor``, which ``run`` runs."""
    command = commands.add_parser("doctor", help="look for what is wrong with the installation or a folder of notes")
    command.add_argument("root", metavar="ROOT", nargs="?", help="the folder (default: the one you are in)")
    common(command)
    command.set_defaults(run=run)


def doctor(workspace: Workspace, faults: tuple[str, ...], *, as_json: bool) -> int:
    """Print what is found; returns 1 where something is at fault."""
    from dataclasses import asdict

    from starlight.engine.doctor import examine

    findings = list(examine(workspace, faults))
    if as_json:
        print_ = {"root": str(workspace.root), "findings": [asdict(finding) for finding in findings]}
        sys.stdout.write(json.dumps(print_, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(map(_lines, findings)))
    return int(any(finding.level == "fault" for finding in findings))


def _lines(finding: Finding) -> str:
    from starlight.terminal import printable

    line = f"{_SIGNS[finding.level]}  {finding.subject}: {printable(finding.message)}\n"
    return line + (f"         → {finding.advice}\n" if finding.advice else "")
