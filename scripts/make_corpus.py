"""Make folders of Markdown of a given size, the same ones every time: what the benchmarks at scale index.

    python scripts/make_corpus.py SIZE [--source FOLDER]

SIZE is ``1MB``, ``250KB``, ``1GB`` and so on (powers of ten; only .md and .markdown files count), or ``all`` for the
source as it is.  A smaller size is a sample of whole files; a larger one is the source and varied copies of it.
The source is ``corpus/``, or ``corpus.tar.zst``, in ``$STARLIGHT_BENCH_DATA``.

The folder is kept in ``$XDG_CACHE_HOME/starlight-bench``; one line of JSON says where it is and how large.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

VERSION = 1
"""Raised when the same source would give other folders."""

DATA = Path(os.environ.get("STARLIGHT_BENCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "starlight-bench"
ENDINGS = (".md", ".markdown")
UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9}

_BATCH_BYTES = 2_000_000
"""Neighbouring documents that exchange paragraphs and words."""
_EVERY = 7
"""One word of so many is replaced."""
_COINED = 0.5
"""Share of the words seen once in a batch that become new ones: so the vocabulary grows as that of real text does
(Heaps' law; what it comes to is in ``docs/benchmarks.md``)."""

# What stays as it is, so that a copy is Markdown of the same shape: tags, addresses, targets of links, fence lines,
# the numbers of list items, the kinds of callouts, and everything between words.
_KEPT = re.compile(
    r"((?:<[^<>\n]{1,300}>|https?://\S+|\]\([^()\n]*\)|^[ \t>]*(?:`{3,}|~{3,}).*$|^[ \t]*\d{1,9}[.)][ \t]"
    r"|\[![A-Z]+\]|[\W_])+)",
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(r"\A---\r?\n.*?^---[ \t]*\r?\n", re.MULTILINE | re.DOTALL)
_BLANK = re.compile(r"((?:\r?\n[ \t]*){2,})")
_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})", re.MULTILINE)
_PARAGRAPH = re.compile(r"[^\W\d_]")
"""How a block begins that is neither heading, list, table, quote nor code: it may stand anywhere."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the source; ``path`` is relative to it."""

    path: str
    size: int

    @property
    def is_note(self) -> bool:
        """Whether its bytes count."""
        return self.path.lower().endswith(ENDINGS)

    @property
    def folder(self) -> str:
        """The folder right below the source that it lies in."""
        return self.path.partition("/")[0]


