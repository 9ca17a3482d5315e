"""The linear algebra library (BLAS) that NumPy brings along, in processes of ours."""

from __future__ import annotations

import os


def keep_to_one_thread() -> None:
    """Let BLAS have no threads of its own, unless the user has said how many; to be called before NumPy is loaded.

    Those of OpenBLAS wait for more work by spinning, for some 30 ms each time.  Our products are so small that they
    gain nothing by them, and processes that read beside each other lose a third of two cores; where another program has
    one of the cores, a product of 80 vectors waits 30 ms for it instead of 0.03.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
