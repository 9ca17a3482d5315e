"""Subtitles, WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip: what is said, each line on its own."""

from __future__ import annotations

import html
import re

from starlight.readers import decoding
from starlight.readers.document import Document
from starlight.readers.escaping import literal_line

_TIMES = re.compile(r"(?:\d+:)?\d\d?:\d\d[.,]\d{1,3}[ \t]+-->")
_SPEAKER = re.compile(r"<v(?:\.[^ >]*)?[ \t]+([^<>]*)>")
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return what is said; times, numbers of cues and blank lines between them are empty lines."""
    lines = decoding.lines(data)
    written = [""] * len(lines)
    is_said = False
    last = ""
    for at, line in enumerate(lines):
        if _TIMES.match(line.lstrip()):
            is_said = True
        elif not line.strip():
            is_said = False
        elif is_said:
            text = _text(line)
            if text != last:  # captions that roll say each line twice
                written[at] = literal_line(text)
            last = text or last
        elif not at and line.startswith("WEBVTT"):
            written[at] = literal_line(line[6:].strip(" \t-"))
    return Document("\n".join(written))


def _text(line: str) -> str:
    if "<v" in line:
        line = _SPEAKER.sub(r"\1: ", line)
    if "<" in line or "{" in line:
        line = _MARKUP.sub("", line)
    return html.unescape(line).replace("\r", " ").replace("\n", " ").strip() if "&" in line else line.strip()
