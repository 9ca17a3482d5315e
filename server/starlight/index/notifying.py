"""Being told of changes by the system, folder by folder where it works that way, or by looking again and again."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

POLL = 5.0
"""Seconds between two looks where there are no notifications."""
BY_FOLDER = sys.platform == "linux"
"""Whether the system watches single folders (inotify) and not a tree: what is left out then need not be watched."""

_QUEUE = 16_384
"""The length of the queue where the system does not say: that of Linux."""
_REMOTE = {
    "9p", "afs", "ceph", "cifs", "davfs", "drvfs", "fuse.rclone", "fuse.sshfs", "nfs", "nfs4", "prl_fs", "smb3",
    "smbfs", "vboxsf",
}  # fmt: skip
"""File systems that do not tell of what other machines change in them."""


def notifications(root: Path, folders: Iterable[str], *, polling: bool) -> RustNotify:
    """Begin to watch ``folders`` of ``root``, each without those below it.

    Raises:
        OSError: the system cannot; FileNotFoundError: one of them is gone.
        RuntimeError: the system cannot.
    """
    from watchfiles._rust_notify import RustNotify

    return RustNotify(
        [os.path.join(root, folder) for folder in folders] if BY_FOLDER else [str(root)],  # noqa: PTH118 -- of many
        debug=False,
        force_polling=polling,
        poll_delay_ms=int(POLL * 1000),
        recursive=not BY_FOLDER,
        # Another fault would be passed over with it, such as too many folders.
        ignore_permission_denied=not BY_FOLDER,
    )


def queue_length(limit: Path = Path("/proc/sys/fs/inotify/max_queued_events")) -> int:
    """Return how many events wait at most (inotify(7)); those that come then are lost, and nobody tells of it."""
    try:
        return int(limit.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _QUEUE


def can_be_named(folder: str) -> bool:
    """Whether watchfiles can be told of ``folder``: its name is text."""
    return folder.isascii() or folder.encode("utf-8", "replace").decode() == folder


def reason(error: Exception) -> str:
    """Return in words for people why watching failed."""
    text = str(error)
    if "watch limit" in text:
        return "the limit of the system (fs.inotify.max_user_watches) is reached"
    if "os error 24" in text:
        return "the limit of the system (fs.inotify.max_user_instances) is reached"
    return text.split(" (")[0]


def remote_file_system(root: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the file system that ``root`` lies on, where it is one of another machine; else nothing.

    Known on Linux only, from the list of mounts (proc(5)).
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    found = Path("/"), ""
    for line in lines:
        _, place, kind, *_ = line.split(" ")
        folder = Path(re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), place))
        if root.is_relative_to(folder) and folder.is_relative_to(found[0]):
            found = folder, kind
    return found[1] if found[1] in _REMOTE else ""
