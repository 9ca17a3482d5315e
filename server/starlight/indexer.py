"""Composition root of the indexer process: ``python -m starlight.indexer ROOT --settings JSON``.

Started by the first reader of a root; ends by itself when no reader is left.  Its standard error is its log.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
from typing import Any

from starlight import blas
from starlight.config import Settings
from starlight.engine.following import LOCK_TAKEN, REFUSED
from starlight.engine.indexed_folder import IndexedFolder
from starlight.errors import IndexBusy, StarlightError


def main(arguments: list[str] | None = None) -> int:
    """Run the indexer; returns its exit code."""
    parser = argparse.ArgumentParser(prog="starlight.indexer", description=__doc__)
    parser.add_argument("root")
    parser.add_argument("--settings", default="{}", help="the fields of Settings, as JSON")
    parser.add_argument("--force", action="store_true", help="index a root that is refused otherwise")
    options = parser.parse_args(arguments)
    blas.keep_to_one_thread()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    with contextlib.suppress(OSError, AttributeError):  # no such call on Windows, where the starter sets it
        os.nice(10)
    fields: dict[str, Any] = json.loads(options.settings)
    fields |= {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    try:
        IndexedFolder.at(options.root, Settings(**fields), force=options.force).indexer().serve()
    except IndexBusy:
        return LOCK_TAKEN
    except StarlightError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
