"""A peer on the same folder with the same model: semble, in an environment of its own.

It is given a folder to look for its model in, and told that no hub can be reached.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from starlight.models.embedder import DEFAULT_MODEL
from tests.bench import scale
from tests.bench.corpora import Corpus, corpus
from tests.bench.footprint import end_all, watched
from tests.bench.measure import CACHE, Extent, Figure, isolated, latencies, missing
from tests.bench.queries import real_queries

REQUIREMENT = "semble>=0.7,<0.8"
_PROGRAM = """
import json, sys, time
from semble import ContentType, SembleIndex
folder, model, queries = sys.argv[1:]
started = time.perf_counter()
index = SembleIndex.from_path(folder, content=ContentType.DOCS, model_path=model)
indexed = time.perf_counter() - started
times = []
for query in open(queries, encoding="utf-8"):
    started = time.perf_counter()
    index.search(query.strip(), top_k=20)
    times.append(time.perf_counter() - started)
stats = index.stats
print(json.dumps({"files": stats.indexed_files, "chunks": stats.total_chunks, "seconds": indexed, "times": times}))
"""


def run(extent: Extent) -> Iterator[Figure]:
    """Measure the peer and the product on each of the corpora of ``extent.peers``."""
    for size in extent.peers:
        found = corpus(size)
        if found is None:
            yield missing("index rate, cold process")
            return
        for figure in _of_one(found, real_queries(found, extent.n_queries)):
            yield dataclasses.replace(figure, corpus=found.name)


def _of_one(corpus: Corpus, queries: list[str]) -> Iterator[Figure]:
    with isolated(CACHE) as environment:
        yield from scale.indexing(corpus, environment)
        end_all(environment)
        yield from scale.inside(corpus.folder, environment, queries)
    python = _python()
    if python is None:
        yield missing("semble: index rate, cold process", why=f"{REQUIREMENT} cannot be installed here")
        return
    for workers in (0, 2):
        with isolated(CACHE) as environment:
            yield from _semble(corpus, environment, python, queries, workers)


def _semble(
    corpus: Corpus, environment: dict[str, str], python: Path, queries: list[str], workers: int
) -> Iterator[Figure]:
    name = f"semble, {workers} workers" if workers else "semble"
    environment |= {
        "HF_HUB_OFFLINE": "1",
        "SEMBLE_CACHE_LOCATION": f"{environment['XDG_CACHE_HOME']}/semble",
        "SEMBLE_INDEX_WORKERS": str(workers),
        "SEMBLE_MAX_FILE_BYTES": "100000000",
    }
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(queries) + "\n")
        file.flush()
        model = str(DEFAULT_MODEL.resolve())
        run = watched([str(python), "-c", _PROGRAM, str(corpus.folder), model, file.name], environment)
    done = json.loads(run.output.splitlines()[-1])
    seconds = run.seconds - sum(done["times"])
    note = f"{done['files']:,} files, {done['chunks']:,} chunks, in memory"
    yield Figure(f"{name}: index rate, cold process", corpus.bytes / seconds / 1e6, "MB/s", note=note)
    yield Figure(f"{name}: peak memory of all processes", run.peak_bytes / 1e6, "MB")
    if not workers:
        yield from latencies(f"{name}: search in process", done["times"])


def _python() -> Path | None:
    """Return the interpreter of the peer's environment, made where it is not there yet."""
    folder = CACHE / "semble-0.7"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = folder / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT]
        done = subprocess.run(install, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr[-500:], file=sys.stderr)
            return None
        ready.touch()
    return python
