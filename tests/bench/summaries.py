"""Extractive summaries against baselines: PEPs and Rust RFCs, whose own abstract or summary is held back as reference.

Every method chooses among the same sentences, and has as many words as ours takes for five.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlight.engine.contents import Content
from starlight.engine.describe import note_of
from starlight.engine.extractive import summarize
from starlight.engine.quotable import Quotable, quotable
from starlight.engine.quoting import quoted
from starlight.engine.sections import Sections
from starlight.engine.summary import Length, Subject
from starlight.models import embedder
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.notes.sentences import sentences
from starlight.notes.text import plain
from starlight.readers import rst
from starlight.readers.document import Document
from tests.bench.corpora import Corpus, corpus, hash_of
from tests.bench.measure import Extent, Figure, missing

_HELD = re.compile(r"(?:\d+\.?\s*)?(?:abstract|summary)\W*", re.IGNORECASE)
_SENTENCES = 5
_FEWEST, _FEWEST_WORDS = 10, 10
"""Sentences of a text, and words of its reference."""
_QUICK = 150
_SEED = 1
_DAMPING, _STEPS = 0.85, 50
_LONG = 10_000
_WHAT = "ROUGE-1 F1, five sentences"
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
"""A link of Markdown, but no image: its text."""
_REFERENCE = re.compile(r":(pep|rfc):`(\d+)[^`\n]*`|(?<![\w:`])`([^`<\n]+?)\s*(?:<[^`>\n]*>)?`__?(?!\w)")
"""A link of reStructuredText: a role of proposals, or a text; our reader shows both as text."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text without its own summary, and that summary."""

    subject: Subject
    reference: str
    headings: tuple[str, ...]
    links: tuple[str, ...]


def run(extent: Extent) -> Iterator[Figure]:
    source = corpus("all")
    if source is None:
        yield missing(_WHAT, "better than lead and TextRank")
        return
    model = embedder.load()
    for name, made in (("PEPs", peps(source)), ("Rust RFCs", rfcs(source))):
        cases = sorted(made, key=lambda case: hash_of(case.subject.name))
        yield from _judged(name, cases if extent.legs else cases[:_QUICK], model)
        if name == "PEPs":
            yield from _timed(cases, model)


def peps(source: Corpus) -> Iterator[Case]:
    """Yield the Python enhancement proposals that have an abstract."""
    for path in sorted((source.folder / "peps" / "peps").glob("pep-*.rst")):
        data = path.read_bytes()
        document = rst.read(data, path.name)
        written = data.decode("utf-8", "replace").splitlines()
        yield from _case(path.name, document.text, note_of(document.text, path.name, document), written, document)


def rfcs(source: Corpus) -> Iterator[Case]:
    """Yield the Rust RFCs that have a summary."""
    for path in sorted((source.folder / "rust-rfcs" / "text").glob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from _case(path.name, text, note_of(text, path.name), text.split("\n"))


def _case(name: str, text: str, note: Note, written: Sequence[str], document: Document | None = None) -> Iterator[Case]:
    """Yield the case of a text, if it has a summary; ``written`` are the lines of its file."""
    lines = Lines(text)
    for number, heading in enumerate(note.headings):
        if _HELD.fullmatch(heading.text.strip()):
            after = (each.start for each in note.headings[number + 1 :] if each.level <= heading.level)
            end = next(after, len(text))
            body = text[lines.start(heading.line + 1) : end]
            rest = text[: heading.start] + text[end:]
            others = "\n".join((*written[: heading.line - 1], *written[lines.at(end) - 1 :]))
            links = _references(others) if document else _LINK.findall(others)
            yield from _made(name, Content(rest, b"", document and replace(document, text=rest)), body, links)
            return


def _references(source: str) -> list[str]:
    body = source.partition("\n\n")[2]  # below what the proposal says of itself
    return [f"{found[1]} {found[2]}" if found[1] else found[3] for found in _REFERENCE.finditer(body)]


def _made(name: str, content: Content, body: str, links: Sequence[str]) -> Iterator[Case]:
    sections = Sections(lambda _path: content, lambda _path: False, lambda _name: ())
    note = sections.note(name)
    subject = Subject("note", name, tuple(sections.of(name)))
    reference = " ".join(quoted(body[start:end]) for start, end, is_heading in sentences(body) if not is_heading)
    if note and len(reference.split()) >= _FEWEST_WORDS and len(quotable(subject.sections)) >= _FEWEST:
        headings = tuple(dict.fromkeys(heading.text for heading in note.headings))
        yield Case(subject, reference, headings, tuple(dict.fromkeys(map(plain, links))))


# -- methods: the order in which each takes sentences


def lead(found: Sequence[Quotable]) -> list[int]:
    """The first ones."""
    return list(range(len(found)))


def at_random(found: Sequence[Quotable]) -> list[int]:
    """Any, always the same."""
    order = list(range(len(found)))
    random.Random(_SEED).shuffle(order)
    return order


def textrank(found: Sequence[Quotable]) -> list[int]:
    """By PageRank over the cosines of their words' TF-IDF (Mihalcea & Tarau, 2004)."""
    import numpy as np

    counts = [Counter(each.words) for each in found]
    in_how_many = Counter(word for each in counts for word in each)
    numbers = {word: number for number, word in enumerate(in_how_many)}
    matrix = np.zeros((len(found), len(numbers)), np.float32)
    for row, each in enumerate(counts):
        for word, times in each.items():
            matrix[row, numbers[word]] = times * np.log(len(found) / in_how_many[word])
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True) + 1e-9
    alike = matrix @ matrix.T
    np.fill_diagonal(alike, 0)
    steps = alike / np.maximum(alike.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(found), 1 / len(found))
    for _ in range(_STEPS):
        rank = (1 - _DAMPING) / len(found) + _DAMPING * (steps.T @ rank)
    return [int(at) for at in np.argsort(-rank, kind="stable")]


