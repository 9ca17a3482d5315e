"""Whether the machine runs on battery, as Linux tells."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from starlight.models.power import on_battery

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems tell it otherwise")


def _supply(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, content in files.items():
        (folder / name / file).write_text(f"{content}\n")


def test_a_battery_that_discharges_alone(tmp_path):
    _supply(tmp_path, "BAT0", type="Battery", status="Discharging")
    _supply(tmp_path, "AC", type="Mains", online="0")
    assert on_battery(tmp_path)


def test_mains_are_none_whatever_the_battery_says(tmp_path):
    _supply(tmp_path, "BAT0", type="Battery", status="Discharging")
    _supply(tmp_path, "AC", type="Mains", online="1")
    assert not on_battery(tmp_path)


def test_a_battery_that_is_charged_or_of_a_mouse_is_none(tmp_path):
    _supply(tmp_path, "BAT0", type="Battery", status="Charging")
    _supply(tmp_path, "mouse", type="Battery", scope="Device", status="Discharging")
    assert not on_battery(tmp_path)


def test_a_machine_that_says_nothing_has_mains(tmp_path):
    assert not on_battery(tmp_path)
    assert not on_battery(tmp_path / "missing")
