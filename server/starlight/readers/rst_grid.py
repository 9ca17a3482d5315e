"""Grid tables of reStructuredText (docutils' specification, "Grid Tables"): the text of a cell goes on below itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

_PADDING = " \t"


def cells(rows: Iterable[str], inline: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of a row of a table, with what stands in each cell read by ``inline``, which keeps its lines.

    Lines that are not divided as those above them (as in a cell that spans columns) are read as a part of their own.
    """
    part: list[list[str]] = []
    for line in rows:
        divided = line.split("|")
        if part and len(divided) != len(part[0]):
            yield from _read(part, inline)
            part = []
        part.append(divided)
    yield from _read(part, inline)


def _read(part: list[list[str]], inline: Callable[[str], str]) -> Iterator[str]:
    columns = ("\n".join(cell.strip(_PADDING) for cell in column) for column in zip(*part, strict=True))
    for line in zip(*(inline(column).split("\n") for column in columns), strict=True):
        yield " | ".join(each.strip(_PADDING) for each in line).strip(_PADDING)
