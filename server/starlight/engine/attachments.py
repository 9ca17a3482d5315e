"""Files that notes cite and that are no notes: what they are, from their names and their first bytes."""

from __future__ import annotations

import struct
from pathlib import Path

_HEAD = 256 * 1024
_KINDS = {
    "pdf": "PDF document",
    "png": "PNG image",
    "jpg": "JPEG image",
    "jpeg": "JPEG image",
    "gif": "GIF image",
    "svg": "SVG image",
    "webp": "WebP image",
    "avif": "AVIF image",
    "mp3": "MP3 audio",
    "wav": "WAV audio",
    "ogg": "Ogg audio",
    "mp4": "MP4 video",
    "webm": "WebM video",
    "canvas": "canvas",
    "csv": "table of values",
    "zip": "ZIP archive",
}
IMAGES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "avif"})
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of a frame, which begin with its size (ITU T.81, table B.1)."""


def ending(path: str) -> str:
    """Return what follows the last dot of a file's name, in lower case."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def describe(root: Path, path: str) -> str:
    """Return what the file at ``path`` is, in words: its kind, the size of an image, the bytes."""
    kind = _KINDS.get(ending(path), f"{ending(path).upper()} file".strip() or "file")
    try:
        size = (root / path).stat().st_size
    except (OSError, ValueError):
        return kind
    facts = [kind, _pixels(root / path), _bytes(size)]
    return ", ".join(filter(None, facts))


def _bytes(size: int) -> str:
    for unit, bound in (("MB", 1e6), ("KB", 1e3)):
        if size >= bound:
            return f"{size / bound:.1f} {unit}"
    return f"{size} bytes"


def _pixels(path: Path) -> str:
    try:
        with path.open("rb") as file:
            width, height = _size(file.read(_HEAD))
    except (OSError, struct.error):
        return ""
    return f"{width} × {height}" if width and height else ""


def _size(data: bytes) -> tuple[int, int]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", data, 16)
        return int(width), int(height)
    if data[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack_from("<HH", data, 6)
        return int(width), int(height)
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else (0, 0)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = struct.unpack_from(">xBH", data, at)
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return int(width), int(height)
        at += 2 + length
    return 0, 0
