"""What the build scripts have in common: the folder of a model that ships, written or compared with a fresh build."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "server" / "starlight" / "data"


def options(doc: str | None, folder: Path) -> argparse.ArgumentParser:
    """Return a parser of the command line of the script with that docstring, which builds ``folder``."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=folder, help="folder of the model (%(default)s)")
    parser.add_argument("--check", action="store_true", help="compare the folder with a fresh build instead")
    return parser


def keep(files: dict[str, bytes], folder: Path) -> None:
    """Write the model into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")


def report(found: list[str], folder: Path) -> int:
    """Tell how the comparison came out and give the exit status for it."""
    for line in found:
        print(f"{folder}: {line}", file=sys.stderr)
    if found:
        print("Build the model again with this script, without --check.", file=sys.stderr)
        return 1
    print(f"{folder} is what this script builds.")
    return 0
