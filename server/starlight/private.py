"""Files for the user alone: folders of mode 0700, files of mode 0600, each written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make ``folder``, for the user alone, with the folders above it that are missing."""
    missing = [folder, *folder.parents]
    for place in reversed(missing[: next(i for i, place in enumerate(missing) if place.exists())]):
        place.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that only the user can read, whole or not at all."""
    data = content if isinstance(content, bytes) else content.encode(errors="replace")
    make_private(path.parent)
    # A name of its own: others may write the same file at once, also on other threads of this process.
    temporary = path.with_name(f"{path.name}.{os.urandom(6).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
