"""Summary lines by a chat model, made while nothing else is to be done: opt-in, for those who never wait for a model.

The server does this: it has the chat models, and hears every key.  One note at a time is read, the open ones and those
that were changed last first, by a model on this machine for which nothing has to be loaded.  A key, a question or a
search stops what is written at once; of a long note the parts that are done stay.
"""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from starlight.engine import conversations
from starlight.engine.describe import hash_of
from starlight.engine.idle import Idle, rest_after
from starlight.engine.summary import LINE, NO_COUNTS, Counts, SummaryLine
from starlight.engine.summary_lines import LONGEST, key_of, lines_of, subject_of, with_line
from starlight.engine.summary_text import share_of, shortened
from starlight.engine.unhurried import Unhurried
from starlight.errors import IndexMissing, NoteError, StarlightError
from starlight.index import disk
from starlight.index.reader import Reader
from starlight.models.generator import Cancellation, Generator
from starlight.models.slot import Alone, state_folder
from starlight.notes import marks
from starlight.notes.text import one_line

if TYPE_CHECKING:
    from starlight.engine.assistant import Assistant
    from starlight.engine.summary import Summary
    from starlight.engine.workspace import Workspace

log = logging.getLogger(__name__)

State = Literal["", "making", "waiting", "on battery", "no model", "another window", "resting"]

SHORTEST = 800
"""Bytes of a note: a shorter one is shown whole wherever its line would be."""
_LINE = 300
"""Characters of a line, where its first sentence has not more."""
_SHARE = 0.5
"""Of the words of a line that no section is known to support, so many stand in the note."""
_LOOK = 30.0
"""Seconds until a model, the power, or another window is looked at again."""
_LONGEST_REST = 3600.0
_GIVEN_UP = 3
"""So many notes in a row of which a model makes nothing that can be used, and it rests."""
_LEAST_REST = 1.0
"""Seconds between two notes at least."""
FOREVER = math.inf

Opened = Mapping["Workspace", Sequence[str]]
"""Folders, each with the paths of its notes that are open in the editor."""


class Folder:
    """The notes of one folder, and which of them have lines.  Use it on one thread."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._database = workspace.location.database(workspace.fingerprint)
        self._seen: object = None
        self._notes: dict[str, bytes] = {}
        """Content hashes by path, of the notes that were changed last first."""
        self._by: dict[bytes, set[str]] = {}
        """The models that wrote a line, by content hash."""
        self.counts = NO_COUNTS
        """How far this is; may be read on any thread."""

    def look(self, *, again: bool = False) -> None:
        """See which notes there are now; ``again``: and which lines others have made."""
        if again:
            self._seen, self._by = None, {}
        try:
            with Reader(self._database) as reader:
                revision = reader.status().revision
                if revision != self._seen:
                    found = reader.versions(SHORTEST, LONGEST, conversations.KINDS)
                    self._notes = {path: hash_ for path, hash_ in found if disk.is_note(path)}
                    self._learn({*self._notes.values()} - self._by.keys())
                    self._seen = revision
                    self._count()
        except IndexMissing:
            self._notes, self._seen, self.counts = {}, None, NO_COUNTS

    def without(self, model: str, opened: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the notes for which ``model`` has written no line, or where it is empty nobody has; open ones first."""
        first = [(path, self._notes[path]) for path in opened if path in self._notes]
        for path, hash_ in (*first, *self._notes.items()):
            written = self._by.get(hash_, set())
            if model not in written if model else not written:
                yield path, hash_

    def text(self, path: str, hash_: bytes) -> str:
        """Return the text of the note on disk; empty where that is another one now: it will be indexed again."""
        with contextlib.suppress(NoteError, OSError):
            data = disk.read(self.workspace.root / path, self.workspace.settings.max_bytes)
            if hash_of(data, path) == hash_:
                return disk.decode(data)
        del self._notes[path]
        self._count()
        return ""

    def is_made(self, hash_: bytes, model: str) -> bool:
        """Whether ``model`` has written a line for a note of that content, here or in another window."""
        self._learn([hash_])
        return model in self._by[hash_]

    def keep(self, path: str, hash_: bytes, text: str, line: SummaryLine) -> None:
        """Keep ``line`` for the note, also as an editor has its text, where that is not byte for byte the file's."""
        cache = self.workspace.kept
        for each in {hash_, hash_of(text.encode("utf-8", "replace"), path)}:
            cache.keep_summary(key_of(each), with_line(lines_of(cache.summary(key_of(each))), line))
        self._by.setdefault(hash_, set()).add(line.by)
        self._count()

    def _count(self) -> None:
        self.counts = Counts(sum(bool(self._by.get(hash_)) for hash_ in self._notes.values()), len(self._notes))

    def _learn(self, hashes: Iterable[bytes]) -> None:
        """See which models wrote a line for notes of that content."""
        keys = {key_of(hash_): hash_ for hash_ in hashes}
        kept = self.workspace.kept.summaries(list(keys))
        self._by |= {hash_: set(lines_of(kept.get(key))) for key, hash_ in keys.items()}


