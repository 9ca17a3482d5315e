"""Filters of one index: what is remembered of them."""

from __future__ import annotations

from pathlib import Path

from starlight.index import schema
from starlight.index.narrowing import Narrowing


def test_what_was_asked_for_last_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    writer = schema.open_writer(path)
    narrowing = Narrowing(schema.open_reader(path), path)
    made: list[object] = []

    def ask(key: object) -> None:
        narrowing.remember(key, lambda: made.append(key))

    for n in range(100):
        ask("often")
        ask(n)
    assert made == ["often", *range(100)]
    ask(99)
    ask(0)
    assert made[101:] == [0], "the first ones make room"
    writer.execute("INSERT INTO state VALUES ('x', 1)")
    ask("often")
    assert made[102:] == ["often"], "the index is another one"
