"""Whether it is said where nothing in the notes is about a query: places are asked their own questions and others'.

A place is a vault or a judged collection.  Its own questions are headings and sentences of its notes, and the
judged queries; the others' are those of places about something else, and letters at random.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from starlight.engine.workspace import Workspace
from starlight.notes import markdown
from starlight.notes.place import Lines
from starlight.notes.sentences import sentences
from starlight.notes.text import plain, words
from tests.bench.corpora import hash_of
from tests.bench.measure import DATA, Extent, Figure, isolated, missing

VAULTS = (
    "braindump", "dendron-site", "fardm-fa", "foam-docs", "jackyzha0-garden", "kepano", "logseq-docs",
    "obsidian-help-en", "oldwinter-garden-zh",
)  # fmt: skip
COLLECTIONS = (
    "stackfaq", "medline", "cranfield", "lisa", "cisi", "xquad_en", "xquad_de", "xquad_zh", "jsquad_ja", "parsinlu_fa",
)  # fmt: skip
UNSEEN = ("dendron-site", "cisi", "jsquad_ja")
"""The weights and thresholds of the verdict were chosen without a look at these places."""
RELATED = (
    {"dendron-site", "foam-docs", "kepano", "logseq-docs", "obsidian-help-en", "stackfaq"},
    {"xquad_en", "xquad_de", "xquad_zh", "jsquad_ja"},
    {"lisa", "cisi", "xquad_en"},
)
"""Places about the same things, or about everything: what one of them is asked is not off-topic for another."""
_OF_ONE = 25
"""Questions of one kind and place."""
_SHORT, _LONG = 6, 30
"""Words of a sentence that is asked."""
WRONG = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
"""Shares of the answerable that are called "nothing" wrongly, at which the off-topic are counted."""
_AIM = 0.03


@dataclass(frozen=True, slots=True)
class Asked:
    """How sure the answers to questions of one kind were, and how many of them were called "nothing"."""

    sure: Sequence[float]
    n_nothing: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one place said to its own questions and to those of other places."""

    own: Asked
    others: Asked


def run(extent: Extent) -> Iterator[Figure]:
    what, goal = "answerable told from off-topic, area under the curve", "at least .95"
    if not (DATA / "vaults").is_dir():
        yield missing(what, goal)
        return
    places = (*VAULTS, *COLLECTIONS) if extent.legs else (*VAULTS[:2], *COLLECTIONS[:2])
    questions = {place: _questions(place) for place in places}
    outcomes = {place: _outcome(place, questions) for place in places}
    yield from _figures("", outcomes, places, goal)
    if extent.legs:
        yield from _figures(", places that nothing was chosen on", outcomes, UNSEEN, goal)
    for place in places:
        yield Figure(f"{what}: {place}", area(outcomes[place].own.sure, outcomes[place].others.sure))
    own, others = _joined(outcomes, places)
    for share in WRONG:
        yield Figure(_at(share), found_out(own.sure, others.sure, share), goal="at least .80" if share == _AIM else "")


def points(figures: Sequence[Figure]) -> list[tuple[float, float]]:
    """Return the curve in ``figures``: percent of the answerable that are called "nothing", of the off-topic too."""
    values = {figure.what: figure.value for figure in figures}
    return [(100 * share, 100 * value) for share in WRONG if (value := values.get(_at(share))) is not None]


def _at(share: float) -> str:
    return f"off-topic found out where {share:.0%} of the answerable are called “nothing”"


def _figures(among: str, outcomes: Mapping[str, Outcome], places: Sequence[str], goal: str) -> Iterator[Figure]:
    own, others = _joined(outcomes, places)
    counts = f"{len(own.sure)} answerable, {len(others.sure)} off-topic"
    yield Figure(
        f"answerable told from off-topic, area under the curve{among}",
        area(own.sure, others.sure),
        goal=goal,
        note=counts,
    )
    yield Figure(f"off-topic called “nothing”{among}", others.n_nothing / len(others.sure), goal="at least .80")
    yield Figure(f"answerable called “nothing”{among}", own.n_nothing / len(own.sure), goal="at most .03")