def counted(workspace: Workspace) -> Counts | None:
    """Return how many of the notes of ``workspace`` have a line by a model; None where none has, and none shall."""
    folder = Folder(workspace)
    folder.look()
    return folder.counts if folder.counts.made or workspace.settings.summary_background else None


class SummaryAhead:
    """Makes the lines of some folders, in steps.  Use it on one thread; ``changed`` is called on that one."""

    def __init__(self, assistant: Assistant, changed: Callable[[], None] = lambda: None) -> None:
        self._assistant = assistant
        self.idle = Idle()
        """Is told, on any thread, that somebody writes, searches or asks."""
        self._changed = changed
        self._alone = Alone(state_folder(), "lines")
        self._folders: dict[Workspace, Folder] = {}
        self._useless: dict[bytes, set[str]] = {}
        """The models that had nothing for a note, by its content hash: this process does not ask them again."""
        self._failed: dict[bytes, int] = {}
        """The notes, by content hash, at which a model failed, and how many lines had been made by then."""
        self._n_made = 0
        self._in_a_row = 0
        self._again_at = float("-inf")
        """When a model is looked for again."""
        self._delay = _LOOK
        self.state: State = ""
        """What it does, in a word or two; empty where there is nothing to do."""
        self.model = ""
        """The model that was asked last."""
        self.problem = ""
        """A sentence for the user: why it rests."""

    def counts(self, workspace: Workspace) -> Counts:
        """Return how far it is with the notes of ``workspace``."""
        folder = self._folders.get(workspace)
        return folder.counts if folder else NO_COUNTS

    def try_again(self) -> None:
        """Look for a model anew: the user asked one for something, or chose another."""
        self._again_at, self._delay, self._in_a_row = float("-inf"), _LOOK, 0

    def step(self, opened: Opened, stop: Cancellation) -> float:
        """Make the next line, if there is one to be made, and it is the time for it.

        ``stop`` stops what is written.  Returns the seconds to wait before the next step, which may be ``FOREVER``:
        until something is another one.
        """
        began = time.monotonic()
        try:
            self._look(opened)
            seconds = self._unready(opened)
            generator = self._generator(opened) if seconds is None else None
            if generator:
                seconds = self._make(opened, generator, stop)
        except StarlightError as error:  # a file that another program holds, an index that is made again
            log.info("%s", error)
            seconds = _LOOK
        if seconds:
            self._alone.release()
        self._changed()
        return max(seconds or 0.0, rest_after(began), _LEAST_REST)

    def close(self) -> None:
        """Let another window do it."""
        self._alone.release()

    def _look(self, opened: Opened) -> None:
        """See which notes there are now."""
        again = self.state == "another window"
        self._folders = {workspace: self._folders.get(workspace) or Folder(workspace) for workspace in opened}
        for folder in self._folders.values():
            folder.look(again=again)

    def _unready(self, opened: Opened) -> float | None:
        """Return the seconds until it may be the time; None where it is."""
        if not any(folder.counts.total for folder in self._folders.values()):
            self.state = ""
            return FOREVER
        if seconds := self.idle.quiet_in:
            self.state = "waiting" if self._next(opened) else ""
            return seconds
        if not self.idle.is_idle:
            self.state = "on battery" if self._next(opened) else ""
            return _LOOK
        seconds = self._again_at - time.monotonic()
        return seconds if seconds > 0 else None

    def _generator(self, opened: Opened) -> Generator | None:
        generator = self._assistant.at_hand("summary-line")
        if generator is None:
            self.state = "no model" if self._next(opened) else ""
            self._rest()
        return generator

    def _rest(self) -> float:
        """Leave models alone for a while, each time for longer; returns how long that is."""
        seconds, self._delay = self._delay, min(2 * self._delay, _LONGEST_REST)
        self._again_at = time.monotonic() + seconds
        return seconds

    def _give_up(self, problem: str) -> float:
        log.info("no summary lines for a while: %s", problem)
        self.state, self.problem, self._in_a_row = "resting", problem, 0
        return self._rest()

    def _next(self, opened: Opened, model: str = "") -> tuple[Folder, str, bytes] | None:
        """Return the next note for which ``model`` has written no line, or where it is empty nobody has."""
        again = None
        for workspace, folder in self._folders.items():
            for path, hash_ in folder.without(model, opened[workspace]):
                useless = self._useless.get(hash_, set())
                if model not in useless if model else not useless:
                    if hash_ not in self._failed:
                        return folder, path, hash_
                    again = again or (folder, path, hash_)
        return again

    def _make(self, opened: Opened, generator: Generator, stop: Cancellation) -> float:
        """Make the next line; returns the seconds to wait, 0 for a short rest."""
        found = self._next(opened, generator.name)
        if found is None:
            self.state, self._delay = "", _LOOK
            return FOREVER
        if not self._alone.take():
            self.state = "another window"
            return _LOOK
        folder, path, hash_ = found
        if folder.is_made(hash_, generator.name) or not (text := folder.text(path, hash_)):
            return 0.0
        subject = subject_of(path, text)
        if not any(section.text.strip() for section in subject.sections):
            self._leave(hash_, generator.name)
            return 0.0
        self.state, self.model, self.problem = "making", generator.name, ""
        self._changed()
        asked = Unhurried(generator, stop, lambda: not self.idle.is_idle)
        summary = self._assistant.summarize_by(
            asked, subject, LINE, folder.workspace.kept, folder.workspace.summarize, cancellation=stop
        )
        return self._take(folder, (path, hash_, text), asked, summary)

    def _take(self, folder: Folder, note: tuple[str, bytes, str], asked: Unhurried, summary: Summary) -> float:
        """Keep what was written, if it can be used; returns the seconds to wait."""
        if asked.stop.is_cancelled:
            self.state = "waiting"
            return _LOOK if asked.gave_way else self.idle.quiet_in
        if asked.problem:
            if self._failed.pop(note[1], self._n_made) < self._n_made:  # it is because of this note
                self._leave(note[1], asked.name)
            self._failed[note[1]] = self._n_made
            return self._give_up(asked.problem)
        if line := _line(summary):
            folder.keep(*note, SummaryLine(line, asked.name))
            self._in_a_row, self._delay, self._n_made = 0, _LOOK, self._n_made + 1
            return 0.0
        self._leave(note[1], asked.name)
        self._in_a_row += 1
        log.info("%s wrote no line that can be used: %s", asked.name, summary.hint)
        if self._in_a_row < _GIVEN_UP:
            return 0.0
        return self._give_up(f"{asked.name} wrote no line that can be used for {_GIVEN_UP} notes in a row")

    def _leave(self, hash_: bytes, model: str) -> None:
        """Ask ``model`` no more for a line for the note of that content."""
        self._useless.setdefault(hash_, set()).add(model)


def _line(summary: Summary) -> str:
    """Return the line that ``summary`` is; empty where it is none: nobody is there to see what is doubtful about it."""
    found = {statement.support for statement in summary.statements}
    if summary.kind != "generated" or summary.coverage.failed or "unsupported" in found:
        return ""
    if "supported" not in found and share_of(summary.text, [each.text for each in summary.subject.sections]) < _SHARE:
        return ""
    return one_line(shortened(marks.without(summary.text).strip(), lambda text: len(text) <= _LINE), 2 * _LINE)
