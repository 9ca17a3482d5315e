"""Tables as text (RFC 4180, tabs, semicolons): the first rows, each on its line."""

from __future__ import annotations

import csv

from starlight.errors import NoteError
from starlight.readers import decoding
from starlight.readers.document import Document
from starlight.readers.escaping import literal_line

_N_ROWS = 50
_DELIMITERS = ",;\t|"
_SAMPLE = 20_000
_LONGEST_CELL = 2**31 - 1
"""More than any file here has: by itself the library gives up beyond 131,072 characters."""


def read(data: bytes, name: str) -> Document:
    """Return the first rows of the table; the lines after them are empty."""
    lines = decoding.lines(data)
    head = lines[:_N_ROWS]
    sample = "\n".join(line[:_SAMPLE] for line in head)[:_SAMPLE]
    delimiter = "\t" if name.lower().endswith(".tsv") else _delimiter(sample)
    written = [""] * len(lines)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = csv.reader((f"{line}\n" for line in head), delimiter=delimiter)
        first = 0
        for row in rows:
            _write(written, first, row)
            first = rows.line_num
    except csv.Error as error:
        raise NoteError(f"is not a table that can be read ({error})") from error
    return Document("\n".join(written))


_SNIFFED = 2_000
"""Characters: its time goes with more than their number."""


def _delimiter(sample: str) -> str:
    """Return what stands between the cells: csv's own guess, else what there is most of."""
    try:
        return csv.Sniffer().sniff(sample[:_SNIFFED], _DELIMITERS).delimiter
    except csv.Error:
        return max(_DELIMITERS, key=sample.count)


def _write(written: list[str], first: int, row: list[str]) -> None:
    """Write a row from line ``first`` on; a cell may go on over several lines.

    Bars between cells, and no ruler: there is no line for one.
    """
    text = " | ".join(cell.strip(" \t") for cell in row).strip("\n")
    for at, part in enumerate(text.split("\n") if text.strip(" |") else (), first):
        if at < len(written):
            written[at] = literal_line(part.strip())
