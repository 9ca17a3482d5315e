"""Notes to be summarized, a model that is an honest function of its prompt, and a place where summaries are kept."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from starlight.engine.answer import Source
from starlight.engine.drafting import Desk
from starlight.engine.sections import Section
from starlight.engine.summarizing import Means
from starlight.engine.summary import Coverage, Length, Subject, Summary
from starlight.engine.summary_text import gathered
from starlight.models.generator import Message
from tests.engine.fakes import FakeGenerator

_READ = re.compile(r"^<(source|part) (\d+)(?:: [^>\n]*)?>\n(.*?)\n</\1 \2>$", re.MULTILINE | re.DOTALL)
_MUCH = re.compile(r"at most (\d+) sentences")
WORDS = [
    *("kettle", "roof", "garden", "winter", "letter", "train", "bread", "river", "copper", "lamp", "apple", "street"),
    *("piano", "window", "harbour"),
]


def read(messages: Sequence[Message]) -> list[str]:
    """Return what is read by a prompt, as a reader of its fences sees it: ``source 1`` and so on."""
    return [f"{kind} {number}" for kind, number, _ in _READ.findall(messages[0].content)]


def first_sentences(messages: Sequence[Message]) -> str:
    """Say the first sentence of everything that was read, as many as are asked for, each with its mark."""
    much = _MUCH.search(messages[-1].content)
    said = []
    for kind, number, text in _READ.findall(messages[0].content):
        found = map(str.strip, re.findall(r"[^.\n]+\.", text)[: 1 if kind == "source" else 2])
        said += [sentence if kind == "part" else f"{sentence[:-1]} [{number}]." for sentence in found]
    return " ".join(said[: int(much[1]) if much else 1])


def text_of(number: int, n_words: int = 60) -> str:
    """A section of its own, always the same: sentences of ten words."""
    rng = random.Random(number)
    sentences = [
        f"In {number} {' '.join(rng.choice(WORDS) for _ in range(8))} {index}." for index in range(n_words // 10)
    ]
    return f"## Part {number}\n" + " ".join(sentences)


def sections(texts: Sequence[str], path: str = "long.md") -> list[Section]:
    """Sections of one note with those texts, one below the other."""
    found, start, line = [], 0, 1
    for text in texts:
        heading = text.split("\n")[0].lstrip("# ") if text.startswith("#") else ""
        last = line + text.count("\n")
        found.append(Section(path, "Long", heading, start, start + len(text), line, last, text))
        start, line = start + len(text) + 2, last + 2
    return found


def subject(texts: Sequence[str]) -> Subject:
    return Subject("note", "Long", tuple(sections(texts)))


def extract(what: Subject, length: Length) -> Summary:
    """A summary without a model, as short as can be: the first sentences of all sections."""
    texts = [f"{re.split(r'(?<=[.!?])', each.text.split(chr(10))[-1])[0]}" for each in what.sections]
    sources = tuple(
        Source(n, each.path, each.first, each.last, each.title, each.heading, each.text, 1)
        for n, each in enumerate(what.sections, 1)
    )
    said = [f"{text[:-1]} [{n}]." for n, text in enumerate(texts, 1) if text.strip()]
    text = gathered(said, length.sentences)
    n_sections = len(what.sections)
    return Summary(what, text, "extractive", sources, Coverage(n_sections, n_sections, 1))


class Kept(dict[bytes, str]):
    """Summaries in memory."""

    def summary(self, key: bytes) -> str | None:
        return self.get(key)

    def keep_summary(self, key: bytes, content: str) -> None:
        self[key] = content


def means(generator: FakeGenerator | None, kept: Kept | None = None, **more: object) -> Means:
    return Means(generator, Desk(), Kept() if kept is None else kept, extract, **more)  # type: ignore[arg-type]
