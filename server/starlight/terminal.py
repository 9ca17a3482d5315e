"""What the terminal shows: the progress of indexing, reports, results.  The only module that imports rich."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from starlight.engine.answer import Evidence
    from starlight.engine.indexing import Report
    from starlight.engine.search import Hit, Results
    from starlight.index.records import Status

_SHOWN_FAILURES = 20


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
    """Print the hits, each with its place, heading and a highlighted snippet."""
    console = _console()
    if not results.hits or results.verdict == "nothing":
        console.print(f"Nothing in your notes is about “{printable(results.query)[:200]}”.")
    elif results.verdict == "weak":
        console.print("No close match; the nearest:", style="yellow")
    if results.verdict != "nothing":
        for hit in results.hits:
            _print_hit(console, hit)
    if not results.complete:
        console.print("The index is not complete yet: there may be more.", style="yellow")


def print_evidence(evidence: Evidence, answer: str = "") -> None:
    """Print ``answer`` with the places of its sources; without one, their text as well."""
    from rich.text import Text

    console = _console()
    for line in answer.splitlines():
        console.print(Text(printable(line)))
    for source in evidence.sources:
        place = Text.assemble(
            f"[{source.number}] ", (printable(source.path), "cyan"), (f":{source.start_line}", "green")
        )
        heading = printable(f"{source.title} › {source.heading}" if source.heading else source.title)
        console.print(Text.assemble(place, "  ", (heading, "bold")))
        for line in () if answer else source.text.splitlines():
            console.print(Text(f"  {printable(line)}"))
    if not evidence.complete:
        console.print("The index is not complete yet: there may be more.", style="yellow")


def _print_hit(console: Console, hit: Hit) -> None:
    from rich.text import Text

    place = Text.assemble((printable(hit.path), "cyan"), (f":{hit.line}", "green"))
    heading = printable(f"{hit.title} › {hit.heading}" if hit.heading else hit.title)
    console.print(Text.assemble(place, "  ", (heading, "bold")))
    if hit.snippet:
        snippet = Text(f"  {hit.snippet}")
        for start, end in hit.highlights:
            snippet.stylize("bold yellow", start + 2, end + 2)
        console.print(snippet)
    if hit.reasons:
        console.print(Text(f"  {printable(' · '.join(hit.reasons))}", style="dim"))


def _console() -> Console:
    from rich.console import Console

    # Lines are as long as they are: a place stays one word, and what is piped stays whole.
    return Console(highlight=False, soft_wrap=True, markup=False)


def printable(text: str) -> str:
    """Return ``text`` without what a terminal would take for a command."""
    return "".join(char if char.isprintable() or char == "\u200c" else " " for char in text)
