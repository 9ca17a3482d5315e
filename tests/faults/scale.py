"""How much is done: samples in ``make test``, all of it in ``make soak``."""

from __future__ import annotations

import os
from typing import TypeVar

Value = TypeVar("Value")

SOAKING = os.environ.get("STARLIGHT_SOAK", "") == "1"


def scaled(sample: Value, soak: Value) -> Value:
    """Return ``sample`` in ``make test`` and ``soak`` in ``make soak``."""
    return soak if SOAKING else sample
