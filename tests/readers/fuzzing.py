"""Damaged files by the hundred: bytes at random, and samples that were cut, changed and mixed with themselves.

Those of one format and seed are always the same, so what fails can be made again.
"""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Iterator

from tests.faults.scale import scaled

N_INPUTS = scaled(200, 10_000)
"""Of each format."""
_LONGEST = 2_000


def inputs(name: str, sample: bytes, count: int = N_INPUTS) -> Iterator[bytes]:
    """Yield ``count`` damaged files of the format called ``name``."""
    for number in range(count):
        yield _damaged(random.Random(f"{name} {number}"), sample)


def _damaged(chance: random.Random, sample: bytes) -> bytes:
    kind = chance.randrange(10)
    if kind == 0:
        return chance.randbytes(chance.randrange(_LONGEST))
    if kind == 1:
        return sample[: chance.randrange(len(sample) + 1)]
    if sample.startswith(b"PK") and kind < 8:
        return _with_damaged_part(chance, sample)
    return _changed(chance, sample)


def _changed(chance: random.Random, data: bytes) -> bytes:
    """Return ``data`` with some bytes changed, and pieces of it taken out, doubled or moved."""
    result = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(len(result) + 1)
        until = min(at + chance.choice((1, 2, 8, 64)), len(result))
        piece = bytes(result[at:until])
        match chance.randrange(5):
            case 0:
                result[at:until] = chance.randbytes(until - at)
            case 1:
                del result[at:until]
            case 2:
                result[at:at] = piece * chance.choice((1, 3, 50))
            case 3:
                to = chance.randrange(len(result) + 1)
                result[to:to] = piece
            case _:
                result[at:until] = bytes(byte ^ (1 << chance.randrange(8)) for byte in piece)
    return bytes(result)


def _with_damaged_part(chance: random.Random, data: bytes) -> bytes:
    """Return the archive with one part changed, so that what reads the part meets the damage, not what unpacks it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(whole, "w") as made:
        names = given.namelist()
        hit = chance.choice(names)
        for name in names:
            part = given.read(name)
            if name == hit:
                part = _changed(chance, part)
            made.writestr(name, part)
    return whole.getvalue()


def named(data: bytes) -> str:
    """Return a short name of an input, for the message of a failure."""
    return f"{len(data)} bytes, crc {zlib.crc32(data):08x}: {data[:60]!r}"
