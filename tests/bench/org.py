"""Reading a real folder of Org notes: how long it takes, and what of org-roam is found in it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from starlight.readers import org
from starlight.readers.document import Document
from tests.bench.measure import DATA, Extent, Figure, missing

NOTES = DATA / "vaults" / "braindump" / "org"
CORPUS = "braindump (529 Org files, 1.5 MB)"
_ID_LINK = re.compile(r"\]\(<?(id:[^)#>]+)")
_WRITTEN_LINK = re.compile(r"\[\[id:")
_TITLE = re.compile(r"^#\+title:[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)


def run(_extent: Extent) -> list[Figure]:
    if not NOTES.is_dir():
        return [missing("reading Org files", "under 3 s")]
    paths = sorted(NOTES.rglob("*.org"))
    texts = [path.read_bytes() for path in paths]
    documents = _read(paths, texts)
    written = [text.decode() for text in texts]
    links = [link for document in documents for link in _ID_LINK.findall(document.text)]
    ids = {each for document in documents for each in document.ids}
    titles = [
        (found[1].strip(), document)
        for text, document in zip(written, documents, strict=True)
        if (found := _TITLE.search(text))
    ]
    return [
        Figure("reading Org files", min(_seconds(paths, texts) for _ in range(5)), "s", "under 3 s", corpus=CORPUS),
        Figure(
            "links by id that are found", _share(len(links), sum(map(_count, written))), "%", "100 %", corpus=CORPUS
        ),
        Figure(
            "links by id that lead to an id", _share(sum(link in ids for link in links), len(links)), "%", corpus=CORPUS
        ),
        Figure(
            "titles that are found",
            _share(sum(document.front.title.startswith(title) for title, document in titles), len(titles)),
            "%",
            "100 %",
            corpus=CORPUS,
        ),
    ]


def _read(paths: Sequence[Path], texts: Sequence[bytes]) -> list[Document]:
    return [org.read(text, path.name) for path, text in zip(paths, texts, strict=True)]


def _seconds(paths: Sequence[Path], texts: Sequence[bytes]) -> float:
    started = time.perf_counter()
    _read(paths, texts)
    return time.perf_counter() - started


def _count(text: str) -> int:
    return len(_WRITTEN_LINK.findall(text))


def _share(part: int, whole: int) -> float:
    return 100 * part / whole
