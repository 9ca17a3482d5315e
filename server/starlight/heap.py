"""Memory of this process that is free again, and what the C library does with it."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Give what is free to the system, where the C library keeps it until it is told so: glibc, else nothing is done.

    After work that took much memory in small pieces for a while; takes some milliseconds for each 100 MB.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
