"""What this machine has for a model: free memory, and cores worth a thread.

A container's limits and the cores that this process may use count, where the system says them.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


def free_memory() -> int | None:
    """Return the bytes that a program may take without others being pushed out; None where nobody says."""
    if sys.platform == "win32":
        return _of_windows()
    if sys.platform == "darwin":
        # What is free is hard to tell there, as files fill it; a third is left to the system and the programs.
        total = _sysctl("hw.memsize")
        return total * 2 // 3 if total else None
    found = [bytes_ for bytes_ in (_of_linux(), _of_container()) if bytes_ is not None]
    return min(found, default=None)


def n_cores() -> int:
    """Return the number of physical cores that this process may use: a second thread on one gains nothing."""
    if sys.platform == "darwin":
        return _sysctl("hw.perflevel0.physicalcpu") or _sysctl("hw.physicalcpu") or os.cpu_count() or 1
    if sys.platform == "win32":
        return max(1, (os.cpu_count() or 2) // 2)  # nearly all have two threads a core
    allowed = os.sched_getaffinity(0)
    cores = {_read(Path(_SIBLINGS.format(number))) or str(number) for number in allowed}
    return max(1, min(len(cores), _quota() or len(cores)))


def _of_linux() -> int | None:
    for line in _read(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    with contextlib.suppress(ValueError, OSError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_container() -> int | None:
    """What is left of the limit of a control group (version 2); files that it has read can be dropped."""
    limit, used = _read(_CGROUP / "memory.max"), _read(_CGROUP / "memory.current")
    if not (limit.isdigit() and used.isdigit()):
        return None
    dropped = [line.split()[1] for line in _read(_CGROUP / "memory.stat").splitlines() if line.startswith("inactive_f")]
    return max(0, int(limit) - int(used) + sum(map(int, dropped)))


def _quota() -> int | None:
    """The cores that a control group may keep busy, rounded up."""
    words = _read(_CGROUP / "cpu.max").split()
    return -(-int(words[0]) // int(words[1])) if len(words) == 2 and words[0].isdigit() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _sysctl(name: str) -> int:
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        return int(subprocess.run(["/usr/sbin/sysctl", "-n", name], capture_output=True, check=True, timeout=5).stdout)
    return 0


def _of_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        """``MEMORYSTATUSEX``."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
        )

    status = Status()
    status.length = ctypes.sizeof(Status)
    call = getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx  # noqa: B009 -- known on Windows only
    return int(status.free) if call(ctypes.byref(status)) else None
