"""The command ``starlight``: composition root of the terminal.

Imports nothing heavy before the command is known: ``starlight --help`` answers at once.
Answers go to standard output, progress and complaints to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from starlight import __version__, blas, cli_adapt, cli_ask, cli_doctor, cli_graph, cli_map, cli_summarize
from starlight.errors import IndexCorrupt, IndexUnavailable, RootRefused, StarlightError

if TYPE_CHECKING:
    from pathlib import Path

    from starlight.config import Settings
    from starlight.engine.indexed_folder import IndexedFolder
    from starlight.engine.workspace import Workspace

FAILED = 1
STOPPED = 130
_FRESHENED = 5_000
"""An index of at most so many notes is compared with its folder before it is searched: some 50 ms."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns its exit code."""
    options = parser().parse_args(arguments)
    blas.keep_to_one_thread()
    try:
        return int(options.run(options))
    except RootRefused as error:
        _complain(f"{error} with --force")
        return FAILED
    except StarlightError as error:
        _complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        _complain("stopped")
        return STOPPED
    except BrokenPipeError:  # whoever read the answers has seen enough
        sys.stderr.close()
        return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    main_parser = argparse.ArgumentParser(
        prog="starlight", description="Search your notes by meaning, on your own machine."
    )
    main_parser.add_argument("--version", action="version", version=f"starlight {__version__}")
    commands = main_parser.add_subparsers(metavar="COMMAND", required=True)
    _index_command(commands)
    _search_command(commands)
    cli_ask.add_command(commands, _common, _ask)
    cli_graph.add_command(commands, _common, lambda options: cli_graph.graph(options, _fresh, _print_json))
    cli_summarize.add_command(commands, _common, _fresh, _root_around, _print_json)
    _status_command(commands)
    _why_command(commands)
    cli_doctor.add_command(commands, _common, _doctor)
    cli_adapt.add_command(commands, _common, _adapt)
    cli_map.add_command(commands, _common, lambda options: cli_map.draw(_fresh(options), options, _print_json))
    _chat_command(commands)
    _serve_command(commands)
    _model_command(commands)
    return main_parser


