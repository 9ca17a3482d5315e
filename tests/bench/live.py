"""An index that follows its folder: start, save, keystroke, and what an editor feels while it is being made."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import footprint
from tests.bench.corpora import Corpus
from tests.bench.editor import HOURS, editor, find_time, hover_time, initialize_time, search_time
from tests.bench.measure import REPOSITORY, STARLIGHT, Figure, latencies
from tests.e2e.client import SERVE, Server

FOLDER = "written-by-the-benchmark"
_SAVES = 50
_KEYSTROKES = 50
_ROUNDS = 10
_PATIENCE = 1.5
_NOTE = "# A note of the benchmark\n\nIt links to [[{target}]] and holds the word {word}.\n"


def again(corpus: Corpus, environment: dict[str, str]) -> Iterator[Figure]:
    """Start on a folder that has its index: nothing changed, and one note changed meanwhile."""
    run = footprint.watched([*STARLIGHT, "index", str(corpus.folder), "--json"], environment)
    yield Figure("`starlight index` again, nothing changed", run.seconds, "s", "under 2 s (362 MB, 59,779 notes)")
    with _notes(corpus) as folder:
        word = _words("started")
        (folder / "changed.md").write_text(_NOTE.format(target="nothing", word=next(word)), encoding="utf-8")
        started = time.perf_counter()
        server = Server(SERVE, environment)
        server.initialize(corpus.folder)
        found = find_time(server, next(_words("started")), HOURS)
        server.close()
    if found is not None:
        goal = "under 2 s (362 MB, 59,779 notes)"
        yield Figure("server started, until a note written before is found", found - started, "s", goal)


def saves(corpus: Corpus, environment: dict[str, str]) -> Iterator[Figure]:
    """``didSave`` until another process that reads the database finds the note."""
    with (
        _notes(corpus) as folder,
        editor(corpus.folder, environment) as server,
        _follower(corpus, environment) as follower,
    ):
        note = _Saved(server, follower, folder / "saved.md")
        times = [note.save(word) for word in itertools.islice(_words("saved"), _SAVES)]
    yield from latencies("saved until found by a second process, idle", times, ("", "under 100 ms (1 GB)", ""))


def keystrokes(corpus: Corpus, environment: dict[str, str]) -> Iterator[Figure]:
    """A change in an open note of 100 KB until its new text is found, unsaved."""
    what, goal = "keystroke in an open note of 100 KB until a search has found it", "under 30 ms after the pause"
    paragraph = "Some of what people write down is never looked at again, and some of it is.\n\n"
    sections = [f"## Part {number}\n\n{paragraph * 10}" for number in range(128)]
    with _notes(corpus) as folder, editor(corpus.folder, environment) as server:
        path = folder / "long.md"
        text = "# Long\n\n" + "".join(sections)
        path.write_text(text, encoding="utf-8")
        server.open(path, text)
        times = []
        for version, word in enumerate(itertools.islice(_words("typed"), _KEYSTROKES), 2):
            line = 4 + (version * 7 % 128) * 22  # the first paragraph of a section
            at = {"line": line, "character": 0}
            change = {"range": {"start": at, "end": at}, "text": f"{word} "}
            document = {"uri": path.as_uri(), "version": version}
            started = time.perf_counter()
            server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
            found = find_time(server, word, _PATIENCE)
            if found is None:
                yield Figure(f"{what}, p95", None, goal=goal, note="unsaved text is not searched")
                return
            times.append(found - started)
    yield from latencies(what, times, ("", goal, ""))


def busy(corpus: Corpus, environment: dict[str, str]) -> Iterator[Figure]:
    """Save, hover, search and ``initialize`` while the folder is indexed from nothing."""
    hovers, searches, saved, initialized, started = [], [], [], [], []
    with (
        _notes(corpus) as folder,
        editor(corpus.folder, environment, "indexing") as server,
        _follower(corpus, environment) as follower,
    ):
        note = _Saved(server, follower, folder / "saved.md")
        for word in itertools.islice(_words("busy"), _ROUNDS * 3):
            if server.status()["state"] != "indexing":
                break
            saved.append(note.save(word))
            hovers += [hover_time(server, note.path, 2, 15) for _ in range(4)]
            searches += [search_time(server, "how to change the settings of a project")]
            if len(saved) % 3 == 1:
                answered, whole = initialize_time(corpus.folder, environment)
                initialized.append(answered)
                started.append(whole)
    if not saved:
        return
    yield from latencies("saved until found by a second process, bulk indexing", saved, ("", "under 300 ms (1 GB)", ""))
    yield from latencies("hover, bulk indexing", hovers, ("", "under 50 ms", ""))
    yield from latencies("search through LSP, bulk indexing", searches)
    yield from latencies("`initialize` of a second server, bulk indexing", initialized, ("", "under 50 ms", ""))
    yield from latencies("process start to `initialize` answered, bulk indexing", started)


class _Saved:
    """A note that is saved again and again, and looked for from another process."""

    def __init__(self, server: Server, follower: subprocess.Popen[str], path: Path) -> None:
        self.path = path
        self._server = server
        self._follower = follower
        self._server.open(path, self._text("first"))

    def save(self, word: str) -> float:
        """Write ``word`` into the note and say so; returns the seconds until it was found."""
        self.path.write_text(self._text(word), encoding="utf-8")
        started = time.perf_counter()
        self._server.notify("textDocument/didSave", {"textDocument": {"uri": self.path.as_uri()}})
        print(word, file=self._follower.stdin, flush=True)
        return float(self._follower.stdout.readline()) - started

    def _text(self, word: str) -> str:
        return _NOTE.format(target=self.path.stem, word=word)


@contextlib.contextmanager
def _follower(corpus: Corpus, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that reads the index and answers each word with the moment at which it found it."""
    command = [sys.executable, "-m", "tests.bench.inside", "follow", str(corpus.folder)]
    process = subprocess.Popen(
        command, env=environment, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.stdin.close()
        process.kill()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def _notes(corpus: Corpus) -> Iterator[Path]:
    """A folder in the corpus for notes of ours, gone afterwards."""
    folder = corpus.folder / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _words(kind: str) -> Iterator[str]:
    """Yield words that no note has."""
    return (f"zyxw{kind}{number}qv" for number in itertools.count())
