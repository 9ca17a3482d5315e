"""The process that reads documents, with a reader that does what a file tells it: what damage does to others."""

import os
import sys
import time

from starlight.errors import NoteError
from starlight.readers import formats, worker
from starlight.readers.document import Document
from starlight.readers.formats import Format

ODD = Format("odd", "Odd", (".odd",), "odd", 1, "")


def read(data: bytes, name: str) -> Document:
    what = data.decode()
    if what == "hang":
        time.sleep(600)  # what it is ended in the middle of
    while what == "spin":
        pass
    if what == "crash":
        os.abort()
    if what == "fill":
        bytearray(10**10)
    if what == "refuse":
        raise NoteError("is encrypted")
    if what == "fail":
        raise ValueError("what?")
    if what == "print":
        os.write(1, b"a library prints\n")
    if what == "pid":
        return Document(str(os.getpid()))
    return Document(f"{name}: {what}")


if __name__ == "__main__":
    formats.FORMATS = (ODD,)
    sys.modules["starlight.readers.odd"] = sys.modules[__name__]
    raise SystemExit(worker.main())
