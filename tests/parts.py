"""Parts that a test may need and a machine may lack: editors, evaluation data, the network namespace tools.

Elsewhere than in CI a missing part skips the test and says how to get it.
CI names the parts that it installs in ``STARLIGHT_REQUIRE``, and there a missing one is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

EDITORS = Path(os.environ.get("STARLIGHT_EDITORS") or Path.home() / ".cache" / "starlight-editors")


def need(part: str, present: bool, how: str) -> None:
    """Go on if ``present``; otherwise skip the test, or fail it where ``part`` is required."""
    if present:
        return
    message = f"{part}: not here ({how})"
    if part in os.environ.get("STARLIGHT_REQUIRE", "").split(","):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
