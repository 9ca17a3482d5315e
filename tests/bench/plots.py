"""Figures by corpus size as line plots in SVG, readable on light and on dark pages."""

from __future__ import annotations

import html
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import record, verdict

Point = tuple[float, float]

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 190, 52, 52
_COLOURS = 6
_STYLE = """
  svg { --paper: #ffffff; --ink: #1f2328; --quiet: #59636e; --grid: #d8dee4;
    --c0: #0969da; --c1: #bc4c00; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #7d6a00; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --grid: #2f353d;
      --c0: #58a6ff; --c1: #f0883e; --c2: #3fb950; --c3: #bc8cff; --c4: #f778ba; --c5: #d9c14a; }
  }
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--quiet); }
  .title { font-size: 15px; font-weight: 600; fill: var(--ink); }
  .paper { fill: var(--paper); }
  .grid { stroke: var(--grid); stroke-width: 1; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
"""


@dataclass(frozen=True, slots=True)
class Plot:
    """What one plot shows: figures of the table ``scale``, by the name of the line."""

    file: str
    title: str
    unit: str
    lines: Mapping[str, str]
    log: bool = False
    across: str = ""
    """What lies across, in percent; empty for the size of the corpus."""


PLOTS = (
    Plot("rate", "Index rate", "MB/s", {
        "Starlight": "index rate, cold process",
        "plain pipeline": "plain pipeline: index rate",
    }),
    Plot("size", "Size of the index / size of the text", "", {
        "Starlight": "index size / text",
        "FTS5 alone": "FTS5 alone: size / text",
    }),
    Plot("memory", "Peak memory of all processes", "MB", {
        "Starlight, indexing": "peak memory of all processes while indexing",
        "server, searching": "server memory after 100 searches",
        "plain pipeline": "plain pipeline: peak memory",
    }),
    Plot("latency", "Search", "ms", {
        "in process, p50": "search in process, p50",
        "in process, p95": "search in process, p95",
        "LSP, p95": "search through LSP, p95",
        "FTS5 alone, p50": "FTS5 alone: any of the words, p50",
        "FTS5 alone, p95": "FTS5 alone: any of the words, p95",
        "ripgrep, p50": "ripgrep: files with any of the words, p50",
    }, log=True),
)  # fmt: skip


VERDICT = Plot("verdict", "Off-topic questions found out", "%", {}, across="answerable ones called “nothing”, %")


def draw_all(tables: record.Tables, folder: Path = record.PLOTS) -> None:
    """Write every plot that has something to show; that of the verdict beside the folder of the others."""
    if points := verdict.points(list(record.figures(tables, "verdict").values())):
        (folder.parent / f"{VERDICT.file}.svg").write_text(draw(VERDICT, {"found out": points}), encoding="utf-8")
    found = record.figures(tables, "scale")
    sizes = {corpus: figure.value for (what, corpus), figure in found.items() if what == "Markdown text"}
    for plot in PLOTS:
        lines = {
            name: sorted(
                (size, figure.value)
                for corpus, size in sizes.items()
                if size and (figure := found.get((what, corpus))) and figure.value
            )
            for name, what in plot.lines.items()
        }
        if any(lines.values()):
            folder.mkdir(exist_ok=True)
            (folder / f"{plot.file}.svg").write_text(draw(plot, lines), encoding="utf-8")


def draw(plot: Plot, lines: Mapping[str, Sequence[Point]]) -> str:
    """Return the plot as SVG; ``lines`` are (bytes of text, or what lies across, value) by name."""
    points = [point for line in lines.values() for point in line]
    across = _Axis([x for x, _ in points], (_LEFT, _WIDTH - _RIGHT), log=not plot.across)
    up = _Axis([y for _, y in points], (_HEIGHT - _BOTTOM, _TOP), log=plot.log)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img">',
        f"<title>{html.escape(plot.title)} by {html.escape(plot.across or 'corpus size')}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>',
        _text(_LEFT - 44, 28, plot.title + (f", {plot.unit}" if plot.unit else ""), "title"),
        *_grid(across, up, plot.across),
    ]
    drawn = [(number, name, line) for number, (name, line) in enumerate(lines.items()) if line]
    labels = _spread([up.place(line[-1][1]) for _, _, line in drawn])
    for (number, name, line), label in zip(drawn, labels, strict=True):
        parts += _line(number % _COLOURS, name, [(across.place(x), up.place(y)) for x, y in line], label)
    return "\n".join([*parts, "</svg>\n"])


class _Axis:
    """Values to places between two ends of the picture."""

    def __init__(self, values: Sequence[float], ends: tuple[float, float], *, log: bool) -> None:
        self._ends = ends
        self._log = log
        if log:
            self.ticks = _decades(min(values), max(values))
        else:
            step = _step(max(values))
            self.ticks = [step * number for number in range(math.ceil(max(values) / step) + 1)]
        self._low, self._high = map(self._scaled, (self.ticks[0], self.ticks[-1]))

    def place(self, value: float) -> float:
        """Where ``value`` lies in the picture."""
        share = (self._scaled(value) - self._low) / ((self._high - self._low) or 1)
        return round(self._ends[0] + share * (self._ends[1] - self._ends[0]), 1)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self._log else value


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten from at or below ``low``, a sliver allowed, to at or above ``high``."""
    first, last = math.floor(math.log10(low) + 0.01), math.ceil(math.log10(high) - 0.01)
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _step(high: float) -> float:
    """A round distance of ticks: five of them or so up to ``high``."""
    power = 10 ** math.floor(math.log10(high / 5))
    return power * next(factor for factor in (1, 2, 5, 10) if factor * power >= high / 5)


def _grid(across: _Axis, up: _Axis, label: str) -> list[str]:
    parts = []
    for tick in up.ticks:
        y = up.place(tick)
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/>')
        parts.append(_text(_LEFT - 8, y + 4, f"{tick:,.6g}", anchor="end"))
    for tick in across.ticks:
        x = across.place(tick)
        parts.append(f'<path class="grid" d="M{x} {_TOP}V{_HEIGHT - _BOTTOM}"/>')
        parts.append(_text(x, _HEIGHT - _BOTTOM + 20, f"{tick:g}" if label else _size(tick), anchor="middle"))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return [*parts, _text(middle, _HEIGHT - 10, label or "Markdown text", anchor="middle")]


def _line(colour: int, name: str, points: Sequence[Point], label: float) -> list[str]:
    paint = f"var(--c{colour})"
    path = "L".join(f"{x} {y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3.5" style="fill: {paint}"/>' for x, y in points)
    beside = f'<text x="{points[-1][0] + 10}" y="{label + 4}" style="fill: {paint}">{html.escape(name)}</text>'
    return [f'<path class="line" style="stroke: {paint}" d="M{path}"/>', dots, beside]


def _spread(places: Sequence[float], distance: float = 16) -> list[float]:
    """Move labels apart that would lie on one another, keeping their order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for above, below in itertools.pairwise(order):
        moved[below] = max(moved[below], moved[above] + distance)
    for below, above in itertools.pairwise(order[::-1]):
        moved[below] = min(moved[below], _HEIGHT - _BOTTOM + distance)
        moved[above] = min(moved[above], moved[below] - distance)
    return moved


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    class_ = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{class_}>{html.escape(text)}</text>'


def _size(n_bytes: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if n_bytes >= size:
            return f"{n_bytes / size:g} {unit}"
    return f"{n_bytes:g} B"
