"""Archives of arrays, damaged where no checksum looks, or before the checksums were taken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator


def damaged(data: bytes) -> Iterator[bytes]:
    """Yield what may have become of the archive ``data``, each of which its readers stumble over in another way."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        directory, names = archive.start_dir, archive.namelist()
    yield b""
    yield data[: len(data) // 2]
    yield b"x" * 500
    for place, value in ((6, 200), (8, 1), (8, 1 << 6), (10, 99)):  # its version, two flags, how it is compressed
        yield data[: directory + place] + bytes([value]) + data[directory + place + 1 :]
    for name in names:
        yield _with(data, name, lambda array: b"")
        yield _with(data, name, lambda array: b"no array" + array)
        yield _with(data, name, lambda array: array.replace(b"}", b" ", 1))
        yield _with(data, name, lambda array: array[:-1])


def _with(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
    return file.getvalue()
