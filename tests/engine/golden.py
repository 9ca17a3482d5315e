"""Golden texts: what the code makes is compared with a file that a person has read.

``STARLIGHT_UPDATE_SNAPSHOTS=1`` writes the files anew; look at the difference before you keep it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from starlight.models.generator import Message

FOLDER = Path(__file__).parent / "snapshots"


def matches(name: str, messages: Sequence[Message]) -> None:
    """Compare a prompt with the snapshot ``name``."""
    made = "".join(f"=== {message.role}\n{message.content}\n" for message in messages)
    path = FOLDER / f"{name}.txt"
    if os.environ.get("STARLIGHT_UPDATE_SNAPSHOTS"):
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8"), f"{path.name} is another: STARLIGHT_UPDATE_SNAPSHOTS=1 keeps it"
