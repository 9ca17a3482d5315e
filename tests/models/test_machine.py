"""What this machine has for a model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from starlight.models import machine

LINUX = pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="control groups and /proc are Linux's")


def test_cores_are_some_of_those_that_there_are():
    assert 1 <= machine.n_cores() <= (os.cpu_count() or 1)


@LINUX
def test_cores_that_this_process_may_not_use_do_not_count():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert machine.n_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


@LINUX
def test_free_memory_is_a_part_of_all():
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < (machine.free_memory() or 0) <= total


@LINUX
def test_the_limits_of_a_container_count(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    without = machine.free_memory()
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("700000\n")
    (tmp_path / "memory.stat").write_text("anon 500000\ninactive_file 100000\n")
    assert machine.free_memory() == 400_000
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert machine.n_cores() == 1
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert (machine.free_memory() or 0) > 400_000
    assert without
