"""The measures of the verdict, on questions that are made up."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.bench import plots, verdict
from tests.bench.measure import Figure


def test_area_is_the_share_of_pairs_in_order() -> None:
    assert verdict.area([0.9, 0.8], [0.1, 0.2]) == 1
    assert verdict.area([0.1], [0.9]) == 0
    assert verdict.area([0.5, 0.9], [0.5, 0.1]) == pytest.approx((0.5 + 1 + 1 + 1) / 4)


def test_found_out_where_some_are_wrongly_so() -> None:
    own = [number / 100 for number in range(100)]
    assert verdict.found_out(own, [0.0, 0.02, 0.04, 0.5], 0.03) == pytest.approx(0.5)
    assert verdict.found_out(own, [0.5], 0.6) == 1


def test_curve_is_drawn(tmp_path) -> None:
    figures = [Figure(verdict._at(share), 0.5 + share) for share in verdict.WRONG]
    plots.draw_all({"verdict": {"2026-01-01": figures}}, tmp_path / "plots")
    drawn = (tmp_path / "verdict.svg").read_text(encoding="utf-8")
    ElementTree.fromstring(drawn)
    assert drawn.count("<circle") == len(verdict.WRONG)