def _index_command(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    command = commands.add_parser("index", help="index a folder of notes, or bring its index up to date")
    command.add_argument("root", metavar="ROOT", help="the folder that holds the notes")
    command.add_argument("--rebuild", action="store_true", help="make the index again, from the notes")
    _common(command)
    command.set_defaults(run=_index)


def _search_command(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    command = commands.add_parser("search", help="search notes by meaning and by words")
    command.add_argument(
        "query", metavar="QUERY", nargs="?", help="what you look for: words, and filters such as tag:garden"
    )
    command.add_argument("--syntax", action="store_true", help="say what a query may hold beside words")
    command.add_argument("--queries", metavar="FILE", help="one query a line instead of QUERY; - for standard input")
    command.add_argument("--root", metavar="ROOT", help="the folder that holds the notes (default: the one you are in)")
    command.add_argument("--limit", metavar="N", type=int, help="how many results (default: 20)")
    command.add_argument("--only", choices=("lexical", "semantic"), help="search by words alone, or by meaning alone")
    command.add_argument(
        "--no-refine",
        action="store_true",
        help="first results only, no second look by a small transformer",
    )
    command.add_argument("--explain", action="store_true", help="with the numbers behind the place of each result")
    _common(command)
    command.set_defaults(run=_search)


def _status_command(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    command = commands.add_parser("status", help="say how the index of a folder stands")
    command.add_argument("root", metavar="ROOT", nargs="?", help="the folder (default: the one you are in)")
    _common(command)
    command.set_defaults(run=_status)


def _why_command(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    command = commands.add_parser("why", help="say why a file is, or is not, in the index")
    command.add_argument("path", metavar="PATH", help="the file or folder")
    command.add_argument("--root", metavar="ROOT", help="the folder of notes (default: the indexed one around PATH)")
    _common(command)
    command.set_defaults(run=_why)


def _chat_command(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    command = commands.add_parser("chat", help="ask about your notes, and ask on")
    command.add_argument("--root", metavar="ROOT", help="the folder that holds the notes (default: the one you are in)")
    cli_ask.scope_and_model(command)
    command.add_argument("--force", action="store_true", help="yes, index a home directory or a whole disk")
    command.set_defaults(run=_chat)


def _serve_command(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    command = commands.add_parser("serve", help="run the language server for an editor")
    command.add_argument("--stdio", action="store_true", help="speak over standard input and output (the default)")
    command.add_argument("--tcp", metavar="HOST:PORT", help="listen on this address instead, loopback only")
    command.add_argument(
        "--allow-remote", action="store_true", help="let --tcp listen on an address that other machines reach"
    )
    command.add_argument("--debug", action="store_true", help="log more: questions and answers, too")
    command.set_defaults(run=_serve)


def _model_command(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    from starlight import cli_model

    cli_model.add_commands(commands)
    commands.choices["model"].set_defaults(run=_model)


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON, for programs")
    command.add_argument("--force", action="store_true", help="yes, index a home directory or a whole disk")


def _index(options: argparse.Namespace) -> int:
    from starlight import terminal
    from starlight.engine.wire import failures_json

    folder = _folder(options.root, options)
    with terminal.Indexing(folder.root) as progress:
        report = folder.bring_up_to_date(progress.show, progress.keep_going, rebuild=options.rebuild)
    if report.note:
        _complain(report.note)
    failed = report.failed or folder.failures()
    if options.json:
        _print_json({
            "files": report.files,
            "chunks": report.chunks,
            "seconds": round(report.seconds, 3),
            "bytes": report.bytes,
            "failed": failures_json(failed),
        })  # fmt: skip
    else:
        terminal.print_report(report, failed, folder.problems())
    return STOPPED if report.stopped else 0


def _search(options: argparse.Namespace) -> int:
    from starlight import terminal
    from starlight.engine.limits import check_limit
    from starlight.engine.wire import results_json, syntax_json

    if options.syntax:
        syntax = syntax_json()
        _print_json(syntax) if options.json else terminal.print_syntax(syntax["forms"])
        return 0
    queries = _queries(options)
    if options.limit is not None:
        check_limit(options.limit)
    workspace = _workspace(options.root or _root_here(), options)
    refining = None if options.no_refine or options.only == "lexical" else workspace.refining
    if refining:
        refining.prepare()  # it is ready when the first results are
    _freshen(workspace)
    seconds = None if options.query is None else workspace.settings.refine_milliseconds / 1000
    for query in queries:
        how = {"lenient": options.queries is not None, "explain": options.explain}
        if refining:
            results = workspace.refined(query, options.limit, options.only, seconds=seconds, **how)
        else:
            results = workspace.search(query, options.limit, options.only, **how)
        if options.json:
            _print_json(results_json(results))
        else:
            terminal.print_results(results)
    return 0


def _ask(options: argparse.Namespace) -> int:
    return cli_ask.ask(options, _queries, _fresh, _print_json)


def _queries(options: argparse.Namespace) -> Iterable[str]:
    from starlight.errors import InvalidRequest

    if (options.query is None) == (options.queries is None):
        raise InvalidRequest("say what to search: one QUERY, or --queries FILE with one a line")
    if options.queries is None:
        return [options.query]
    try:
        source = sys.stdin.buffer.read() if options.queries == "-" else _read(options.queries)
        return source.decode("utf-8-sig").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{options.queries}: cannot be read as UTF-8 text ({error})") from error


def _read(path: str) -> bytes:
    from pathlib import Path

    return Path(path).read_bytes()


def _status(options: argparse.Namespace) -> int:
    from starlight.engine.report import Standing, report
    from starlight.engine.summary_ahead import counted

    workspace = _workspace(options.root or _root_here(), options)
    status, lines, sizes = workspace.current_status(), counted(workspace), workspace.sizes()
    standing = Standing(workspace.root, status, workspace.failures(), workspace, sizes, workspace.problems(), lines)
    if options.json:
        from starlight.engine.wire import standing_json

        _print_json(standing_json(standing))
    else:
        sys.stdout.write(report([standing]))
    return 0


def _why(options: argparse.Namespace) -> int:
    from pathlib import Path

    from starlight import terminal
    from starlight.engine.why import outside
    from starlight.engine.wire import why_json
    from starlight.index.location import within

    path = Path.cwd() / options.path
    folder = _folder(options.root or _root_around(path.parent.resolve()), options)
    inside = within(folder.root, path)
    answer = outside(str(path)) if inside is None else folder.why(inside)
    if options.json:
        _print_json({**why_json(answer), "root": str(folder.root)})
    else:
        sys.stdout.write(f"{terminal.printable(answer.message)}\n")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from starlight.engine.usable import with_usable_model
    from starlight.engine.workspace import Workspace

    settings, faults = _read_settings()
    settings, fault = with_usable_model(settings)
    workspace = Workspace.at(options.root or _root_here(), settings, force=options.force)
    return cli_doctor.doctor(workspace, tuple(filter(None, (*faults, fault))), as_json=options.json)


def _adapt(options: argparse.Namespace) -> int:
    folder = _folder(options.root or _root_here(), options)
    return cli_adapt.adapt(folder, _print_json if options.json else None, removing=options.remove)


def _chat(options: argparse.Namespace) -> int:
    from starlight import cli_chat

    return cli_chat.chat(_fresh(options), options.scope, options.model)


def _serve(options: argparse.Namespace) -> int:
    from starlight.lsp import run

    return run.serve(_settings(), tcp=options.tcp, allow_remote=options.allow_remote, debug=options.debug)


def _model(options: argparse.Namespace) -> int:
    from pathlib import Path

    from starlight import cli_model

    return cli_model.run(options, _settings(), Path(getattr(options, "root", None) or _root_here()))


def _folder(root: str, options: argparse.Namespace) -> IndexedFolder:
    from starlight.engine.indexed_folder import IndexedFolder

    folder = IndexedFolder.at(root, _usable_settings(), force=options.force)
    _complain_of_adaptation(folder)
    return folder


def _workspace(root: str, options: argparse.Namespace) -> Workspace:
    from starlight.engine.workspace import Workspace

    workspace = Workspace.at(root, _usable_settings(), force=options.force)
    _complain_of_adaptation(workspace)
    return workspace


def _complain_of_adaptation(folder: IndexedFolder) -> None:
    from starlight.engine.adaptation import adaptation_of

    if problem := adaptation_of(folder.location, folder.model).problem:
        _complain(problem)


def _usable_settings() -> Settings:
    from starlight.engine.usable import with_usable_model

    settings, fault = with_usable_model(_settings())
    if fault:
        _complain(fault)
    return settings


def _settings() -> Settings:
    settings, faults = _read_settings()
    for fault in faults:
        _complain(fault)
    return settings


def _read_settings() -> tuple[Settings, list[str]]:
    """Return the settings of the command line, and what is wrong with their file."""
    import platformdirs

    from starlight.settings_file import read_settings_file

    path = platformdirs.user_config_path("starlight", appauthor=False) / "config.toml"
    settings, problems = read_settings_file(path)
    return settings, [": ".join(filter(None, (str(path), problem.key, problem.message))) for problem in problems]


def _complain(message: str) -> None:
    sys.stderr.write(f"starlight: {message}\n")


def _root_here() -> str:
    from pathlib import Path

    return _root_around(Path.cwd())


def _root_around(folder: Path) -> str:
    """The nearest folder that has an index, ``folder`` or one above it; else the working directory."""
    from starlight.index.location import locate

    indexed = (place for place in (folder, *folder.parents) if locate(place).databases())
    return str(next(indexed, "."))


def _fresh(options: argparse.Namespace) -> Workspace:
    """Return the workspace that ``options`` name, ready to be searched."""
    workspace = _workspace(options.root or _root_here(), options)
    _freshen(workspace)
    return workspace


def _freshen(workspace: Workspace) -> None:
    """Index what was never indexed, with progress; bring a small index up to date on the way."""
    from starlight import terminal

    try:
        first, status = not workspace.is_indexed, workspace.status()
    except IndexCorrupt:
        first, status = True, None
    if status and status.state == "paused":
        _complain("indexing was stopped before its end; `starlight index` goes on")
        return
    if status and not first and status.files > _FRESHENED:
        return
    try:
        is_quick = status is not None and status.state == "ready"
        with terminal.Indexing(workspace.root, quiet=is_quick) as progress:
            report = workspace.bring_up_to_date(progress.show, progress.keep_going)
    except IndexUnavailable as error:
        if first and not workspace.location.databases():
            raise
        _complain(f"searching the index as it is: {error}")
        return
    if report.stopped:
        raise KeyboardInterrupt


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
