"""Judged cases for the citation checker, made of real notes: what is true of a passage, and what was altered in it.

Every case is one sentence of an answer that cites one of four passages.  Those that are true are literal, or changed
so that they stay true by rule; those that are altered are one of these with one thing changed that makes it false.
The same seed and notes always make the same cases.
"""

from __future__ import annotations

import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from starlight.engine.answer import Source
from starlight.engine.citations import check
from starlight.notes.claims import read
from starlight.notes.text import plain, words
from tests.bench.alterations import ALTERED, MOST_WORDS, TRUE, Passage, Vault, small, varied
from tests.bench.measure import DATA, Extent, Figure, latencies, missing

JUDGED = ("obsidian-help-en", "jackyzha0-garden", "logseq-docs", "dendron-site")
FURTHER = ("braindump",)
"""A vault that no rule was tried on, for the time after one was changed."""
OTHERS = ("oldwinter-garden-zh", "fardm-fa")
SEED = 4
A_KIND = 12
"""Cases of each kind, of each vault, where it has as many."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with its mark, and the passages that it may cite.  ``of`` says what the altered one was made from."""

    vault: str
    kind: str
    is_true: bool
    text: str
    sources: tuple[Source, ...]
    of: str


def cases(folder: Path, seed: int = SEED, a_kind: int = A_KIND) -> list[Case]:
    """Make the cases of one vault: at most ``a_kind`` of each kind, of as many passages as there are."""
    chance = random.Random(f"{seed} {folder.name}")
    vault = Vault(folder)
    order = list(range(len(vault.passages)))
    found: dict[str, list[Case]] = defaultdict(list)
    for kind in (*TRUE, "merged", *ALTERED, "swapped source"):
        chance.shuffle(order)
        for number in order:
            if len(found[kind]) >= a_kind:
                break
            if case := _case(vault.at(number), number, kind, chance):
                found[kind].append(case)
    return [case for made in found.values() for case in made]


def _case(vault: Vault, number: int, kind: str, chance: random.Random) -> Case | None:
    passage = vault.passages[number]
    said = passage.sentences
    if not said:
        return None
    chance.shuffle(said)
    for sentence in said[:6]:
        text = sentence if kind == "literal" else plain(sentence)
        if kind == "merged":
            text = _merged(passage, sentence, vault)
        elif kind in TRUE:
            text = TRUE[kind](text, vault, chance)
        else:
            text = varied(text, vault, chance)
            text = ALTERED[kind](text, vault, chance) if kind in ALTERED else text
        if text and (text != plain(sentence) or kind in ("literal", "swapped source")):
            return _with_sources(vault, number, kind, text, sentence, chance)
    return None


def _merged(passage: Passage, sentence: str, vault: Vault) -> str | None:
    """Two sentences of the passage as one, the first as far as its first clause where it is long."""
    others = [other for other in passage.sentences if other != sentence]
    if not others:
        return None
    one, other = plain(sentence), plain(others[0])
    if len(words(one)) + len(words(other)) > MOST_WORDS:
        return None
    return f"{one.rstrip('.! ')}, and {small(other, vault)}"


def _with_sources(vault: Vault, number: int, kind: str, text: str, sentence: str, chance: random.Random) -> Case | None:
    near = [at for at in (number + 1, number - 1, number + 2, number - 2) if 0 <= at < len(vault.passages)]
    near.sort(key=lambda at: vault.passages[at].path != vault.passages[number].path)
    far = chance.sample(range(len(vault.passages)), min(len(vault.passages), 8))
    chosen = [at for at in dict.fromkeys([*near[:1], *far]) if at != number][:3]
    if len(chosen) < 3 or any(_is_told(sentence, vault.passages[at]) for at in chosen):
        return None
    cited = chosen[0] if kind == "swapped source" else number
    chosen.append(number)
    chance.shuffle(chosen)
    sources = tuple(_source(n, vault.passages[at]) for n, at in enumerate(chosen, 1))
    mark = f"[{1 + chosen.index(cited)}]"
    body = text.rstrip()
    marked = f"{body[:-1]} {mark}{body[-1]}" if body[-1] in ".!" and chance.random() < 0.6 else f"{body} {mark}"
    is_true = kind in TRUE or kind == "merged"
    return Case(vault.name, kind, is_true, marked, sources, sentence)


