"""Passages to learn from: Markdown cut as Starlight cuts it, and the definitions of WordNet."""

from __future__ import annotations

import hashlib
import random
import re
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from starlight.notes import chunking, markdown
from starlight.notes.text import plain

from .passages import Passage
from .shingles import WORDS, Forbidden, texts_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MAX_BYTES = 400_000
"""A longer file is a table or a log."""
MIN_LENGTH, MAX_LENGTH = 120, 1_100
"""Characters of a passage; the teacher reads 256 tokens, which is about as much."""
SHARE_OF_COMMON = 0.17
"""Share of English function words from which a text is taken for English prose."""

_FENCE = re.compile(r"^[ ]{0,3}(```|~~~).*?^[ ]{0,3}\1[^\n]*$", re.MULTILINE | re.DOTALL)
_FUNCTION_WORDS = "the of and to a in is for that this with be on are as it or by an you if can from not"
_COMMON = frozenset(_FUNCTION_WORDS.split())
_LETTERS = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(r"https?://\S+|\{%.*?%\}|\{\{.*?\}\}|<[^>]{1,80}>|[\\*`|=~]+|-{3,}|:{2,}\w*")


def read(corpus: Path, wordnet: Path | None, held_out: Sequence[Path], per_group: int, seed: int) -> list[Passage]:
    """Return the passages below ``corpus``, at most ``per_group`` of each folder in it, and those of WordNet.

    What shares eight words in a row with a text below ``held_out`` is left out.
    """
    forbidden = Forbidden(text for folder in held_out for text in texts_below(folder))
    print(f"{len(forbidden):,} shingles of texts that are not trained on")
    folders = sorted(folder for folder in corpus.iterdir() if folder.is_dir())
    with ProcessPoolExecutor(2) as pool:
        groups = list(pool.map(markdown_passages, folders))
    groups.append(list(definitions(wordnet)) if wordnet else [])
    kept: list[Passage] = []
    seen: set[bytes] = set()
    for group in groups:
        fresh = [passage for passage in group if _is_new(passage, seen)]
        clean = [passage for passage in fresh if not forbidden.holds(_whole(passage))]
        limit = per_group if not clean or clean[0].group != "wordnet" else len(clean)
        chosen = sorted(random.Random(seed).sample(range(len(clean)), min(limit, len(clean))))
        kept += [clean[n] for n in chosen]
        if group:
            counts = f"{len(group):,} passages, {len(fresh):,} distinct, {len(clean):,} not held out"
            print(f"{group[0].group}: {counts}, {len(chosen):,} taken", flush=True)
    shared = sum(forbidden.holds(_whole(passage)) for passage in kept)
    if shared:
        raise AssertionError(f"{shared} passages share eight words with a text that is not trained on")
    print(f"{len(kept):,} passages, none of which shares {WORDS} words in a row with a text that is not trained on")
    numbers: dict[str, str] = {}
    return [passage._replace(note=numbers.setdefault(passage.note, str(len(numbers)))) for passage in kept]


def _whole(passage: Passage) -> str:
    return "\n".join((passage.title, passage.heading, passage.text, *passage.calls))


def _is_new(passage: Passage, seen: set[bytes]) -> bool:
    """Say whether no passage before had these letters; numbers and punctuation do not make a difference."""
    letters = " ".join(_LETTERS.findall(passage.text.lower()))[:400]
    key = hashlib.blake2b(letters.encode(), digest_size=8).digest()
    return key not in seen and not seen.add(key)  # type: ignore[func-returns-value]


def markdown_passages(folder: Path) -> list[Passage]:
    """Return the passages of the English Markdown below ``folder``, with the texts of links that lead to a note."""
    passages: list[Passage] = []
    calls: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.md")):
        if path.stat().st_size > MAX_BYTES:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if not _is_english(text):
            continue
        note = markdown.parse(text, path.stem)
        for link in note.links:
            if link.kind == "markdown" and link.target.endswith(".md") and "://" not in link.target:
                target = str((path.parent / link.target).resolve())
                calls.setdefault(target, set()).add(_clean(link.text))
        name = str(path.resolve())
        for chunk in chunking.chunks(text, note):
            body = chunking.body_of(text[chunk.start : chunk.end])
            shown = _clean(plain(_FENCE.sub(" ", body)))
            if len(shown) >= MIN_LENGTH and _is_english(shown):
                heading = _clean(chunk.headings[-1]) if chunk.headings else ""
                passages.append(Passage(folder.name, name, _clean(note.title), heading, _cut(shown)))
    return list(_with_calls(passages, calls))


def _with_calls(passages: Iterable[Passage], calls: dict[str, set[str]]) -> Iterator[Passage]:
    """Give the first passage of each note the texts of the links to it that are not its title."""
    named: set[str] = set()
    for passage in passages:
        texts = calls.get(passage.note, set()) if passage.note not in named else set()
        named.add(passage.note)
        other = sorted(text for text in texts if len(text) > 6 and text.lower() != passage.title.lower())
        yield passage._replace(calls=tuple(other[:3]))


def _is_english(text: str) -> bool:
    words = _LETTERS.findall(text[:3_000].lower())
    return bool(words) and sum(word in _COMMON for word in words) / len(words) >= SHARE_OF_COMMON


def _clean(text: str) -> str:
    return " ".join(_NOISE.sub(" ", text).split())


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: text.rfind(" ", 0, MAX_LENGTH)]


def definitions(folder: Path) -> Iterator[Passage]:
    """Yield the definitions of WordNet's data files (wndb(5WN)), with the examples of use as calls."""
    for name in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue  # the licence
            data, _, gloss = line.partition(" | ")
            fields = data.split()
            lemmas = [lemma.replace("_", " ") for lemma in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
            lemmas = [re.sub(r"\((?:a|p|ip)\)$", "", lemma) for lemma in lemmas]
            meaning, *examples = re.split(r';\s*(?=")', gloss.strip())
            used = tuple(example.strip('"; ') for example in examples[:2])
            yield Passage("wordnet", fields[0] + name, ", ".join(lemmas), "", meaning.strip(), used)