BASELINES: dict[str, Callable[[Sequence[Quotable]], list[int]]] = {
    "lead": lead,
    "random": at_random,
    "TextRank": textrank,
}


def cut(found: Sequence[Quotable], order: Sequence[int], n_words: int) -> str:
    """Return the sentences that come first in ``order``, as the text has them, cut to so many words."""
    taken: list[int] = []
    size = 0
    for at in order:
        if size >= n_words:
            break
        taken.append(at)
        size += len(found[at].text.split())
    return " ".join(" ".join(found[at].text for at in sorted(taken)).split()[:n_words])


def _judged(name: str, cases: Sequence[Case], model: embedder.Embedder) -> Iterator[Figure]:
    from rouge_score.rouge_scorer import RougeScorer

    kinds = ("rouge1", "rouge2", "rougeL")
    scorer = RougeScorer(list(kinds), use_stemmer=True)
    scores: dict[tuple[str, str], list[float]] = {}
    for case in cases:
        for method, text in _summaries(case, model).items():
            found = scorer.score(case.reference, text)
            for kind in kinds:
                scores.setdefault((kind, method), []).append(100 * found[kind].fmeasure)
            scores.setdefault(("headings", method), []).append(100 * _covered(case.headings, text))
            if case.links:
                scores.setdefault(("links", method), []).append(100 * _covered(case.links, text))
    titles = {
        "rouge1": _WHAT, "rouge2": "ROUGE-2 F1", "rougeL": "ROUGE-L F1",
        "headings": "words of the headings that are in it", "links": "words of the links that are in it",
    }  # fmt: skip
    for kind, what in titles.items():
        mean = {method: statistics.fmean(scores[kind, method]) for method in ("ours", *BASELINES)}
        others = ", ".join(f"{method} {mean[method]:.2f}" for method in BASELINES)
        unit = "%" if kind in ("headings", "links") else ""
        n_texts = len(scores[kind, "ours"])
        yield Figure(what, mean["ours"], unit, "above lead and TextRank", f"{others}; {n_texts} texts", name)


def _summaries(case: Case, model: embedder.Embedder) -> dict[str, str]:
    found = quotable(case.subject.sections)
    made = summarize(case.subject, Length(_SENTENCES), model.embed)
    ours = " ".join(re.sub(r" \[\d+\]$", "", statement.text) for statement in made.statements)
    n_words = len(ours.split())
    return {"ours": ours, **{name: cut(found, order(found), n_words) for name, order in BASELINES.items()}}


def _covered(names: Sequence[str], text: str) -> float:
    """Return the share of the words of ``names`` that ``text`` holds."""
    wanted = {word for name in names for word in re.findall(r"\w{3,}", name.lower())}
    return len(wanted & set(re.findall(r"\w{3,}", text.lower()))) / len(wanted) if wanted else 0.0


def _timed(cases: Sequence[Case], model: embedder.Embedder) -> Iterator[Figure]:
    """A note of some 10,000 words, made of its sections to a summary, with the model loaded and its words known."""

    def seconds(clock: Callable[[], float], subject: Subject) -> float:
        started = clock()
        summarize(subject, Length(_SENTENCES), model.embed)
        return clock() - started

    def size(case: Case) -> Any:
        return abs(sum(len(section.text.split()) for section in case.subject.sections) - _LONG)

    subject = min(cases, key=size).subject
    seconds(time.perf_counter, subject)
    cpu = statistics.median(seconds(time.process_time, subject) for _ in range(9))
    wall = statistics.median(seconds(time.perf_counter, subject) for _ in range(9))
    note = f"{subject.name}, processor time {1000 * cpu:.1f} ms"
    yield Figure("summary of a note of 10,000 words, warm", 1000 * wall, "ms", "under 50 ms", note, "PEPs")
