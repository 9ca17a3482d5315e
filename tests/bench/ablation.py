"""What each part of the ranking is worth: search quality with it switched off, in process."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from starlight.config import Settings
from starlight.engine import querying, ranking
from starlight.engine.compounding import Compounds
from starlight.engine.contents import Contents
from starlight.engine.hits import SearchOptions
from starlight.engine.overlay import Overlay
from starlight.engine.parsed import Parsed
from starlight.engine.search import Searcher
from starlight.engine.workspace import Workspace
from starlight.index import lexical
from starlight.index.reader import Reader
from starlight.index.records import Scope
from starlight.models.embedder import StaticEmbedder, load
from tests.bench.corpora import hash_of
from tests.bench.measure import DATA, Extent, Figure, isolated, missing
from tests.bench.retrieval import OTHERS, SETS

_QUERIES = 150
"""Of each collection at most."""
_LIMIT = 50
_HALVES = (("cranfield", "medline", "stackfaq", "stackfaq_answers"), ("cisi", "lisa", "xquad_en"))
"""What was chosen on one half is reported on the other, and the other way round."""
_VAULTS = (
    "obsidian-help-en",
    "braindump",
    "jackyzha0-garden",
    "foam-docs",
    "kepano",
    "fardm-fa",
    "oldwinter-garden-zh",
)
_COPIES = 6
_COPY = re.compile(r"-\d+(?=\.md$)")

Switch = tuple[object, str, object]
"""What is changed to switch a part off: where, which name, into what."""
_COMPOUNDS: Switch = (querying, "compounds", lambda _order, terms, _reader: Compounds(tuple(terms), {}))
PARTS: dict[str, Sequence[Switch]] = {
    "meaning (words alone)": [(ranking, "SEMANTIC_WEIGHT", 0.0)],
    "trust in the words by the best that they find": [(ranking, "FULL_TRUST", 1e-9)],
    "what all passages are about taken from the query": [(ranking, "_CENTRING", 0.0)],
    "scores of neighbours": [(ranking, "SMOOTHING", 0.0)],
    "weights of fields": [(lexical, "FIELD_WEIGHTS", (1.0,) * 5)],
    "repeats of a note worth less": [(ranking, "_REPEAT", 1.0)],
    "compounds": [_COMPOUNDS],
}
OF_LANGUAGES: dict[str, Sequence[Switch]] = {
    "the gate for languages": [(StaticEmbedder, "fluency", lambda _self, _text: 1.0)],
    "compounds": [_COMPOUNDS],
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A collection, indexed, and its queries, each with the documents that answer it."""

    searcher: Searcher
    queries: Sequence[tuple[str, dict[str, float]]]

    def quality(self) -> float:
        """The mean nDCG@10 of the queries."""
        return sum(self._of(query, relevant) for query, relevant in self.queries) / len(self.queries)

    def _of(self, query: str, relevant: dict[str, float]) -> float:
        found = self.searcher.find(query, _LIMIT, Scope())
        documents = [_COPY.sub("", path) for path in dict.fromkeys(each.passage.path for each in found)]
        # Whoever has read one copy gains nothing by the next.
        ranked = [name if name not in documents[:rank] else "" for rank, name in enumerate(documents)]
        return ndcg(ranked, relevant)


def ndcg(ranked: Sequence[str], relevant: dict[str, float], k: int = 10) -> float:
    """Return nDCG@k with gain 2^relevance - 1 (Burges et al., 2005)."""
    gains = (2 ** relevant.get(document, 0.0) - 1 for document in ranked[:k])
    best = (2**grade - 1 for grade in sorted(relevant.values(), reverse=True)[:k])
    return _discounted(gains) / _discounted(best)


