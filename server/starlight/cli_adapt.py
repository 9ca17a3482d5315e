"""``starlight adapt``: learn the words of a folder's notes, and say whether that helps."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlight.engine.adaptation import Adaptation, Measured
    from starlight.engine.indexed_folder import IndexedFolder

PrintJson = Callable[[dict[str, Any]], None]


def add_command(
    commands: Any,  # noqa: ANN401 -- argparse keeps the type to itself
    common: Callable[[argparse.ArgumentParser], None],
    run: Callable[[argparse.Namespace], int],
) -> None:
    """Add the parser of ``starlight adapt``, which ``run`` runs."""
    command = commands.add_parser("adapt", help="teach the embedding model the words of your notes, if that helps")
    command.add_argument("root", metavar="ROOT", nargs="?", help="the folder (default: the one you are in)")
    command.add_argument("--remove", action="store_true", help="forget what was learnt")
    common(command)
    command.set_defaults(run=run)


def adapt(folder: IndexedFolder, print_json: PrintJson | None, *, removing: bool) -> int:
    """Learn, measure and say what came of it, or forget; ``print_json`` is None for people.  Returns the exit code."""
    from starlight.engine import adaptation
    from starlight.engine.adapting import adapt
    from starlight.models import embedder as models
    from starlight.terminal import Steps

    root = str(folder.root)
    if removing:
        removed = adaptation.remove(folder.location)
        if print_json:
            print_json({"root": root, "removed": removed})
        else:
            message = (
                "What was learnt is forgotten; the index of before is used again."
                if removed
                else "Nothing was learnt here."
            )
            sys.stdout.write(f"{message}\n")
        return 0
    with Steps(f"Adapting to {root}") as steps:
        found = adapt(folder.location, folder.settings, models.load(folder.settings.model_path), steps.show)
    if print_json:
        from dataclasses import asdict

        print_json({"root": root, **asdict(found)})
    else:
        sys.stdout.write(report(found, root))
    return 0


def report(found: Adaptation, root: str) -> str:
    """Return what came of it, as lines for a person."""
    from starlight.engine.progress import duration

    sentence = f"{found.message[0].upper()}{found.message[1:]}"
    learnt = f"{found.words:,} words learnt, " if found.applied else ""
    lines = [f"{sentence} ({learnt}{found.notes:,} notes, {duration(found.seconds)})."]
    if found.links.questions or found.headings.questions:
        lines.append("How well the notes' own links and headings, taken out of them, are found again (MRR@10):")
        lines += filter(None, (_row("links", found.links), _row("headings", found.headings)))
    if found.applied:
        lines.append(f"`starlight index {root}` makes the index with it, and so does the next search.")
        lines.append(f"Editors use it from their next start on; `starlight adapt --remove {root}` undoes it.")
    return "\n".join(lines) + "\n"


def _row(name: str, measured: Measured) -> str:
    if not measured.questions:
        return ""
    return f"  {measured.questions:>3} {name:<9} without {measured.before:.3f}, with {measured.after:.3f}"
