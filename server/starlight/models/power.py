"""Whether the machine runs on battery: then what can wait does."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")


def on_battery(supplies: Path = SUPPLIES) -> bool:
    """Return whether a battery alone feeds the machine; false where nobody says."""
    if sys.platform == "win32":
        return _of_windows()
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            told = subprocess.run(["/usr/bin/pmset", "-g", "batt"], capture_output=True, check=True, timeout=5).stdout
            return b"'Battery Power'" in told
        return False
    return _of_linux(supplies)


def _of_linux(supplies: Path) -> bool:
    """A battery of the machine (not of a mouse) that gives power, and no mains that do."""
    discharging = False
    with contextlib.suppress(OSError):
        for supply in supplies.iterdir():
            kind, scope = _read(supply / "type"), _read(supply / "scope")
            if kind in ("Mains", "USB") and _read(supply / "online") == "1":
                return False
            discharging |= kind == "Battery" and scope != "Device" and _read(supply / "status") == "Discharging"
    return discharging


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _of_windows() -> bool:
    import ctypes

    class Status(ctypes.Structure):
        """``SYSTEM_POWER_STATUS``."""

        _fields_ = (
            *((name, ctypes.c_ubyte) for name in ("mains", "charge", "percent", "saving")),
            ("seconds", ctypes.c_ulong),
            ("seconds_full", ctypes.c_ulong),
        )

    status = Status()
    call = getattr(ctypes, "windll").kernel32.GetSystemPowerStatus  # noqa: B009 -- known on Windows only
    return bool(call(ctypes.byref(status))) and status.mains == 0
