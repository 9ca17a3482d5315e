"""``starlight map``: the notes as a picture to walk through, in one page of HTML."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlight.engine.workspace import Workspace

PrintJson = Callable[[dict[str, Any]], None]


def add_command(
    commands: Any,  # noqa: ANN401 -- argparse keeps the type to itself
    common: Callable[[argparse.ArgumentParser], None],
    run: Callable[[argparse.Namespace], int],
) -> None:
    """Add the parser of ``starlight map``, which ``run`` runs."""
    command = commands.add_parser("map", help="draw a map of your notes by meaning, as one page for a browser")
    command.add_argument("root", metavar="ROOT", nargs="?", help="the folder (default: the one you are in)")
    command.add_argument("--output", metavar="FILE", help="where the page is written (default: beside the index)")
    command.add_argument("--open", action="store_true", help="show it in the browser at once")
    command.add_argument("--search", metavar="QUERY", default="", help="begin with what a search finds highlighted")
    common(command)
    command.set_defaults(run=run)


def draw(workspace: Workspace, options: argparse.Namespace, print_json: PrintJson) -> int:
    """Write the page and say where it is; returns the exit code."""
    from pathlib import Path

    from starlight.engine.mapping import write_map
    from starlight.engine.wire import map_json
    from starlight.terminal import Steps, printable

    target = Path(options.output).expanduser().absolute() if options.output else None
    with Steps(f"Drawing the map of {workspace.root}") as steps:

        def show(what: str, share: float) -> bool:
            steps.show(what, share)
            return True

        written = write_map(workspace, target, options.search, keep_going=show)
    if written is None:
        return 1
    if written.is_among_notes:
        sys.stderr.write(
            "starlight: the map lies among your notes and will be indexed as one of them; write it elsewhere, "
            "or name it in `.starlightignore`\n"
        )
    if options.json:
        print_json({"root": str(workspace.root), **map_json(written)})
    else:
        counts = f"{written.notes:,} notes, {written.links:,} links, {written.clusters:,} clusters"
        sys.stdout.write(f"{printable(str(written.path))}\n")
        sys.stderr.write(f"{counts}\n")
    if options.open:
        import webbrowser

        webbrowser.open(written.path.as_uri())
    return 0
