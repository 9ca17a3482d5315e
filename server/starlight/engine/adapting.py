"""Adapting the model to the notes of a folder: learn, measure with what was held out, keep what helps.

What is kept lies beside the index, and every index is made with it from then on (``models/adapted.py``).
"""

from __future__ import annotations

import contextlib
import math
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path

from starlight.config import Settings
from starlight.engine import heldout
from starlight.engine.adaptation import Adaptation, Measured, place_of
from starlight.engine.describe import describe
from starlight.engine.heldout import Question
from starlight.engine.learning import learn
from starlight.errors import InvalidRequest, NoteError
from starlight.index import disk
from starlight.index.databases import Databases
from starlight.index.disk import Fact, Selection
from starlight.index.location import Location
from starlight.index.records import NoteRecord
from starlight.index.vectors import quantize
from starlight.models import adapted as tables
from starlight.models.adapted import Table
from starlight.models.embedder import Embedder, StaticEmbedder
from starlight.notes.text import words
from starlight.private import make_private

_MOST_BYTES = 10_000_000
"""Of notes that are looked at: of a larger folder, a sample, always the same one."""
_LEAST_QUESTIONS = 20
"""Held-out links and headings from which on they say something."""
_LEAST_GAIN = 0.003
"""Gain in the mean of 1 / place from which on it is worth another index, where it is above its standard error."""
_BATCH = 64
_LEFT = 24 * 3600.0
"""Seconds after which what a killed run left lying is deleted."""

Tell = Callable[[str, float], None]
"""Told what is being done, and which share of all the work is behind it; called often, and may raise to end it."""


def adapt(
    location: Location, settings: Settings, base: Embedder, tell: Tell = lambda _doing, _share: None
) -> Adaptation:
    """Learn from the notes, and keep what is learnt where held-out links and headings are found better with it.

    Ended at any time, by what ``tell`` raises, it leaves everything as it was.

    Raises:
        InvalidRequest: the model is none that words can be added to.
        IndexUnavailable: the folder of the index cannot be written.
    """
    if not isinstance(base, StaticEmbedder) or not base.adds():
        raise InvalidRequest(
            f"{base.identity}: this model cannot learn words, as its tokenizer looks across them; "
            "leave the setting `model.path` empty for the model that ships, which can"
        )
    started = time.perf_counter()
    texts = _texts(location, settings, lambda: tell("Reading notes", 0.0))
    found = _Trial(location, base, texts, tell).run()
    table = None
    if found.applied:
        table = _learn(_described(texts, lambda: tell("Learning from all of it", 0.9)), base, tell, 0.95)
    seconds = round(time.perf_counter() - started, 1)
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    learnt = len(table.words) if table else found.words
    adaptation = replace(found, seconds=seconds, at=now, words=learnt)
    tables.save(place_of(location), table, asdict(adaptation))
    return adaptation


_Described = list[tuple[NoteRecord, dict[bytes, str]]]


class _Trial:
    """One comparison of the model with and without what it learns, on questions that it has not seen."""

    def __init__(self, location: Location, base: StaticEmbedder, texts: Mapping[str, str], tell: Tell) -> None:
        self._location = location
        self._base = base
        self._texts = texts
        self._tell = tell

    def run(self) -> Adaptation:
        """Return what came of it."""
        self._tell("Taking out links and headings", 0.05)
        held = heldout.hold_out(self._texts)
        if len(held.questions) < _LEAST_QUESTIONS:
            message = (
                f"not adapted: there are {len(held.questions)} links and headings to measure by, too few to know "
                "whether it would help"
            )
            return Adaptation(message=message, notes=len(self._texts))
        notes = _described(held.notes, lambda: self._tell("Reading what is left", 0.1))
        with _workplace(self._location.folder) as folder:
            before = self._answers(notes, held.questions, self._base, folder / "without", 0.15)
            table = _learn(notes, self._base, self._tell, 0.5)
            after = self._answers(notes, held.questions, tables.adapted(self._base, table), folder / "with", 0.55)
        return _judged(held.questions, before, after, len(table.words), len(self._texts))

    def _answers(
        self, notes: _Described, questions: Sequence[Question], embedder: Embedder, folder: Path, share: float
    ) -> list[float]:
        which = "with" if embedder is not self._base else "without"
        doing = f"Measuring {which} what was learnt"
        path = _indexed(Location(self._location.root, folder), notes, embedder, lambda: self._tell(doing, share))
        n = 0

        def keep_going() -> None:
            nonlocal n
            n += 1
            self._tell(doing, share + 0.1 + 0.25 * n / len(questions))

        return heldout.answers(path, questions, embedder, keep_going)


