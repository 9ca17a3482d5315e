"""A process that reads files which may be the end of it: ``python -m starlight.readers.worker``.

See ``engine/document_process.py``.  Standard input brings it requests: a line of JSON, ``{format, name, bytes}``, and
so many bytes.  Standard output takes a line for each: the document (``readers.stored``), or ``{"reason": ...}`` why
there is none.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import sys
import threading
from typing import BinaryIO

from starlight.errors import NoteError
from starlight.readers import formats, stored

log = logging.getLogger(__name__)

MAX_TEXT = 20_000_000
"""Characters of text that a document may have: books have one million."""

Request = tuple[str, str, bytes]
"""Name of the format, name of the file, and its bytes."""


def main() -> int:
    """Answer requests until the input ends; returns the exit code."""
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory(int(sys.argv[1]))
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, requests), daemon=True).start()
    while True:
        answers.write(_answer(*requests.get()).encode() + b"\n")
        answers.flush()


def _receive(source: BinaryIO, requests: queue.SimpleQueue[Request]) -> None:
    """Take requests as they come; end with the input, in the middle of a file too."""
    while line := source.readline():
        asked = json.loads(line)
        requests.put((asked["format"], asked["name"], source.read(asked["bytes"])))
    os._exit(0)


def _answer(format_: str, name: str, data: bytes) -> str:
    try:
        known = next(each for each in formats.FORMATS if each.name == format_)
        document = formats.read(known, data, name)
        if len(document.text) > MAX_TEXT:
            raise NoteError(f"has more text than can be searched well: {len(document.text) / 1e6:.0f} MB")
        return stored.to_json(document)
    except NoteError as error:
        reason = str(error)
    except MemoryError:
        reason = "needs more memory than a file may take"
    except Exception as error:  # whatever a file does to a library, it costs that file alone
        log.exception("%s cannot be read", name)
        reason = f"cannot be read ({type(error).__name__}: {error})"
    return json.dumps({"reason": reason})


def _limit_memory(most: int) -> None:
    """Let the system refuse this process more than ``most`` bytes, where it does that for one that asks."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    raise SystemExit(main())
