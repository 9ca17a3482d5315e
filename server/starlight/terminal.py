"""What the terminal shows: the progress of indexing, reports, results.  The only module that imports rich."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text as RichText

    from starlight.engine.answer import Answer, Event, Evidence, Source
    from starlight.engine.hits import Hit, Results
    from starlight.engine.indexing import Report
    from starlight.engine.summary import Summary
    from starlight.index.records import Status
    from starlight.readers.document import Locator

_SHOWN_FAILURES = 20
_SHOWN_CHARACTERS = 160


class Indexing:
    """The progress of indexing on standard error, and a first Ctrl-C that ends it cleanly.

    Draws on a terminal only; elsewhere one line says what begins.
    """

    def __init__(self, root: Path, *, quiet: bool = False) -> None:
        self._root = root
        self._quiet = quiet
        self._stop = False
        self._progress: Progress | None = None
        self._before: Any = None

    def __enter__(self) -> Indexing:
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        if not self._quiet:
            self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)
        if self._progress:
            self._progress.stop()

    def keep_going(self) -> bool:
        """Whether nobody pressed Ctrl-C."""
        return not self._stop

    def show(self, status: Status) -> None:
        """Show how far it is and what it is at."""
        from starlight.engine.progress import in_words

        if self._progress is None:
            return
        words = in_words(status)
        self._progress.update(
            self._progress.task_ids[0],
            total=100 if words else None,
            completed=status.percent,
            words=f"{status.percent} % · {words}" if words else status.message,
            path=status.path,
        )

    def _begin(self) -> None:
        if not sys.stderr.isatty():
            sys.stderr.write(f"Indexing {self._root}\n")
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
        from rich.table import Column

        self._progress = Progress(
            SpinnerColumn(),
            TextColumn(f"Indexing {self._root.name or self._root}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[words]}", markup=False),
            TextColumn("{task.fields[path]}", style="dim", markup=False, table_column=Column(no_wrap=True, ratio=1)),
            console=Console(stderr=True),
            expand=True,
        )
        self._progress.add_task("index", total=None, words="", path="")
        self._progress.start()

    def _interrupted(self, _signal: int, _frame: FrameType | None) -> None:
        if self._stop:  # asked a second time: at once
            raise KeyboardInterrupt
        self._stop = True


class Steps:
    """The steps of other long work on standard error: on a terminal with a bar, elsewhere one line says what begins."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._progress: Progress | None = None

    def __enter__(self) -> Steps:
        if not sys.stderr.isatty():
            sys.stderr.write(f"{self._title}\n")
            return self
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=20))
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._progress.add_task(self._title, total=1.0)
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress:
            self._progress.stop()

    def show(self, doing: str, share: float) -> None:
        """Show what is being done, and which share of the work is done."""
        if self._progress:
            self._progress.update(self._progress.task_ids[0], description=doing, completed=share)


def print_report(report: Report, failed: dict[str, str], problems: dict[str, list[str]]) -> None:
    """Print what indexing did, what failed and why."""
    console = _console()
    if report.stopped:
        console.print(f"Stopped: {report.files:,} notes are indexed so far; run the same command to go on.")
    elif not report.files and not failed:
        console.print("There are no notes here: no file ends in .md or .markdown.")
    else:
        counts = f"{report.files:,} notes, {report.chunks:,} passages"
        done = f"{report.changed:,} changed, {report.bytes / 1e6:.1f} MB read in {report.seconds:.1f} s"
        console.print(f"{counts}; {done}" if report.changed else f"{counts}; up to date")
    _print_list(console, f"{len(failed):,} not indexed:", failed)
    _print_list(
        console,
        f"{len(problems):,} indexed with a problem:",
        {path: "; ".join(found) for path, found in problems.items()},
    )


def _print_list(console: Console, title: str, reasons: dict[str, str]) -> None:
    from rich.text import Text

    if not reasons:
        return
    console.print(title, style="yellow")
    for path, reason in list(reasons.items())[:_SHOWN_FAILURES]:
        console.print(Text.assemble("  ", (printable(path), "bold"), f": {printable(reason)}"))
    if len(reasons) > _SHOWN_FAILURES:
        console.print(f"  and {len(reasons) - _SHOWN_FAILURES:,} more (see --json)")