def _is_told(sentence: str, passage: Passage) -> bool:
    """Whether another passage says much the same."""
    said = set(words(plain(sentence)))
    return any(
        len(said & set(words(plain(other)))) > 0.7 * len(said) for other in re.split(r"(?<=[.!?])\s|\n", passage.text)
    )


def _source(number: int, passage: Passage) -> Source:
    title = Path(passage.path).stem
    last = passage.line + passage.text.count("\n")
    return Source(
        number, passage.path, passage.line, last, title, passage.heading, passage.text, len(passage.text) // 4
    )


# -- figures


def judged(case: Case) -> tuple[str, str]:
    """Return the weakest mark that the statements of a case got, and why."""
    ranks = ("supported", "weak", "uncited", "unsupported")
    found = check(case.text, case.sources)
    worst = max(found, key=lambda statement: ranks.index(statement.support), default=None)
    return (worst.support, worst.reason) if worst else ("uncited", "there is no statement")


def run(extent: Extent) -> Iterator[Figure]:
    """Measure: how many true citations are accepted, how many altered ones are caught, by kind; and the time."""
    folders = {name: DATA / "vaults" / name for name in (*JUDGED, *FURTHER, *OTHERS)}
    if not all(folder.is_dir() for folder in folders.values()):
        yield missing("true citations accepted", _GOALS[True])
        return
    made = [case for name in JUDGED for case in cases(folders[name])]
    yield from figures(made)
    for name in (*FURTHER, *OTHERS):
        found = [figure for figure in figures(cases(folders[name], a_kind=2 * A_KIND)) if figure.goal]
        yield from (replace(figure, what=f"{figure.what}: {name}", goal="") for figure in found)
    yield from _times(made)


_GOALS = {True: "at least 95 %", False: "at least 85 %"}


def figures(made: Sequence[Case]) -> Iterator[Figure]:
    """The figures of some cases: all together, and by kind.  Only what is marked supported counts as accepted."""
    results = [(case, judged(case)[0]) for case in made]
    for is_true, what in ((True, "true citations accepted"), (False, "altered citations caught")):
        these = [(case, support) for case, support in results if case.is_true is is_true]
        n_changed = sum(case.kind != "literal" for case, _ in these)
        yield _share(what, these, _GOALS[is_true], f", {n_changed} not literal" if is_true else "")
        for kind in dict.fromkeys(case.kind for case, _ in these):
            yield _share(f"{what}, {kind}", [found for found in these if found[0].kind == kind])


def _share(what: str, results: Sequence[tuple[Case, str]], goal: str = "", more: str = "") -> Figure:
    n_right = sum((support == "supported") is case.is_true for case, support in results)
    n_weak = sum(support == "weak" for _, support in results)
    note = f"{n_right} of {len(results)}, {n_weak} weak{more}"
    return Figure(what, 100 * n_right / max(len(results), 1), "%", goal, note)


def _times(made: Sequence[Case]) -> Iterator[Figure]:
    """Answers of four statements over four passages, none of which was read before."""
    times = []
    for at in range(0, len(made) - 4, 4):
        answer = " ".join(case.text for case in made[at : at + 4])
        read.cache_clear()
        started = time.process_time()
        found = check(answer, made[at].sources)
        times.append((time.process_time() - started) / max(len(found), 1))
    what = "CPU time a statement, with a fourth of reading four passages"
    yield from latencies(what, times, ("under 5 ms", "", ""))[:2]
