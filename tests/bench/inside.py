"""What is measured within a process of its own, through the facade.

python -m tests.bench.inside search ROOT FILE   times a search for each line of FILE, in seconds, as JSON
python -m tests.bench.inside follow ROOT        for each word read, the time at which a search has found it
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from starlight.engine.workspace import Workspace
from starlight.errors import IndexUnavailable, StarlightError

_WARM = 20
"""Searches that do not count: files are read and pages cached."""
_PAUSE = 0.002


def search(root: str, file: str) -> None:
    """Print how long each search took, after some that do not count."""
    queries = Path(file).read_text(encoding="utf-8").splitlines()
    workspace = Workspace.at(root)
    times = []
    for query in [*queries[:_WARM], *queries]:
        started = time.perf_counter()
        workspace.search(query)
        times.append(time.perf_counter() - started)
    print(json.dumps(times[-len(queries) :]))


def follow(root: str) -> None:
    """Print, for each word from standard input, when a reader of the index has found it (``time.perf_counter``)."""
    workspace = Workspace.at(root)
    _is_found(workspace, "warm")
    pause = threading.Event()
    print("ready", flush=True)
    for line in sys.stdin:
        while not _is_found(workspace, line.strip()):
            pause.wait(_PAUSE)
        print(time.perf_counter(), flush=True)


def _is_found(workspace: Workspace, word: str) -> bool:
    try:
        hits = workspace.search(word, 1, "lexical").hits
    except IndexUnavailable:  # it is being made
        return False
    except StarlightError as error:
        raise SystemExit(str(error)) from error
    return any(word in hit.snippet for hit in hits)


if __name__ == "__main__":
    {"search": search, "follow": follow}[sys.argv[1]](*sys.argv[2:])
