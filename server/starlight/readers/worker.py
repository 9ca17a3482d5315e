"""A process that reads files which may be the end of it: ``python -m starlight.readers.worker``.

See ``engine/document_process.py``.  Standard input brings it requests: a line of JSON, ``{format, name, bytes,
seconds}``, and so many bytes.  Standard output takes a line for each: the document (``readers.stored``), or
``{"reason": ...}`` why there is none.  Of a scan, ``scanned`` in a request asks which pages are to be recognised,
``page`` for the image of one, and ``recognised`` for the document, when all of them were (``readers.hocr``).
``is_part`` says that the other pages have text.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import math
import os
import queue
import sys
import threading
from typing import Any, BinaryIO

from starlight.errors import NoteError
from starlight.readers import formats, stored
from starlight.readers.document import Document

log = logging.getLogger(__name__)

MAX_TEXT = 20_000_000
"""Characters of text that a document may have: books have one million."""

Request = tuple[dict[str, Any], bytes]
"""What is asked, and the bytes of the file."""


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
        requests.put((asked, source.read(asked["bytes"])))
    os._exit(0)


def _answer(asked: dict[str, Any], data: bytes) -> str:
    _limit_time(asked["seconds"])
    name = asked["name"]
    try:
        if "page" in asked:
            return _image(data, asked["page"])
        if "scanned" in asked:
            return _scanned(data, is_part=asked["is_part"])
        document = _document(asked, data)
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


def _document(asked: dict[str, Any], data: bytes) -> Document:
    if "recognised" in asked:
        from starlight.readers import hocr, pdf

        found = hocr.pages({int(number): page for number, page in asked["recognised"].items()})
        return pdf.recognised(data, found, is_part=asked["is_part"])
    known = next(each for each in formats.FORMATS if each.name == asked["format"])
    return formats.read(known, data, asked["name"])


def _scanned(data: bytes, *, is_part: bool) -> str:
    from starlight.readers import pdf

    return json.dumps({"pages": pdf.scanned_pages(data, is_part=is_part)})


def _image(data: bytes, page: int) -> str:
    from starlight.readers.pdfium import File

    with File(data) as file:
        image, dots = file.image(page)
        return json.dumps({"image": base64.b64encode(image).decode(), "dots": dots})


def _limit_memory(most: int) -> None:
    """Let the system refuse this process more than ``most`` bytes, where it does that for one that asks."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time(seconds: float) -> None:
    """Let the system end this process after so many more seconds of processor time, where it does that."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds), most))


if __name__ == "__main__":
    raise SystemExit(main())