def _texts(location: Location, settings: Settings, keep_going: Callable[[], None]) -> dict[str, str]:
    """Return the texts of the notes by path, of a sample where they are many."""
    selection = Selection.of(location.root, settings)
    facts = sorted(selection.walk(lambda _path, _reason: None), key=lambda fact: (_lot(fact.path), fact.path))
    texts: dict[str, str] = {}
    n_bytes = 0
    for fact in facts:
        keep_going()
        if n_bytes >= _MOST_BYTES:
            break
        with contextlib.suppress(NoteError, OSError):
            data = disk.read(location.root / fact.path, settings.max_bytes)
            texts[fact.path] = disk.decode(data)
            n_bytes += len(data)
    return dict(sorted(texts.items()))


def _lot(path: str) -> int:
    return zlib.crc32(path.encode("utf-8", "surrogatepass"))


def _described(texts: Mapping[str, str], keep_going: Callable[[], None]) -> _Described:
    found: _Described = []
    for path, text in texts.items():
        keep_going()
        data = text.encode("utf-8", "surrogatepass")
        with contextlib.suppress(NoteError):
            found.append(describe(Fact(path, len(data), 0), data))
    return found


def _learn(notes: _Described, base: StaticEmbedder, tell: Tell, share: float) -> Table:
    def keep_going() -> None:
        tell("Learning words", share)

    passages = []
    for _, meant in notes:
        keep_going()
        passages += [words(text) for text in meant.values()]
    return learn(passages, base, keep_going)


def _indexed(location: Location, notes: _Described, embedder: Embedder, keep_going: Callable[[], None]) -> Path:
    """Make an index of the notes, and return its database."""
    databases = Databases(location, "trial")
    writer = databases.current()
    try:
        for start in range(0, len(notes), _BATCH):
            keep_going()
            batch = []
            for record, meant in notes[start : start + _BATCH]:
                vectors = quantize(embedder.embed(list(meant.values())))
                batch.append(record._replace(vectors=dict(zip(meant, vectors, strict=True))))
            writer.put(batch)
        writer.publish(writer.status())
    finally:
        databases.close()
    return location.database("trial")


@contextlib.contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder beside the index that is gone in the end; what a killed run left goes as well."""
    import shutil

    make_private(folder)
    for left in folder.glob("adapting-*"):
        if time.time() - left.stat().st_mtime > _LEFT:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="adapting-", dir=folder, ignore_cleanup_errors=True) as place:
        yield Path(place)


def _judged(
    questions: Sequence[Question], before: Sequence[float], after: Sequence[float], n_words: int, n_notes: int
) -> Adaptation:
    """Return whether what was learnt helps: over all questions clearly so, and neither kind of them clearly loses."""
    gains = {
        kind: [a - b for each, b, a in zip(questions, before, after, strict=True) if each.kind == kind]
        for kind in ("link", "heading")
    }
    gain, error = _mean_and_error([each for of_kind in gains.values() for each in of_kind])
    told = [_mean_and_error(of_kind) for of_kind in gains.values() if of_kind]
    helps = gain >= max(_LEAST_GAIN, error) and all(mean >= -error for mean, error in told)
    message = "adapted to these notes" if helps else "not adapted: it would not help"
    links, headings = (
        Measured(len(of_kind), _mean(before, questions, kind), _mean(after, questions, kind))
        for kind, of_kind in gains.items()
    )
    return Adaptation(helps, message, n_words, links, headings, n_notes)


def _mean_and_error(gains: Sequence[float]) -> tuple[float, float]:
    """Return the mean of gains and its standard error."""
    mean = sum(gains) / len(gains)
    return mean, math.sqrt(sum((gain - mean) ** 2 for gain in gains)) / len(gains)


def _mean(values: Sequence[float], questions: Sequence[Question], kind: str) -> float:
    chosen = [value for value, question in zip(values, questions, strict=True) if question.kind == kind]
    return round(sum(chosen) / len(chosen), 4) if chosen else 0.0
