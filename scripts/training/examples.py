"""What people may ask for a passage: its headings as questions, a sentence of it, a few of its telling words."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .passages import Passage

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_HOW = (
    *("how do i {}", "how to {}?", "how can I {}?", "what is the way to {}", "is it possible to {}?", "{}"),
    *("is there a way to {}", "what is the best way to {}?", "can I {}", "how would one {}", "I want to {}"),
    *("I am trying to {} but it fails", "what do I need in order to {}?", "steps to {}", "how should I {}"),
    *("tell me how to {}", "what does it take to {}?", "I need help to {}", "which command lets me {}", "way to {}"),
)
_WHAT = (
    *("what is {}?", "what are {}", "explain {}", "what does {} mean?", "I want to know about {}", "{}"),
    *("how does {} work?", "tell me about {}", "what is meant by {}", "definition of {}", "examples of {}"),
    *("I am interested in information on {}", "{} overview", "what is known about {}?", "describe {}", "notes on {}"),
    *("what do we know of the effect of {}?", "studies of {}", "can somebody explain {} to me", "who uses {}"),
)
_WHY = (
    *("why does {} not work?", "problem with {}", "when should I use {}?", "where is {} described", "fix {}"),
    *("is there an alternative to {}?", "what causes {}?", "why is {} needed", "trouble with {}", "use of {}"),
    *("which problems are there with {}?", "what happens with {}", "how is {} different", "does anyone know {}?"),
)
_VERBS = """
add allow apply build call change check choose clear configure connect convert copy create debug define delete deploy
disable display edit enable export find fix format generate get handle import insert install link list load make
manage merge modify monitor move open print read register remove rename replace restore run save search select send
set share show sort specify start stop store test update upload use view work write
"""
_IMPERATIVES = frozenset(_VERBS.split())
"""Verbs that headings begin with."""


class Query(NamedTuple):
    """A text that passage number ``passage`` answers, -1 for none in particular."""

    kind: str
    text: str
    passage: int


def queries(passages: Sequence[Passage], seed: int) -> list[Query]:
    """Return some queries for every passage, the same ones for the same seed."""
    draw = random.Random(seed)
    rarity = _rarity(passages)
    return [
        Query(kind, text, number)
        for number, passage in enumerate(passages)
        for kind, text in dict.fromkeys(_of(passage, rarity, draw))
        if len(text) > 2
    ]


def loose(words: Sequence[str], n: int, seed: int) -> list[Query]:
    """Return ``n`` texts of one to six words drawn from ``words``: what no corpus at hand speaks of."""
    draw = random.Random(seed)
    return [Query("loose", " ".join(draw.choices(words, k=draw.choice((1, 2, 2, 3, 4, 6)))), -1) for _ in range(n)]


def _rarity(passages: Sequence[Passage]) -> Mapping[str, float]:
    counts = Counter(word for passage in passages for word in set(_WORD.findall(passage.text.lower())))
    return {word: math.log(len(passages) / count) for word, count in counts.items()}


def _of(passage: Passage, rarity: Mapping[str, float], draw: random.Random) -> Iterator[tuple[str, str]]:
    names = [name for name in (passage.title, passage.heading) if name]
    yield "heading", " ".join(names)
    if passage.group == "wordnet":
        word = draw.choice(passage.title.split(", "))
        yield "question", draw.choice(_WHAT + _WHY).format(word)
        yield from (("use", use) for use in passage.calls)
    else:
        name = names[-1] if names else passage.text[:60]
        yield from (("question", question(name, draw)) for _ in range(2))
        yield from (("link", call) for call in passage.calls)
        yield from _sentences(passage.text, draw)
    for _ in range(2):
        if words := _keywords(passage.text, rarity, draw):
            yield "keywords", words


def question(name: str, draw: random.Random) -> str:
    """Turn a heading into a question: "Creating a table" into "how do i create a table"."""
    name = name.strip(" .:?")
    first, _, rest = name.partition(" ")
    lower = name if first.isupper() else name[:1].lower() + name[1:]
    if first.lower().endswith("ing") and rest and (verb := _verb(first.lower())):
        return draw.choice(_HOW).format(f"{verb} {rest}")
    if first.lower() in _IMPERATIVES and rest:
        return draw.choice(_HOW).format(lower)
    if lower.startswith(("how ", "what ", "why ", "when ", "where ", "who ")):
        return lower
    return draw.choice(_WHAT + _WHY).format(lower)


def _verb(gerund: str) -> str:
    """Return the verb of a gerund where it is one that headings use."""
    stem = gerund.removesuffix("ing")
    candidates = (stem, f"{stem}e", stem[:-1])
    return next((verb for verb in candidates if verb in _IMPERATIVES), "")


def _sentences(text: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Yield a sentence, a run of words of another, and the questions that stand in the text."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if 25 < len(sentence) < 250]
    if len(sentences) >= 2:
        one, other = draw.sample(sentences, 2)
        yield "sentence", one
        words = other.split()
        width = draw.randint(4, 9)
        start = draw.randint(0, max(0, len(words) - width))
        yield "span", " ".join(words[start : start + width])
    asked = [sentence for sentence in sentences if sentence.endswith("?")]
    if asked:
        yield "asked", draw.choice(asked)


def _keywords(text: str, rarity: Mapping[str, float], draw: random.Random) -> str:
    """Return two to five telling words of ``text``, mostly in their order."""
    words = list(dict.fromkeys(word for word in _WORD.findall(text.lower()) if rarity.get(word, 0) > 2.5))
    if len(words) < 2:
        return ""
    chosen = sorted(draw.sample(range(len(words)), min(len(words), draw.randint(2, 5))))
    if draw.random() < 0.3:
        draw.shuffle(chosen)
    return " ".join(words[n] for n in chosen)
