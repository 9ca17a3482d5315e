"""The figures measured last: kept in ``docs/benchmarks.json``, shown in the tables of ``docs/benchmarks.md``."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import re
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from tests.bench.measure import REPOSITORY, Figure

RECORD = REPOSITORY / "docs" / "benchmarks.json"
PAGE = REPOSITORY / "docs" / "benchmarks.md"
PLOTS = REPOSITORY / "docs" / "benchmarks"
_TABLE = re.compile(r"(<!-- figures: (?P<name>\w+) -->\n)(?P<text>.*?)(<!-- end of figures -->)", re.DOTALL)

_IMAGES = re.compile(r"(<!-- plots -->\n).*?(<!-- end of plots -->)", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>")

Tables = dict[str, dict[str, list[Figure]]]
"""Figures by table and by day."""
Key = tuple[str, str]


def load(path: Path = RECORD) -> Tables:
    """Return the recorded figures."""
    if not path.is_file():
        return {}
    tables = json.loads(path.read_text(encoding="utf-8"))["tables"]
    return {
        name: {day: [Figure(**figure) for figure in figures] for day, figures in days.items()}
        for name, days in tables.items()
    }


def figures(tables: Tables, table: str) -> dict[Key, Figure]:
    """Return the figures of one table, by what they are of."""
    return {_key(figure): figure for found in tables.get(table, {}).values() for figure in found}


def merged(tables: Tables, table: str, new: Sequence[Figure], day: str) -> Tables:
    """Return ``tables`` with ``new`` in place of older figures of the same things; the others stay, with their day."""
    keys = {_key(figure) for figure in new}
    days = {
        old: kept
        for old, found in tables.get(table, {}).items()
        if (kept := [figure for figure in found if _key(figure) not in keys])
    }
    return {**tables, table: {**days, day: [*days.get(day, []), *new]}}


def save(tables: Tables, path: Path = RECORD) -> None:
    """Record ``tables``."""
    content = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}",
        "tables": {
            name: {day: [_short(figure) for figure in found] for day, found in days.items()}
            for name, days in tables.items()
        },
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def today() -> str:
    """The day that figures are recorded under."""
    return datetime.now(timezone.utc).date().isoformat()


def page(text: str, tables: Tables) -> str:
    """Return the page ``text`` with every table made from the record, and every plot that there is."""
    text = _TABLE.sub(lambda found: f"{found[1]}{table(tables.get(found['name'], {}))}{found[4]}", text)
    images = "".join(
        f"![{_TITLE.findall(path.read_text(encoding='utf-8'))[0]}]({PLOTS.name}/{path.name})\n"
        for path in sorted(PLOTS.glob("*.svg"))
    )
    return _IMAGES.sub(lambda found: f"{found[1]}{images}{found[2]}", text)


def table(days: dict[str, list[Figure]]) -> str:
    """Return one table in Markdown: what was measured, what is aimed at, and the figure, for each corpus."""
    found = [figure for figures in days.values() for figure in figures]
    if not found:
        return "Not measured yet.\n"
    corpora = list(dict.fromkeys(figure.corpus for figure in found))
    corpora.sort(key=_size_of)
    heads = [corpus or "measured" for corpus in corpora]
    rows = [["what", "goal", *heads], ["---"] * (2 + len(heads))]
    by_key = {_key(figure): figure for figure in found}
    for what in dict.fromkeys(figure.what for figure in found):
        cells = [by_key.get((what, corpus)) for corpus in corpora]
        goal = next((figure.goal for figure in cells if figure and figure.goal), "")
        rows.append([what, goal, *map(_cell, cells)])
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"{lines}\nMeasured {' and '.join(sorted(days))}.\n"


HEAD = "| figure | last | now | ratio |\n| --- | --- | --- | --- |"


def compared(figure: Figure, last: dict[Key, Figure]) -> str:
    """Return a row of the table below ``HEAD``: the figure beside the one recorded last, and their ratio."""
    before = last.get(_key(figure))
    is_ratio = before and before.value and figure.value is not None
    ratio = f"{figure.value / before.value:.2f}" if is_ratio else ""
    what = f"{figure.what} ({figure.corpus})" if figure.corpus else figure.what
    return f"| {what} | {before.shown() if before else ''} | {_cell(figure)} | {ratio} |"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"{figure.shown()} ({figure.note})" if figure.note else figure.shown()


def _key(figure: Figure) -> Key:
    return figure.what, figure.corpus


def _short(figure: Figure) -> dict[str, object]:
    """As JSON, without what is empty; counts stay exact, measurements keep five digits."""
    value = figure.value
    if value is not None:
        value = int(value) if value == int(value) else float(f"{value:.5g}")
    return {name: value if name == "value" else x for name, x in dataclasses.asdict(figure).items() if x != ""}


def _size_of(corpus: str) -> float:
    """Corpora are shown from small to large: "10 MB (…)" before "1 GB"."""
    found = re.match(r"([\d.]+) (KB|MB|GB)", corpus)
    return float(found[1]) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[found[2]] if found else 0
