"""Recorded figures: what is kept, what is shown beside it, and that the page is what the record says."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from tests.bench import plots, record
from tests.bench.measure import Figure, latencies, percentile

DAY, NEXT = "2026-01-01", "2026-01-02"
RATE = Figure("index rate, cold process", 2.0, "MB/s", corpus="1 MB")


def scale(*values: float) -> list[Figure]:
    names = ("1 MB", "10 MB", "1 GB")
    text = [
        Figure("Markdown text", size, "bytes", corpus=name) for name, size in zip(names, (1e6, 1e7, 1e9), strict=True)
    ]
    return text + [Figure(RATE.what, value, "MB/s", corpus=name) for name, value in zip(names, values, strict=True)]


def test_page_and_plots_are_what_the_record_says(tmp_path):
    tables = record.load()
    assert tables
    text = record.PAGE.read_text(encoding="utf-8")
    assert record.page(text, tables) == text
    plots.draw_all(tables, tmp_path / "plots")
    drawn = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("plots/*")}
    assert drawn == {path.name: path.read_text(encoding="utf-8") for path in record.PLOTS.glob("*.svg")}


def test_every_recorded_table_is_on_the_page():
    text = record.PAGE.read_text(encoding="utf-8")
    assert [name for name in record.load() if f"<!-- figures: {name} -->" not in text] == []


def test_new_figures_take_the_place_of_old_ones_of_the_same_thing():
    other = Figure("files", 3.0, corpus="1 MB")
    tables = record.merged({}, "scale", [RATE, other], DAY)
    faster = Figure(RATE.what, 4.0, "MB/s", corpus="1 MB")
    tables = record.merged(tables, "scale", [faster], NEXT)
    assert tables == {"scale": {DAY: [other], NEXT: [faster]}}


def test_record_is_read_as_it_was_written(tmp_path):
    tables = {"scale": {DAY: [RATE, Figure("x", None, note="why not")]}}
    record.save(tables, tmp_path / "record.json")
    assert record.load(tmp_path / "record.json") == tables
    assert json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))["machine"]


def test_table_has_a_column_for_each_corpus_from_small_to_large():
    head, _, rate, *_ = record.table({DAY: scale(3, 2, 1)[::-1]}).splitlines()
    assert head == "| what | goal | 1 MB | 10 MB | 1 GB |"
    assert rate == "| index rate, cold process |  | 3 MB/s | 2 MB/s | 1 MB/s |"


def test_page_has_the_tables_between_their_marks():
    text = "before\n<!-- figures: scale -->\nold\n<!-- end of figures -->\nafter\n"
    made = record.page(text, {"scale": {DAY: [RATE]}})
    assert made.startswith("before\n<!-- figures: scale -->\n| what | goal | 1 MB |\n")
    assert made.endswith(f"\n\nMeasured {DAY}.\n<!-- end of figures -->\nafter\n")
    assert record.page(made, {}) == text.replace("old", "Not measured yet.")


def test_figure_is_compared_with_the_last():
    last = record.figures({"scale": {DAY: [RATE]}}, "scale")
    row = record.compared(Figure(RATE.what, 5.0, "MB/s", corpus="1 MB"), last)
    assert row == "| index rate, cold process (1 MB) | 2 MB/s | 5 MB/s | 2.50 |"
    assert record.compared(Figure("new", 5.0), last) == "| new |  | 5 |  |"


def test_percentiles():
    times = [number / 1_000 for number in range(1, 101)]
    assert percentile(times, 0.5) == 0.051
    median, at_95, worst = latencies("search", times)
    assert (median.value, at_95.value, worst.value) == (51.0, 96.0, 100.0)
    assert worst.note == "of 100"


def test_plot_has_a_point_for_every_size_and_larger_is_higher(tmp_path):
    plots.draw_all({"scale": {DAY: scale(1, 4, 9)}}, tmp_path / "plots")
    (path,) = tmp_path.glob("plots/*")
    svg = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    points = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in svg.iter("{http://www.w3.org/2000/svg}circle")]
    assert len(points) == 3
    assert points == sorted(points)
    assert sorted(points, key=lambda point: point[1]) == points[::-1]