def _discounted(gains: Iterator[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def run(extent: Extent) -> Iterator[Figure]:
    what = "nDCG@10, mean of seven English sets, all parts"
    if not (DATA / "ir" / SETS[0]).is_dir():
        yield missing(what)
        return
    with _stack() as open_:
        sets = {name: open_(name) for name in SETS}
        every = _measured(sets)
        yield Figure(what, _mean(every), note=_halves(every))
        for part, switches in PARTS.items():
            without = _measured(sets, switches)
            note = f"{_mean(without) - _mean(every):+.4f}; {_halves(without)}"
            yield Figure(f"the same without: {part}", _mean(without), note=note)
    if extent.legs:
        yield from _languages()
        yield from _names()
        yield from _repeated()


def _languages() -> Iterator[Figure]:
    """The other languages: the leg by meaning steps back where the model does not know them, German has compounds."""
    with _stack() as open_:
        sets = {name: open_(name) for name in OTHERS}
        every = _measured(sets)
        yield Figure("nDCG@10, mean of six sets in other languages, all parts", _mean(every), note=_each(every))
        for part, switches in OF_LANGUAGES.items():
            without = _measured(sets, switches)
            note = f"{_mean(without) - _mean(every):+.4f}; {_each(without)}"
            yield Figure(f"the same in other languages without: {part}", _mean(without), note=note)


def _names() -> Iterator[Figure]:
    """How often the note comes first whose name is the query."""
    first = {True: 0, False: 0}
    n = 0
    for name in _VAULTS:
        root = DATA / "vaults" / name
        with indexed(root) as searcher:
            names = _names_of(root)
            n += len(names)
            for is_on in first:
                with _switched([] if is_on else [(ranking, "NAMED", 0.0)]):
                    first[is_on] += sum(
                        path in {hit.path for hit in searcher.search(asked, 1, SearchOptions()).hits}
                        for asked, path in names
                    )
    yield Figure("a note's own name finds it first", first[True] / n, goal="at least .99", note=f"{n} notes")
    yield Figure("the same without: exact names first", first[False] / n)


def _names_of(root: Path) -> list[tuple[str, str]]:
    """Return names of notes of a vault, of which there is one each, and their paths; a copy in Org is another one."""
    paths = [path for path in root.rglob("*") if not any(part.startswith(".") for part in path.parts)]
    stems: dict[str, list[Path]] = {}
    for path in paths:
        if path.suffix in (".md", ".org"):
            stems.setdefault(path.stem.casefold(), []).append(path)
    one_each = (found[0] for found in stems.values() if len(found) == 1)
    alone = [path for path in one_each if path.suffix == ".md" and path.stat().st_size]
    chosen = sorted(alone, key=lambda path: hash_of(path.name))[:100]
    return [(path.stem, path.relative_to(root).as_posix()) for path in chosen]


def _repeated() -> Iterator[Figure]:
    """How much of a collection is found where a tenth of its notes lie there several times, under other names."""
    documents, queries = _collection("medline")
    copied = [number for number in documents if hash_of(number) % 10 == 0]
    copies = {f"{number}-{n}": documents[number] for number in copied for n in range(_COPIES)}
    with tempfile.TemporaryDirectory() as temporary:
        root = _written({**documents, **copies}, Path(temporary))
        with indexed(root) as searcher:
            judged = Judged(searcher, queries)
            on = judged.quality()
            with _switched([(ranking, "_COPY", 1.0)]):
                off = judged.quality()
    yield Figure("nDCG@10, medline with six copies of a tenth of its notes", on, note="a copy counts for nothing")
    yield Figure("the same without: copies worth less", off, note=f"{off - on:+.4f}")


def _measured(sets: dict[str, Judged], switches: Sequence[Switch] = ()) -> dict[str, float]:
    with _switched(switches):
        return {name: judged.quality() for name, judged in sets.items()}


@contextlib.contextmanager
def _switched(switches: Sequence[Switch]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for place, name, value in switches:
            stack.enter_context(mock.patch.object(place, name, value))
        yield


@contextlib.contextmanager
def _stack() -> Iterator[Callable[[str], Judged]]:
    """What indexes and opens judged collections, until the end of the block."""
    with contextlib.ExitStack() as stack:

        def open_(name: str) -> Judged:
            documents, queries = _collection(name)
            root = _written(documents, Path(stack.enter_context(tempfile.TemporaryDirectory())))
            return Judged(stack.enter_context(indexed(root)), queries)

        yield open_


@contextlib.contextmanager
def indexed(root: Path) -> Iterator[Searcher]:
    """Index a folder, with an environment of its own, and give what searches it on this thread."""
    with isolated() as environment, mock.patch.dict(os.environ, environment):
        embedder = load()
        workspace = Workspace(root, Settings(), embedder)
        workspace.bring_up_to_date()
        with Reader(workspace.location.database(workspace.fingerprint)) as reader:
            max_bytes = int(Settings().max_file_size * 1e6)
            contents = Contents(root, lambda _path: (max_bytes, ""))
            yield Searcher(reader, embedder, contents, Overlay(embedder, max_bytes, Parsed()))
            contents.close()
        workspace.close()


def _collection(name: str) -> tuple[dict[str, str], list[tuple[str, dict[str, float]]]]:
    """Return the documents of a judged collection as Markdown, and its queries, by the names of their notes."""
    folder = DATA / "ir" / name
    documents = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    numbers = {document["_id"]: str(number) for number, document in enumerate(documents)}
    judgments: dict[str, dict[str, float]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if float(grade) > 0:
            judgments.setdefault(query, {})[f"{numbers[document]}.md"] = float(grade)
    queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    asked = [
        (" ".join(query["text"].split()), judgments[query["_id"]]) for query in queries if query["_id"] in judgments
    ]
    texts = {numbers[document["_id"]]: _markdown(document) for document in documents}
    return texts, asked[:: max(1, len(asked) // _QUERIES)][:_QUERIES]


def _markdown(document: dict[str, str]) -> str:
    head = f"# {document['title'].strip()}\n\n" if document.get("title") else ""
    return f"{head}{document['text']}\n"


def _written(documents: dict[str, str], root: Path) -> Path:
    for name, text in documents.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")
    return root


def _mean(figures: dict[str, float]) -> float:
    return sum(figures.values()) / len(figures)


def _halves(figures: dict[str, float]) -> str:
    four, three = (_mean({name: figures[name] for name in half}) for half in _HALVES)
    return f"four sets {four:.4f}, the other three {three:.4f}"


def _each(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
