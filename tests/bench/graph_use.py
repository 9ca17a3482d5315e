"""What the graph of notes adds to link suggestions, related notes and evidence: each with it and without, in process.

The first two are judged by links that people made, taken out of a copy of their vault as the script beside the data
does: the note that was linked at a place should be suggested for a link there, and be among what is related to it.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from starlight.config import Settings
from starlight.engine import evidence, linking, related
from starlight.engine.evidence import Asked, gather
from starlight.engine.related import Origin
from starlight.engine.workspace import Workspace
from starlight.models.embedder import StaticEmbedder, load
from tests.bench.evidence import BUDGET
from tests.bench.links import FIRST_MIX, SCRIPT
from tests.bench.measure import DATA, Extent, Figure, isolated, missing

_CASES = 200
"""Links of each vault at most."""
_FIRST = 5
_LIMIT = 2 * _FIRST
"""Passages that are asked for: two of a note at most."""
_SETS = ("cisi", "cranfield", "lisa", "medline", "stackfaq", "xquad_de")
_SHARE = 0.7
"""What a passage of a note near in meaning is worth, as a share of the one that brings it."""
_MOST = 4

Weights = Mapping[str, float]
_WITH_LINKS = "together", "close together", "direct", "back"
LINKS: dict[str, Weights] = {
    "": {},
    "what notes near in meaning link to": {"near linked": 0.0},
    "what is linked with the links of the note": dict.fromkeys(_WITH_LINKS, 0.0),
    "all that is linked elsewhere": dict.fromkeys(
        ("near linked", "inside", "beside", "in folder", "in family", *_WITH_LINKS), 0.0
    ),
}
"""Signals that are switched off, by what they are."""
RELATED: dict[str, Weights] = {
    "": {},
    "what notes near in meaning link to": {"near": 0.0},
    "what is linked with the links of the note": {"together": 0.0},
    "what similar passages link to": {"inside": 0.0},
    "all three": {"near": 0.0, "together": 0.0, "inside": 0.0},
}


@dataclass(frozen=True, slots=True)
class Case:
    """A place where somebody linked to the note at ``target``, in a text that links to it no more."""

    path: str
    before: str
    after: str
    target: str

    def is_suggested(self, workspace: Workspace) -> bool:
        text = f"{self.before}[[{self.after}"
        found = workspace.authoring.complete(self.path, text, len(self.before) + 2, {self.path: text})
        return bool(found) and self.target in list(dict.fromkeys(each.path for each in found.items))[:_FIRST]

    def is_related(self, workspace: Workspace) -> bool:
        text, at = self.before + self.after, len(self.before)
        found = workspace.authoring.related(Origin(self.path, text, at, at), {self.path: text}, _LIMIT)
        return self.target in list(dict.fromkeys(hit.path for hit in found))[:_FIRST]


def run(extent: Extent) -> Iterator[Figure]:
    if not SCRIPT.is_file():
        yield missing("hit@5 of link suggestions, in process, mean of six vaults")
        return
    embedder = load()
    hits = [_of_vault(DATA / "vaults" / name, embedder) for name in FIRST_MIX]
    for number, (what, parts) in enumerate((("link suggestions", LINKS), ("related notes", RELATED))):
        means = {part: sum(found[number][part] for found in hits) / len(hits) for part in parts}
        for part, mean in means.items():
            whole = f"hit@{_FIRST} of {what}, in process, mean of six vaults"
            note = f"{mean - means['']:+.3f}" if part else ""
            yield Figure(f"{what} without: {part}" if part else whole, mean, note=note)
    if extent.legs:
        yield from _evidence(embedder)


def _of_vault(vault: Path, embedder: StaticEmbedder) -> tuple[dict[str, float], dict[str, float]]:
    """Return the shares of links that are suggested, and related, by what is switched off."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve() / vault.name
        shutil.copytree(vault, root)
        cases = _cases(root)
        with isolated() as environment, mock.patch.dict(os.environ, environment):
            workspace = _indexed(root, embedder)
            suggested = _shares(cases, linking.WEIGHTS, LINKS, lambda case: case.is_suggested(workspace))
            belongs = _shares(cases, related.GAINS, RELATED, lambda case: case.is_related(workspace))
            workspace.close()
    return suggested, belongs


