"""How fast files of other formats are read, and how much of their text comes out in order.

Papers are made from real text (proposals for Python, without tables and code), so what should come out is known.
Words in order: the longest common subsequence of the words that were put in and those that came out, by how many were
put in; a word is a run of letters and digits, in any case, so that a hyphen that was left or lost counts.
"""

from __future__ import annotations

import itertools
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from starlight.readers.pdf import read
from tests.bench.corpora import corpus
from tests.bench.measure import Extent, Figure, missing
from tests.pdfs import Paper, paper, words

_SEED = 7
_PAPERS = 100
_QUICK_PAPERS = 10
_WORDS = {1: 6_900, 2: 8_200}
"""What some twelve pages have, by columns."""
_FEW = 3
_UNDERLINED = re.compile(r"^(\S.*)\n([=\-~^'\"])\2{2,}\s*$", re.MULTILINE)
_LATIN = re.compile(r"[^\x20-\x7e\xa0-\xff\n]")
_MARKUP = re.compile(r":\w+:(?=`)|[`*|]+|_(?=\W)|<[^>]*>")

Section = tuple[int, str, list[str]]


def run(extent: Extent) -> Iterator[Figure]:
    yield from _pdf(extent)


class _Read(NamedTuple):
    pages: int
    seconds: float
    cpu: float
    in_order: float


def _pdf(extent: Extent) -> Iterator[Figure]:
    number = _PAPERS if extent.legs else _QUICK_PAPERS
    rates, orders = ("PDF: pages a second, one process", "at least 40"), {1: "at least 99 %", 2: "at least 97 %"}
    source = corpus("all")
    if not source:
        yield missing(*rates)
        return
    made = _papers(source.folder / "peps" / "peps", number)
    read(paper(Paper("The library is loaded")), "first.pdf")
    found = [(columns, _read(said, paper(said, columns=columns))) for columns, said in made]
    pages = sum(each.pages for _, each in found)
    cpu = 1_000 * sum(each.cpu for _, each in found) / pages
    note = f"{number} papers, {pages:,} pages; processor time {cpu:.1f} ms a page"
    yield Figure(rates[0], pages / sum(each.seconds for _, each in found), goal=rates[1], note=note)
    for columns, name in ((1, "one column"), (2, "two columns")):
        shares = [each.in_order for of, each in found if of == columns]
        worst = f"worst paper {100 * min(shares):.2f} %"
        yield Figure(
            f"PDF: words in order, {name}",
            100 * sum(shares) / len(shares),
            "%",
            orders[columns],
            f"{worst}, of {len(shares)}",
        )


def _read(said: Paper, data: bytes) -> _Read:
    started, cpu = time.perf_counter(), time.process_time()
    document = read(data, "paper.pdf")
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    wanted = said.words()
    return _Read(len(document.marks), seconds, cpu, LCSseq.similarity(wanted, words(document.text)) / len(wanted))


def _papers(folder: Path, number: int) -> list[tuple[int, Paper]]:
    """Return papers for one and two columns by turns, each of as many proposals as fill some twelve pages."""
    chance = random.Random(_SEED)
    paths = sorted(folder.glob("pep-*.rst"))
    chance.shuffle(paths)
    proposals = itertools.cycle(parts for path in paths if len(parts := _sections(path)) > _FEW)
    found = []
    for at in range(number):
        columns = 1 + at % 2
        sections: list[Section] = []
        left = _WORDS[columns]
        while left > 0:
            for level, heading, texts in next(proposals):
                if left > 0:
                    kept = []
                    for text in texts:
                        if left > 0:
                            kept.append(text)
                            left -= len(text.split())
                    sections.append((level, heading, kept))
        references = [f"[{item}] {text[:150]}" for item, text in enumerate(sections[0][2] * 10, start=1)][:20]
        found.append(
            (
                columns,
                Paper(_title(at), abstract=sections[0][2][0], sections=_numbered(sections), references=references),
            )
        )
    return found


def _title(number: int) -> str:
    return f"Proposals for a Language, Collected and Set as Paper {number + 1}"


def _numbered(sections: list[Section]) -> list[Section]:
    """Number the headings as papers do."""
    first = second = 0
    found = []
    for level, heading, texts in sections:
        first, second = (first + 1, 0) if level == 1 or not first else (first, second + 1)
        found.append((2 if second else 1, f"{first}.{second} {heading}" if second else f"{first} {heading}", texts))
    return found


def _sections(path: Path) -> list[Section]:
    """Return the headings of a proposal, each with the paragraphs below it, as far as they are prose."""
    text = _LATIN.sub("", path.read_text(encoding="utf-8"))
    parts = _UNDERLINED.split(text)
    found = []
    for heading, line, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        texts = [plain for block in re.split(r"\n\s*\n", body) if (plain := _prose(block))]
        if texts:
            found.append((1 if line == "=" else 2, _MARKUP.sub("", heading).strip(), texts))
    return found


def _prose(block: str) -> str:
    """Return a paragraph as one line; nothing where it is a list, code, a table or a directive."""
    if not block.strip() or block[0] in " \t.-*+:|=#[>" or block.endswith("::") or re.match(r"\d+[.)] ", block):
        return ""
    plain = " ".join(_MARKUP.sub("", block).split())
    return plain if len(plain.split()) > 5 else ""