def print_results(results: Results) -> None:
    """Print the hits, each with its place, heading and a highlighted snippet; those of one note together."""
    from starlight.engine.wire import folded

    console = _console()
    for problem in results.problems:
        _print_problem(results.query, *problem)
    if not results.hits or results.verdict == "nothing":
        console.print(f"Nothing in your notes is about “{printable(results.query)[:200]}”.")
    elif results.verdict == "weak":
        console.print("No close match; the nearest:", style="yellow")
    if results.verdict != "nothing":
        for first, *more in folded(hit.path for hit in results.hits):
            _print_hit(console, results.hits[first])
            for number in more:
                _print_further(console, results.hits[number])
    if not results.complete:
        console.print("The index is not complete yet: there may be more.", style="yellow")


def _print_problem(query: str, message: str, start: int, end: int) -> None:
    """Print what is wrong with a query to standard error, with the part of it that is meant."""
    before, meant, after = map(printable, (query[:start], query[start:end], query[end:]))
    sys.stderr.write(f"starlight: {printable(message)}\n  {before}{meant}{after}\n")
    sys.stderr.write(f"  {' ' * _width(before)}{'^' * max(_width(meant), 1)}\n")


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def print_syntax(forms: Sequence[Mapping[str, str]]) -> None:
    """Print what a query may hold beside words: of each thing an example and what it does."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for form in forms:
        table.add_row(form["written"], form["meaning"].replace("`", ""))
    console = _console()
    console.print("Words are looked for by meaning and as they are; these say where:\n")
    console.print(table)


def print_evidence(evidence: Evidence) -> None:
    """Print the text of the sources, each with its place."""
    from rich.text import Text

    console = _console()
    for source in evidence.sources:
        place = Text.assemble(
            f"[{source.number}] ",
            (printable(source.path), "cyan"),
            (_place_in(source.locator, source.start_line), "green"),
        )
        heading = printable(f"{source.title} › {source.heading}" if source.heading else source.title)
        console.print(Text.assemble(place, "  ", (heading, "bold")))
        for line in source.text.splitlines():
            console.print(Text(f"  {printable(line)}"))
    if not evidence.complete:
        console.print("The index is not complete yet: there may be more.", style="yellow")


def _print_hit(console: Console, hit: Hit) -> None:
    from rich.text import Text

    place = Text.assemble((printable(hit.path), "cyan"), (_place_in(hit.locator, hit.line), "green"))
    heading = printable(f"{hit.title} › {hit.heading}" if hit.heading else hit.title)
    console.print(Text.assemble(place, "  ", (heading, "bold")))
    if hit.snippet:
        console.print(_marked(hit, "  "))
    _print_why(console, hit, "  ")


def _print_further(console: Console, hit: Hit) -> None:
    """Print another place of the note above."""
    from rich.text import Text

    at = Text.assemble("  ", (_place_in(hit.locator, hit.line), "green"))
    console.print(Text.assemble(at, "  ", (printable(hit.heading), "bold")) if hit.heading else at)
    if hit.snippet:
        console.print(_marked(hit, "    "))
    _print_why(console, hit, "    ")


def _place_in(locator: Locator | None, line: int) -> str:
    """Return what follows the name of a file: the page of a document, a line of text."""
    return f", {locator.label}" if locator else f":{line}"


def _marked(hit: Hit, margin: str) -> RichText:
    """Return the snippet with the words of the query marked."""
    from rich.text import Text

    snippet = Text(f"{margin}{hit.snippet}")
    for start, end in hit.highlights:
        snippet.stylize("bold yellow", start + len(margin), end + len(margin))
    return snippet


def _print_why(console: Console, hit: Hit, margin: str) -> None:
    from rich.text import Text

    if hit.reasons:
        console.print(Text(f"{margin}{printable(' · '.join(hit.reasons))}", style="dim"))
    if hit.explanation:
        console.print(Text(f"{margin}{hit.explanation.in_numbers()}", style="dim"))


class Answering:
    """An answer as it comes: phases on standard error, text and sources on standard output."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._has_phase = False
        self._text = ""

    def __enter__(self) -> Answering:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def take(self, event: Event) -> None:
        """Show what ``event`` says."""
        from starlight.engine.answer import Finished, Working, Written

        if isinstance(event, Working) and not self._text and not self._quiet and sys.stderr.isatty():
            self._clear()
            sys.stderr.write(f"\x1b[2m{printable(event.message)} …\x1b[0m")
            sys.stderr.flush()
            self._has_phase = True
        elif isinstance(event, Written) and not self._quiet:
            self._clear()
            self._text += event.text
            sys.stdout.write(_printable_lines(event.text))
            sys.stdout.flush()
        elif isinstance(event, Finished) and not self._quiet:
            self._clear()
            print_answer(event.answer, has_text=bool(self._text))

    def _clear(self) -> None:
        if self._has_phase:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._has_phase = False


