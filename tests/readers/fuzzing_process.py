"""Damaged files for readers, in a process that may die of them."""

from __future__ import annotations

import faulthandler
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from starlight.errors import NoteError
from starlight.readers.formats import FORMATS, Format, read

LONGEST_SECONDS = 60
"""After so many a reader is taken to hang."""


def check(known: Format, samples: Sequence[bytes], number: int, folder: Path) -> None:
    """Let the reader of a format read random bytes, and ``samples`` with bytes changed, lost and doubled.

    Raises:
        AssertionError: something else than a document or a reason came out, or the process died or hung; the seed of
            the input is in the message.
    """
    for at, sample in enumerate(samples):
        (folder / f"sample{at}").write_bytes(sample)
    command = [sys.executable, "-m", "tests.readers.fuzzing_process", known.name, str(number), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"after {done.stdout.split()[-1:]}: {done.stderr[-2_000:]}"
    assert done.stdout.split()[-1] == f"{number}"


def damaged(samples: Sequence[bytes], seed: int) -> bytes:
    """Return the input of that seed."""
    chance = random.Random(seed)
    kind = chance.randrange(5)
    data = bytearray(chance.choice(samples))
    if kind == 0:
        return bytes(data[:8]) * chance.randrange(2) + chance.randbytes(chance.randrange(4_096))
    if kind == 1:
        return bytes(data[: chance.randrange(len(data))])
    for _ in range(chance.choice((1, 10, 100))):
        at = chance.randrange(len(data))
        if kind == 2:
            data[at] = chance.randrange(256)
        elif kind == 3:
            data[at : at + chance.randrange(1, 64)] = b""
        else:
            data[at:at] = data[at : at + chance.randrange(1, 64)] * chance.choice((1, 2, 20))
        if not data:
            break
    return bytes(data)


def main(name: str, number: str, folder: str) -> None:
    """Read the inputs of the seeds 0 to ``number`` - 1; print how many were read after each."""
    known = next(known for known in FORMATS if known.name == name)
    samples = [path.read_bytes() for path in sorted(Path(folder).glob("sample*"))]
    for seed in range(int(number)):
        faulthandler.dump_traceback_later(LONGEST_SECONDS, exit=True)
        try:
            text = read(known, damaged(samples, seed), f"damaged{known.endings[0]}").text
            text.encode("utf-8")
        except NoteError:
            pass
        faulthandler.cancel_dump_traceback_later()
        print(seed + 1, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
