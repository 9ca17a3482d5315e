"""A table of a document as a table of Markdown (GitHub's; https://github.github.com/gfm/#tables-extension-)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from starlight.readers.escaping import literal

_WIDEST = 200
"""Columns: what is wider is data, not text; the rest of its row is left out."""


@dataclass(slots=True)
class Table:
    """Its rows as they come; each cell is one line of text."""

    caption: str = ""
    _rows: list[list[str]] = field(default_factory=list)
    _is_open: bool = False
    """Whether a cell is being read."""
    _span: int = 1

    def open_row(self) -> None:
        """Begin a row."""
        self._rows.append([])

    def open_cell(self, columns: int) -> None:
        """Begin a cell that is so many columns wide, in a new row where there is none."""
        if not self._rows:
            self.open_row()
        self._is_open, self._span = True, columns

    def close_cell(self, text: str) -> None:
        """End the cell; text outside of cells belongs to the last one of the row."""
        if self._is_open:
            row = self._rows[-1]
            row.extend([text, *[""] * (min(self._span, _WIDEST) - 1)][: max(_WIDEST - len(row), 0)])
        elif text and self._rows and self._rows[-1]:
            self._rows[-1][-1] = f"{self._rows[-1][-1]} {text}".strip()
        elif text:
            self.caption = f"{self.caption} {text}".strip()
        self._is_open = False

    def blocks(self) -> Iterator[list[str]]:
        """Yield it as blocks of lines: one table, or paragraphs where it has one column or one row."""
        rows = [row for row in self._rows if any(row)]
        width = max(map(_width, rows), default=0)
        if width <= 1 or len(rows) == 1:
            yield from ([literal(cell)] for row in rows for cell in row if cell)
            return
        lines = [_line(row[:width]) for row in rows]
        lines[0] = _line([*rows[0], *[""] * width][:width])
        lines.insert(1, "|" + " --- |" * width)
        yield lines


def _width(row: list[str]) -> int:
    """Return how many columns it has up to the last that says something."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1]), 0)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