def main(arguments: list[str] | None = None) -> int:
    """Make the folder, or find it made; print where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("size", metavar="SIZE", help="such as 10MB or 1GB; all for the source as it is")
    parser.add_argument("--source", type=Path, help="a folder of Markdown files to make it from")
    parser.add_argument("--seed", type=int, default=1, help="another number makes another folder (default: 1)")
    options = parser.parse_args(arguments)
    source = options.source or unpacked(DATA)
    if source is None:
        print(f"make_corpus: neither corpus/ nor corpus.tar.zst in {DATA}: name a folder by --source", file=sys.stderr)
        return 1
    folder = corpus(source.resolve(), options.size, options.seed)
    print(json.dumps({"folder": str(folder), **json.loads(_note_of(folder).read_text())}))
    return 0


def unpacked(data: Path) -> Path | None:
    """Return the folder of the source, unpacked if it has to be; None where there is none."""
    archive, ready = data / "corpus.tar.zst", CACHE / "source"
    if (data / "corpus").is_dir() or not archive.is_file():
        return data / "corpus" if (data / "corpus").is_dir() else None
    if not ready.is_dir():
        with _made_whole(ready) as folder:
            _unpack(archive, folder)
    below = list(ready.iterdir())
    return below[0] if len(below) == 1 else ready


def corpus(source: Path, size: str, seed: int) -> Path:
    """Return the folder of ``size`` made from ``source``."""
    files = list(_files(source))
    listing = json.dumps([VERSION, seed, [(file.path, file.size) for file in files]])
    place = CACHE / f"corpus-{hashlib.blake2b(listing.encode(), digest_size=5).hexdigest()}" / size
    if not _note_of(place).is_file():
        total = sum(file.size for file in files if file.is_note)
        wanted = total if size == "all" else _bytes(size)
        with _made_whole(place) as folder:
            if wanted < total:
                _copy(source, folder, sample(files, wanted, seed))
            else:
                _copy(source, folder, files)
                _grow(source, folder, files, wanted - total, seed)
        _note_of(place).write_text(json.dumps(_counts(place)))
    return place


def _counts(folder: Path) -> dict[str, int]:
    """Return how many notes, bytes and characters there are."""
    notes = [file for file in _files(folder) if file.is_note]
    characters = sum(len((folder / file.path).read_bytes().decode("utf-8", "replace")) for file in notes)
    return {"files": len(notes), "bytes": sum(file.size for file in notes), "characters": characters}


def sample(files: Iterable[File], wanted: float, seed: int) -> Iterator[File]:
    """Yield notes drawn by chance until they have ``wanted`` bytes; those that would be too much are passed over."""
    total = 0
    for file in sorted(filter(lambda file: file.is_note, files), key=lambda file: _rank(file.path, seed)):
        if total + file.size <= wanted:
            total += file.size
            yield file
        if total >= 0.999 * wanted:
            return


def varied(texts: list[str], seed: str) -> list[str]:
    """Return ``texts`` with their paragraphs exchanged, one word of seven replaced, and rare words made new."""
    chance = random.Random(seed)
    fronts = [found[0] if (found := _FRONT_MATTER.match(text)) else "" for text in texts]
    bodies = _exchanged([text[len(front) :] for text, front in zip(texts, fronts, strict=True)], chance)
    pieces = [_KEPT.split(body) for body in bodies]
    counts = Counter(word for piece in pieces for word in piece[::2] if word)
    words = list(counts.elements())
    new = _coined(sorted(word for word, count in counts.items() if count == 1), chance)
    for piece in pieces:
        plain = [new.get(word, word) for word in piece[::2]]
        start = chance.randrange(_EVERY)
        n_replaced = len(plain[start::_EVERY])
        if n_replaced and words:
            drawn = chance.choices(words, k=n_replaced)
            # An empty word stands where a text begins or ends with something else: it stays empty.
            plain[start::_EVERY] = [word and other for word, other in zip(plain[start::_EVERY], drawn, strict=True)]
        piece[::2] = plain
    return [front + "".join(piece) for front, piece in zip(fronts, pieces, strict=True)]


def _exchanged(texts: list[str], chance: random.Random) -> list[str]:
    """Shuffle the paragraphs of all ``texts`` together; everything else stays in its place."""
    documents = [_BLANK.split(text) for text in texts]
    places = [(number, at) for number, blocks in enumerate(documents) for at in _paragraphs(blocks)]
    moved = [documents[number][at] for number, at in places]
    chance.shuffle(moved)
    for (number, at), paragraph in zip(places, moved, strict=True):
        documents[number][at] = paragraph
    return ["".join(blocks) for blocks in documents]


def _paragraphs(blocks: list[str]) -> Iterator[int]:
    """Yield where in ``blocks`` (text and blank lines by turns) a paragraph stands."""
    in_fence = False
    for at in range(0, len(blocks), 2):
        n_fences = len(_FENCE.findall(blocks[at]))
        if not in_fence and not n_fences and _PARAGRAPH.match(blocks[at]):
            yield at
        in_fence ^= n_fences % 2 == 1


def _coined(rare: list[str], chance: random.Random) -> dict[str, str]:
    """Return new words for a share of ``rare``, each the head of one and the tail of another."""
    chosen = [word for word in rare if len(word) > 3 and chance.random() < _COINED]
    heads = chance.sample(chosen, len(chosen))
    return {
        word: "".join(chance.choice("0123456789") if char.isdigit() else char for char in word)
        if word.isdigit()
        else head[: (len(head) + 1) // 2] + word[len(word) // 2 :]
        for word, head in zip(chosen, heads, strict=True)
    }


@dataclass(frozen=True, slots=True)
class _Batch:
    """Notes of one folder to be varied together."""

    source: Path
    into: Path
    files: tuple[File, ...]
    copy: int
    seed: int

    def write(self) -> None:
        """Write the varied notes, each where the original lies, below a folder of the copy's number."""
        texts = [(self.source / file.path).read_bytes().decode("utf-8", "replace") for file in self.files]
        seed = f"{self.seed} {self.copy} {self.files[0].path}"
        into = self.into / f"copy{self.copy}"
        _make_folders(into, self.files)
        for file, text in zip(self.files, varied(texts, seed), strict=True):
            (into / file.path).write_bytes(text.encode("utf-8", "replace"))