def _shares(
    cases: Sequence[Case], weights: Weights, parts: Mapping[str, Weights], is_hit: Callable[[Case], bool]
) -> dict[str, float]:
    found = {}
    for part, without in parts.items():
        with mock.patch.dict(weights, without):  # type: ignore[arg-type]  # they are dictionaries
            found[part] = sum(map(is_hit, cases)) / len(cases)
    return found


def _cases(root: Path) -> list[Case]:
    """Take links out of the notes below ``root``, and return where they were."""
    script = _script("links")
    cases, edited = script.cases(root, _CASES)
    for path, text in edited.items():
        (root / path).write_text(text, encoding="utf-8")
    return [Case(*case) for case in cases]


def _script(name: str) -> Any:
    """Return a module that lies beside the data."""
    with mock.patch.object(sys, "path", [str(SCRIPT.parent), *sys.path]):
        return importlib.import_module(name)


def _indexed(root: Path, embedder: StaticEmbedder) -> Workspace:
    workspace = Workspace(root, Settings(), embedder)
    workspace.bring_up_to_date()
    workspace.graphs.make()
    return workspace


def _evidence(embedder: StaticEmbedder) -> Iterator[Figure]:
    """Evidence as it is, and with passages of notes near in meaning, which it does without as this shows."""
    plain, widened = zip(*(_of_set(name, embedder) for name in _SETS), strict=True)
    means = [sum(found) / len(found) for found in (plain, widened)]
    what = f"evidence of {BUDGET} tokens holds a passage that answers, in process, mean of six sets"
    yield Figure(what, means[0])
    note = f"{means[1] - means[0]:+.3f}: it is not built in"
    yield Figure("evidence with: passages of notes near in meaning", means[1], note=note)


def _of_set(name: str, embedder: StaticEmbedder) -> tuple[float, float]:
    script = _script("retrieval")
    documents, queries, judgments = script.load(DATA / "ir" / name)
    with (
        tempfile.TemporaryDirectory() as temporary,
        isolated() as environment,
        mock.patch.dict(os.environ, environment),
    ):
        root = Path(temporary).resolve() / name
        script.write_vault(documents, root)
        names = {f"{script.safe(each['_id'])}.md": each["_id"] for each in documents}
        workspace = _indexed(root, embedder)

        def share() -> float:
            held = 0
            for query in queries:
                sources = gather(Asked(query["text"], BUDGET), workspace._gatherer).sources
                held += any(names.get(Path(each.path).name) in judgments[query["_id"]] for each in sources)
            return held / len(queries)

        plain = share()
        with mock.patch.object(evidence._Gathering, "_with_beside", _widened(workspace)):
            widened = share()
        workspace.close()
    return plain, widened


def _widened(workspace: Workspace) -> Callable[..., list[evidence.Passage]]:
    """Return what adds the best passage of each note near to those of the best passages."""
    as_it_is = evidence._Gathering._with_beside

    def with_near(self: evidence._Gathering, passages: list[evidence.Passage]) -> list[evidence.Passage]:
        found = as_it_is(self, passages)
        for parent in passages[: evidence._PARENTS]:
            near = workspace.graphs.nearness.of(parent.section.path)
            for path in sorted(near, key=lambda path: -near[path])[:_MOST]:
                every = self._unscored(self._sections.of(path))
                best = max(every, key=lambda each: each.rating.value, default=None)
                if best and not any(best.section.overlaps(other.section) for other in found):
                    found = [*found, evidence._brought(best, parent, _SHARE, "near in meaning")]
        return sorted(found, key=lambda passage: -passage.score)

    return with_near