def print_answer(answer: Answer, *, has_text: bool) -> None:
    """Print what stands below the text of an answer: sources, doubts, where it went, what to know."""
    console = _console()
    if has_text:
        console.print()
    if answer.stopped:
        console.print("(stopped)", style="yellow")
    for statement in answer.statements:
        if statement.support in ("unsupported", "weak") and answer.kind == "generated":
            doubt = "not supported" if statement.support == "unsupported" else "weakly supported"
            said = printable(statement.text)[:_SHOWN_CHARACTERS]
            console.print(f"{doubt}: “{said}” {printable(statement.reason)}".rstrip(), style="yellow")
    print_sources(answer)
    if answer.left_machine:
        console.print(
            f"This answer left the machine: {printable(answer.host)} ({printable(answer.model)})", style="red"
        )
    if answer.hint:
        console.print(printable(answer.hint), style="dim")
    if not answer.complete:
        console.print("The index is not complete yet: there may be more.", style="yellow")


def print_summary(summary: Summary) -> None:
    """Print a summary with its places, what was read, and what was not."""
    console = _console()
    if summary.text:
        sys.stdout.write(_printable_lines(summary.text) + "\n")
        sys.stdout.flush()
        console.print()
        for source in summary.sources:
            console.print(_place_of(source))
    console.print(printable(f"{summary.subject.name}: {summary.coverage}"), style="dim")
    left_out = {each.path: each.reason for each in summary.subject.left_out}
    _print_list(console, "Not read:", left_out)
    if summary.hint:
        console.print(printable(summary.hint), style="yellow")


def print_sources(answer: Answer) -> None:
    """Print the sources of an answer; where it used some, these alone."""
    used = {number for statement in answer.statements for number in statement.sources}
    sources = [source for source in answer.sources if source.number in used] or list(answer.sources)
    if not sources:
        return
    console = _console()
    console.print("Nearest in your notes:" if answer.verdict == "nothing" else "Sources:", style="bold")
    for source in sources:
        console.print(_place_of(source))


def print_source(source: Source) -> None:
    """Print the text of a source."""
    _console().print(_place_of(source))
    sys.stdout.write(_printable_lines(source.text.strip("\n")) + "\n")


def _place_of(source: Source) -> RichText:
    from rich.text import Text

    heading = printable(" › ".join(filter(None, (source.title, source.heading))))
    place = ((printable(source.path), "cyan"), (_place_in(source.locator, source.start_line), "green"))
    return Text.assemble(f"  [{source.number}] ", *place, "  ", (heading, "bold"))


def print_json(value: dict[str, Any]) -> None:
    """Print ``value`` as JSON on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _console() -> Console:
    from rich.console import Console

    # Lines are as long as they are: a place stays one word, and what is piped stays whole.
    return Console(highlight=False, soft_wrap=True, markup=False)


def printable(text: str) -> str:
    """Return ``text`` without what a terminal would take for a command."""
    return "".join(char if char.isprintable() or char == "\u200c" else " " for char in text)
