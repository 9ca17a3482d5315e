"""``starlight summarize``: summaries of notes, documents, folders, tags, searches, and of what changed.

Imports nothing heavy before it runs, as ``starlight.cli``, which gives it what all commands share.
"""

from __future__ import annotations

import argparse
import os.path
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlight.errors import InvalidRequest

if TYPE_CHECKING:
    from pathlib import Path

    from starlight.engine.subjects import Target
    from starlight.engine.summary import Length, Summary
    from starlight.engine.workspace import Workspace

_SENTENCES = 5
_PERCENT = 100

Open = Callable[[argparse.Namespace], "Workspace"]
RootAround = Callable[["Path"], str]
Print = Callable[[dict[str, Any]], None]


def add_command(
    commands: Any,  # noqa: ANN401 -- argparse keeps the type to itself
    common: Callable[[Any], None],
    opened: Open,
    root_around: RootAround,
    show: Print,
) -> None:
    """Add ``summarize`` to ``commands``, with the options that are ``common`` to them."""
    command = commands.add_parser("summarize", help="summarize a note, a document, a folder, a tag, or what changed")
    command.add_argument("path", metavar="PATH", nargs="?", help="a note, a document or a folder (default: all notes)")
    command.add_argument("--section", metavar="HEADING", default="", help="only the part of the note below a heading")
    command.add_argument("--tag", metavar="TAG", default="", help="the notes with a tag")
    command.add_argument("--since", metavar="DATE", default="", help="what was changed since: 2024-05-01, 'last week'")
    command.add_argument("--search", metavar="QUERY", default="", help="the passages that a search finds")
    length = command.add_mutually_exclusive_group()
    length.add_argument("--sentences", metavar="N", type=int, help="how many sentences (default: 5)")
    length.add_argument("--line", action="store_true", help="one sentence")
    length.add_argument("--share", metavar="S", help="a share of the sentences: 0.2, or 20%%")
    model = "have a chat model write it: that one, or the chosen one"
    command.add_argument("--model", metavar="NAME", nargs="?", const="", help=model)
    command.add_argument("--root", metavar="ROOT", help="the folder of notes (default: the indexed one around PATH)")
    common(command)
    command.set_defaults(run=lambda options: summarize(options, opened, root_around, show))


def summarize(options: argparse.Namespace, opened: Open, root_around: RootAround, show: Print) -> int:
    """Print a summary; returns the exit code."""
    from pathlib import Path

    length = _length(options)
    place = Path.cwd() / options.path if options.path else None
    if place and not options.root:
        is_folder = os.path.isdir(place)  # noqa: PTH112 -- no error for any name
        options.root = root_around(place.resolve() if is_folder else place.resolve().parent)
    workspace = opened(options)
    target = _target(options, workspace.root, place)
    subject = workspace.subject(target)
    code = 0
    if options.model is None:
        summary = workspace.summarize(subject, length)
    else:
        from starlight import cli_chat

        summary = cli_chat.summary(workspace, subject, length, options.model, quiet=options.json)
        code = cli_chat.STOPPED if summary.stopped else 0
    if options.json:
        show(_json(summary, workspace.root))
    else:
        from starlight import terminal

        terminal.print_summary(summary)
    return code


def _length(options: argparse.Namespace) -> Length:
    from starlight.engine.summary import LINE, MOST_SENTENCES, Length

    if options.line:
        return LINE
    if options.share is not None:
        return Length(share=_share(options.share))
    sentences = _SENTENCES if options.sentences is None else options.sentences
    if not 1 <= sentences <= MOST_SENTENCES:
        raise InvalidRequest(f"--sentences must be at least 1 and at most {MOST_SENTENCES}, not {sentences}")
    return Length(sentences)


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / (_PERCENT if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise InvalidRequest(f"--share must be above 0 and at most 1, such as 0.2 or 20%, not {text}")
    return share


def _target(options: argparse.Namespace, root: Path, place: Path | None) -> Target:
    from starlight.engine.subjects import Target
    from starlight.index.location import within

    inside = within(root, place) if place else ""
    if inside is None and place and os.path.exists(root / options.path):  # noqa: PTH110 -- the same
        inside = options.path  # as it is called within the root
    if inside is None:
        raise InvalidRequest(f"{options.path}: is not in the folder of your notes ({root})")
    return Target(inside, options.section, None, options.tag, options.since, options.search)


def _json(summary: Summary, root: Path) -> dict[str, Any]:
    from starlight.engine.wire_answers import summary_json

    return summary_json(summary, lambda source: {"uri": (root / source.path).as_uri()})
