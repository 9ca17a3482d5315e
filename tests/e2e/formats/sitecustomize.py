"""A format of documents for tests of what is done with any: text with a form feed before each further page.

Python runs this at the start of every process that has this folder on its path.  A file that says ``locked`` cannot be
read.
"""

import sys

from starlight.errors import NoteError
from starlight.readers import formats
from starlight.readers.document import Document, Mark
from starlight.readers.formats import Format

PAGED = Format("paged", "Pages", (".paged",), "paged", 1, "its text", unit="page")


def read(data: bytes, name: str) -> Document:
    if data == b"locked":
        raise NoteError("is encrypted; save it without a password to have it indexed")
    pages = data.decode().split("\f")
    starts = [sum(map(len, pages[:number])) for number in range(len(pages))]
    marks = tuple(Mark(start, number) for number, start in enumerate(starts, 1))
    return Document("".join(pages), unit="page", marks=marks)


formats.FORMATS = (*formats.FORMATS, PAGED)
formats._BY_ENDING[".paged"] = PAGED
sys.modules["starlight.readers.paged"] = sys.modules[__name__]