def area(own: Sequence[float], others: Sequence[float]) -> float:
    """Return how likely an answerable question is surer than an off-topic one (Mann & Whitney, 1947)."""
    above = sum((mine > other) + (mine == other) / 2 for mine, other in itertools.product(own, others))
    return above / (len(own) * len(others))


def found_out(own: Sequence[float], others: Sequence[float], wrong: float) -> float:
    """Return the share of ``others`` below the value that the share ``wrong`` of ``own`` is below."""
    limit = sorted(own)[int(wrong * len(own))]
    return sum(value < limit for value in others) / len(others)


def _joined(outcomes: Mapping[str, Outcome], places: Sequence[str]) -> tuple[Asked, Asked]:
    def join(found: Sequence[Asked]) -> Asked:
        return Asked([value for each in found for value in each.sure], sum(each.n_nothing for each in found))

    return join([outcomes[place].own for place in places]), join([outcomes[place].others for place in places])


def _outcome(place: str, questions: Mapping[str, Sequence[str]]) -> Outcome:
    """Ask ``place`` its own questions, and as many of the others'."""
    others = [
        question
        for other, asked in questions.items()
        if other != place and not any({place, other} <= related for related in RELATED)
        for question in asked
    ]
    others.sort(key=lambda question: hash_of(f"{place} {question}"))
    with isolated() as environment, mock.patch.dict(os.environ, environment), tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.at(_root(place, Path(folder)))
        workspace.bring_up_to_date()
        outcome = Outcome(
            _answers(workspace, questions[place]),
            _answers(workspace, [*others[: len(questions[place])], *_letters(place)]),
        )
        workspace.close()
    return outcome


def _answers(workspace: Workspace, questions: Sequence[str]) -> Asked:
    results = [workspace.search(question) for question in questions]
    return Asked(
        [each.confidence for each in results],
        sum(each.verdict == "nothing" for each in results),
    )


def _root(place: str, folder: Path) -> Path:
    if place in VAULTS:
        return DATA / "vaults" / place
    for number, line in enumerate((DATA / "ir" / place / "corpus.jsonl").read_text(encoding="utf-8").splitlines()):
        note = json.loads(line)
        head = f"# {note['title']}\n\n" if note.get("title") else ""
        (folder / f"{number}.md").write_text(f"{head}{note['text']}\n", encoding="utf-8")
    return folder


def _questions(place: str) -> list[str]:
    if place in VAULTS:
        return _of_notes(DATA / "vaults" / place)
    lines = (DATA / "ir" / place / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [" ".join(json.loads(line)["text"].split()) for line in lines]
    return sorted(queries, key=hash_of)[: 2 * _OF_ONE]


def _of_notes(root: Path) -> list[str]:
    """Return headings and sentences of a vault's notes, at most one of each a note."""
    headings, said = [], []
    for path in sorted(root.rglob("*.md"), key=lambda path: hash_of(path.as_posix())):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines = Lines(text)
        note = markdown.parse(text, path.stem, lines)
        body = lines.start(min(note.body_line, len(lines)))  # front matter asks nothing
        found = [plain(heading.text) for heading in note.headings if len(words(heading.text)) >= 3]
        parts = [
            " ".join(plain(text[each.start : each.end]).split())
            for each in sentences(text)
            if each.start >= body and not each.is_heading
        ]
        fitting = [part for part in parts if _SHORT <= len(words(part)) <= _LONG and "://" not in part]
        headings += sorted(found, key=hash_of)[:1]
        said += sorted(fitting, key=hash_of)[:1]
        if min(len(headings), len(said)) >= _OF_ONE:
            break
    return [*headings[:_OF_ONE], *said[:_OF_ONE]]


def _letters(place: str) -> list[str]:
    """Return questions of letters at random, always the same ones for one place."""
    chance = random.Random(hash_of(place))
    return [
        " ".join("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9))) for _ in range(n))
        for n in (1, 2, 2, 3, 4)
    ]
