"""Processes of ours let NumPy have no threads of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import os
from starlight import blas
{first}
import numpy as np
np.ones((512, 512), np.float32) @ np.ones((512, 512), np.float32)
print(len(os.listdir("/proc/self/task")))
"""


def _threads(first: str, environment: dict[str, str]) -> int:
    program = _PROGRAM.format(first=first)
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted by Linux")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core has one thread anyway")
def test_numpy_has_one_thread():
    free = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if _threads("", free) == 1:
        pytest.skip("this NumPy has no threads")
    assert _threads("blas.keep_to_one_thread()", free) == 1
    assert _threads("blas.keep_to_one_thread()", {**free, "OPENBLAS_NUM_THREADS": "2"}) == 2  # the user's word counts
