"""``starlight graph``: how notes are connected, in the terminal and for programs.

Imports nothing heavy before it runs, as ``starlight.cli``, which gives it what all commands share.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from starlight.errors import InvalidRequest

if TYPE_CHECKING:
    from pathlib import Path

    from starlight.engine.graph_answers import GraphQuestion
    from starlight.engine.workspace import Workspace

Open = Callable[[argparse.Namespace], "Workspace"]
Print = Callable[[dict[str, Any]], None]

_LISTS = ("clusters", "orphans", "hubs", "bridges")
_TOLD = {"link": "linked", "meaning": "near in meaning", "tag": "both tagged"}


def add_command(
    commands: Any,  # noqa: ANN401 -- argparse keeps the type to itself
    common: Callable[[Any], None],
    run: Callable[[argparse.Namespace], int],
) -> None:
    """Add ``graph`` to ``commands``, with the options that are ``common`` to them; ``run`` runs it."""
    command = commands.add_parser("graph", help="say how notes are connected: by links, tags and meaning")
    command.add_argument("note", metavar="NOTE", nargs="?", default="", help="a note, by its path or its name")
    command.add_argument("--to", metavar="NOTE", default="", help="how NOTE and this one are connected")
    command.add_argument("--depth", metavar="N", type=int, default=1, help="neighbours up to N steps away (default: 1)")
    command.add_argument("--limit", metavar="N", type=int, help="how many are listed (default: 50)")
    command.add_argument("--root", metavar="ROOT", help="the folder that holds the notes (default: the one you are in)")
    lists = command.add_mutually_exclusive_group()
    lists.add_argument("--clusters", action="store_true", help="notes that belong together, and what they are about")
    lists.add_argument("--orphans", action="store_true", help="notes without a link, and what is near to them")
    lists.add_argument("--hubs", action="store_true", help="the notes with most links")
    lists.add_argument("--bridges", action="store_true", help="notes whose links lead to several clusters")
    common(command)
    command.set_defaults(run=run)


def graph(options: argparse.Namespace, opened: Open, print_json: Print) -> int:
    """Print what is asked for; returns the exit code."""
    asked = _asked(options)
    workspace = opened(options)
    with _Comparing() as progress:
        workspace.graphs.make(progress.tell)
    found = workspace.connections(_within(workspace.root, asked))
    if options.json:
        print_json(found)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _lines(found)))
    return 0


def _asked(options: argparse.Namespace) -> GraphQuestion:
    from starlight.engine.graph_answers import LIMIT, GraphQuestion

    limit = LIMIT if options.limit is None else options.limit
    wanted = next((what for what in _LISTS if getattr(options, what)), "")
    if wanted and (options.note or options.to):
        raise InvalidRequest(f"--{wanted} is about all notes: leave NOTE and --to out")
    if wanted:
        return GraphQuestion(wanted, limit=limit)  # type: ignore[arg-type]  # one of its words
    if not options.note:
        raise InvalidRequest("say which NOTE, or one of --clusters, --orphans, --hubs and --bridges")
    return GraphQuestion("path" if options.to else "neighbours", options.note, options.to, options.depth, limit)


def _within(root: Path, asked: GraphQuestion) -> GraphQuestion:
    """Return the question with paths as they are below ``root``; names stay."""
    from dataclasses import replace
    from pathlib import Path

    from starlight.index.location import within

    def found(name: str) -> str:
        path = Path.cwd() / name
        return (within(root, path) or name) if name and path.is_file() else name

    return replace(asked, path=found(asked.path), to=found(asked.to))


class _Comparing:
    """How far the first comparison of all notes is, on standard error where that is a terminal."""

    def __init__(self) -> None:
        self._shown = ""

    def __enter__(self) -> _Comparing:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")

    def tell(self, share: float) -> bool:
        """Show it; always goes on."""
        text = f"\rComparing the notes in meaning: {share:.0%}"
        if text != self._shown and sys.stderr.isatty():
            self._shown = text
            sys.stderr.write(text)
            sys.stderr.flush()
        return True


def _lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield what is printed for an answer."""
    from starlight.terminal import printable

    if found["message"]:
        yield found["message"]
    yield from map(printable, _SHOWN[found["what"]](found))


def _path(found: dict[str, Any]) -> Iterator[str]:
    names = found["from"]["title"], found["to"]["title"]
    if not found["connected"]:
        yield f"Nothing connects {names[0]} and {names[1]}"
        return
    yield f"{names[0]}  {found['from']['path']}"
    for step in found["steps"]:
        yield from _step(step)
    if found["shortest"]:
        between = ", ".join(step["title"] for step in found["shortest"][:-1])
        n = len(found["shortest"])
        yield f"In fewer steps ({n}){f', by {between}' if between else ''}, which says less"


def _step(step: dict[str, Any]) -> Iterator[str]:
    yield f"  {_how(step)}"
    for ground in step["evidence"]:
        place = f"{ground['path']}:{ground['first']}"
        yield f"    {place}  {ground['text']}"
    yield f"{step['title']}  {step['to']}"


def _how(step: dict[str, Any]) -> str:
    if step["kind"] == "tag":
        return f"{_TOLD['tag']} #{step['tag']}, as {step['strength']:.0f} notes are"
    words = f": {', '.join(step['words'])}" if step["words"] else ""
    return f"{_TOLD[step['kind']]}{words}"


def _neighbours(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['title']}  {found['path']}"
    if not found["neighbours"]:
        yield "  no other note is connected with it"
    for each in found["neighbours"]:
        yield f"{'  ' * each['depth']}{each['title']}  {each['to']}  ({_how(each)})"


def _clusters(found: dict[str, Any]) -> Iterator[str]:
    for each in found["clusters"]:
        central = ", ".join(note["title"] for note in each["central"])
        yield f"{each['size']:>6}  {each['name']}  ({central})"
    more = found["total"] - len(found["clusters"])
    if more:
        yield f"{more} more clusters"
    yield f"{found['alone']} notes belong to none"


def _orphans(found: dict[str, Any]) -> Iterator[str]:
    for each in found["orphans"]:
        near = ", ".join(other["title"] for other in each["near"])
        yield f"{each['title']}  {each['path']}{f'  near: {near}' if near else ''}"
    yield f"{found['total']} notes without a link"


def _hubs(found: dict[str, Any]) -> Iterator[str]:
    for each in found["hubs"]:
        yield f"{each['title']}  {each['path']}  linked from {each['n_from']} notes, links to {each['n_to']}"


def _bridges(found: dict[str, Any]) -> Iterator[str]:
    for each in found["bridges"]:
        yield f"{each['title']}  {each['path']}  between: {' | '.join(each['clusters'])}"


_SHOWN: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "path": _path,
    "neighbours": _neighbours,
    "clusters": _clusters,
    "orphans": _orphans,
    "hubs": _hubs,
    "bridges": _bridges,
}