def _grow(source: Path, into: Path, files: Iterable[File], wanted: float, seed: int) -> None:
    """Write varied copies of the notes until they have about ``wanted`` bytes."""
    batches = list(_batches([file for file in files if file.is_note]))
    chosen: list[_Batch] = []
    copy = 1
    while wanted > 0 and batches:
        order = sorted(batches, key=lambda batch: _rank(batch[0].path, seed + copy))
        for batch in order:
            if wanted > 0:
                chosen.append(_Batch(source, into, batch, copy, seed))
                wanted -= sum(file.size for file in batch)
        copy += 1
    if not chosen:
        return
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for _ in pool.map(_Batch.write, chosen, chunksize=4):
            pass


def _batches(files: list[File]) -> Iterator[tuple[File, ...]]:
    """Yield runs of neighbouring files of one folder."""
    batch: list[File] = []
    for file in files:
        if batch and (batch[0].folder != file.folder or sum(other.size for other in batch) > _BATCH_BYTES):
            yield tuple(batch)
            batch = []
        batch.append(file)
    if batch:
        yield tuple(batch)


def _files(folder: Path) -> Iterator[File]:
    """Yield the files below ``folder``, by path."""
    found = [
        File(path.relative_to(folder).as_posix(), path.stat().st_size)
        for place, _, names in os.walk(folder)
        for path in (Path(place, name) for name in names)
        if not path.is_symlink()
    ]
    yield from sorted(found, key=lambda file: file.path)


def _copy(source: Path, into: Path, files: Iterable[File]) -> None:
    files = list(files)
    _make_folders(into, files)
    for file in files:
        shutil.copyfile(source / file.path, into / file.path)


def _make_folders(into: Path, files: Iterable[File]) -> None:
    for folder in {file.path.rpartition("/")[0] for file in files}:
        (into / folder).mkdir(parents=True, exist_ok=True)


def _rank(path: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed} {path}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _bytes(size: str) -> float:
    found = re.fullmatch(r"([\d.]+)(KB|MB|GB)", size)
    if not found:
        raise SystemExit(f"make_corpus: {size}: no size; write 1MB, 250KB, 1GB or all")
    return float(found[1]) * UNITS[found[2]]


def _note_of(place: Path) -> Path:
    """The file that says a folder is complete, and how large it is."""
    return place.with_name(f"{place.name}.json")


@contextlib.contextmanager
def _made_whole(place: Path) -> Iterator[Path]:
    """Give a folder to fill; it is at ``place`` only when it is filled."""
    partial = place.with_name(f"{place.name}.{os.getpid()}.partial")
    for old in (partial, place):
        shutil.rmtree(old, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        partial.rename(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack a .tar.zst made with a window of 128 MB (zstd --long=27)."""
    if program := shutil.which("zstd"):
        with subprocess.Popen([program, "-dc", "--long=27", archive], stdout=subprocess.PIPE) as zstd:
            _extract(zstd.stdout, folder)
        if zstd.returncode:
            raise SystemExit(f"make_corpus: {archive}: cannot be unpacked (zstd ended with {zstd.returncode})")
        return
    try:
        import zstandard
    except ImportError:
        raise SystemExit("make_corpus: install the program zstd, or the Python package zstandard") from None
    with archive.open("rb") as file, zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file) as stream:
        _extract(stream, folder)


def _extract(stream: object, folder: Path) -> None:
    with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]
        for member in tar:
            tar.extract(member, folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))


if __name__ == "__main__":
    raise SystemExit(main())
