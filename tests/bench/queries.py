"""Real queries: half from judged collections, half from the headings and sentences of the corpus itself."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench.corpora import Corpus
from tests.bench.measure import DATA

_LENGTHS = range(1, 13)
_WEIGHTS = (8, 14, 15, 13, 11, 10, 8, 6, 5, 4, 3, 3)
"""How often a query of the corpus has so many words: people mostly type a few."""
_LONG = 0.08
"""Share of queries of more than 12 words: a sentence that was pasted, a question that explains itself."""
_PASSES = 20
"""A small corpus has few notes: each gives more than one query."""
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_SENTENCE = re.compile(r"^[^\W\d_][^\n|<>{}=]{30,600}[.!?。！？]", re.MULTILINE)


def real_queries(corpus: Corpus, count: int) -> list[str]:
    """Return ``count`` different queries of one line each, the same ones every time; common words are among them."""
    chance = random.Random(f"queries {count}")
    judged = list(itertools.islice(_judged(DATA / "ir", chance), count // 2))
    queries = dict.fromkeys(judged)
    for _ in range(_PASSES):
        for query in _of_corpus(corpus, chance):
            if len(queries) == count:
                break
            queries[query] = None
    mixed = list(queries)
    chance.shuffle(mixed)
    return mixed


def _judged(folder: Path, chance: random.Random) -> Iterator[str]:
    texts = [
        _one_line(json.loads(line)["text"])
        for path in sorted(folder.glob("*/queries.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    texts = sorted({text for text in texts if text})
    chance.shuffle(texts)
    long = iter([text for text in texts if len(text.split()) > 12])
    for text in (text for text in texts if len(text.split()) <= 12):
        if chance.random() < _LONG and (sentence := next(long, "")):
            yield sentence
        yield text


def _of_corpus(corpus: Corpus, chance: random.Random) -> Iterator[str]:
    kinds: Iterable[re.Pattern[str]] = itertools.cycle((_HEADING, _SENTENCE))
    for path, kind in zip(corpus.notes(), kinds, strict=False):
        found = kind.findall(path.read_bytes().decode("utf-8", "replace"))
        if found:
            query = _cut(_one_line(chance.choice(found)), chance)
            if any(map(str.isalnum, query)):
                yield query


def _cut(text: str, chance: random.Random) -> str:
    """Return a run of words of ``text``."""
    words = text.split()
    if chance.random() < _LONG:
        return text
    (wanted,) = chance.choices(_LENGTHS, _WEIGHTS)
    start = chance.randint(0, max(len(words) - wanted, 0))
    return " ".join(words[start : start + wanted])[:400]


def _one_line(text: str) -> str:
    return " ".join(text.split())
