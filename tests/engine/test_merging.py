"""The evidence of several folders as one."""

from __future__ import annotations

from starlight.engine.answer import Evidence, LeftOut, Source
from starlight.engine.merging import merge


def _source(path: str, score: float, tokens: int = 10) -> Source:
    return Source(1, path, 1, 2, "Title", "", "text", tokens, score)


def _evidence(*sources: Source, verdict: str = "found", complete: bool = True) -> Evidence:
    return Evidence("q", ("q",), sources, budget=100, verdict=verdict, complete=complete)


def test_best_come_first_and_each_folder_keeps_its_order():
    found = [
        ("/a", _evidence(_source("a1.md", 0.5), _source("a2.md", 0.9))),
        ("/b", _evidence(_source("b1.md", 0.7), verdict="weak", complete=False)),
    ]
    merged = merge("q", found, 100)
    assert [(each.number, each.root, each.path) for each in merged.sources] == [
        (1, "/b", "b1.md"), (2, "/a", "a1.md"), (3, "/a", "a2.md"),
    ]  # fmt: skip
    assert (merged.verdict, merged.complete, merged.queries) == ("found", False, ("q",))


def test_what_has_no_room_together_is_told():
    found = [("/a", _evidence(_source("a.md", 0.9, 60))), ("/b", _evidence(_source("b.md", 0.5, 60)))]
    merged = merge("q", found, 100)
    assert [each.path for each in merged.sources] == ["a.md"]
    assert merged.left_out == (LeftOut("b.md", 1, 2, "no room"),)


def test_no_folder_has_no_evidence():
    assert (merge("q", [], 100).sources, merge("q", [], 100).verdict) == ((), "nothing")
