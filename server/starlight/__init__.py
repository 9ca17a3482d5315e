"""Starlight: search your notes by meaning, on your own machine.

import starlight
notes = starlight.open("~/notes")
for hit in notes.search("how do I keep a starter alive").hits:
    print(hit.path, hit.line, hit.snippet)
for token in notes.ask("how do I keep a starter alive"):
    print(token, end="")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from starlight.engine.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(root: str | Path, *, force: bool = False) -> Workspace:  # noqa: A001 -- starlight.open reads as intended
    """Return the notes below ``root``, indexed and up to date, ready to be searched.

    ``force`` allows a root that is refused at first, such as a home directory.

    Raises:
        RootError: ``root`` is missing, not a folder, unreadable, or refused.
        IndexUnavailable: the index cannot be written or read.
    """
    from starlight.engine.workspace import Workspace

    workspace = Workspace.at(root, force=force)
    workspace.bring_up_to_date()
    return workspace
