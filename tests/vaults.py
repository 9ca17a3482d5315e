"""Folders of notes, each written as one string with file headers.

== tea.md ==
# Tea
Boil the water.
== daily/monday.md ==
Drank [[tea]].
"""

from __future__ import annotations

import re
from pathlib import Path

_HEADER = re.compile(r"^== (?P<path>.+?) ==\n", re.MULTILINE)


def split(text: str) -> dict[str, str]:
    """Return the files of ``text``, by path; what stands before the first header is only white space."""
    before, *rest = _HEADER.split(text)
    if before.strip():
        raise ValueError(f"text before the first file header: {before!r}")
    return dict(zip(rest[::2], rest[1::2], strict=True))


def write(root: Path, text: str) -> Path:
    """Write the files of ``text`` below ``root``, which is made if need be, and return it."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in split(text).items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode())
    return root
