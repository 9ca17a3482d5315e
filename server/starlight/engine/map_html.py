"""The map as a page: one file of HTML that needs nothing else and asks no other machine for anything.

Its policy lets its own script and its own style run, by their hashes, and nothing be loaded.  What notes are called is
data in it, and no markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import struct
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from starlight.engine.map import NoteMap

Opener = Literal["vscode", "file"]
"""What Enter opens a note with; the page has links for both."""

_MARK = '<meta name="generator" content="Starlight map">'
_HEAD = re.compile(rb"<!DOCTYPE html>\s+(?:<(?:html|head|meta)\b[^<>]*>\s+)*?" + re.escape(_MARK.encode()))

_SCRIPTS = ("data.js", "find.js", "theme.js", "view.js", "labels.js", "panel.js", "main.js")
_STEPS = 65_535
_NO_CLUSTER = 65_535
_SLOT = re.compile(r"\{(policy|title|style|data|script)\}")
_LONE = re.compile("[\ud800-\udfff]")


class Found(NamedTuple):
    """What a search found: the paths of notes, the best first."""

    query: str
    paths: tuple[str, ...]


def page(note_map: NoteMap, opener: Opener = "file", found: Found | None = None, made: datetime | None = None) -> str:
    """Return the page; with ``found`` it begins with these notes highlighted."""
    style, script = _part("map.css"), _script()
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    name = note_map.root.name or str(note_map.root)
    slots = {
        "policy": policy,
        "title": html.escape(_printable(f"Map of {name}")),
        "style": style,
        "data": _data(note_map, name, opener, found, made or datetime.now().astimezone()),
        "script": script,
    }
    return _SLOT.sub(lambda slot: slots[slot[1]], _part("page.html"))


def is_page(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is such a page, and not one that quotes its mark."""
    return _HEAD.match(head) is not None


def _data(note_map: NoteMap, name: str, opener: Opener, found: Found | None, made: datetime) -> str:
    notes = note_map.notes
    tags = sorted({tag for note in notes for tag in note.tags})
    number_of_tag = {tag: number for number, tag in enumerate(tags)}
    number_of_note = {note.path: number for number, note in enumerate(notes)}
    packed: dict[str, Any] = {
        "name": name,
        "root": note_map.root.as_uri(),
        "opener": opener,
        "made": f"Made on {made:%Y-%m-%d at %H:%M}",
        "titles": [note.title for note in notes],
        "paths": [note.path for note in notes],
        "words": [note.words for note in notes],
        "tags": tags,
        "noteTags": [[number_of_tag[tag] for tag in note.tags] for note in notes],
        "places": _numbers((round(each * _STEPS) for note in notes for each in (note.x, note.y)), "H"),
        "cluster": _numbers((note.cluster if 0 <= note.cluster < _NO_CLUSTER else _NO_CLUSTER for note in notes), "H"),
        "clusters": note_map.clusters[:_NO_CLUSTER],
        "links": _pairs(note_map.links),
        "near": _pairs(note_map.near),
        "found": found and {
            "query": found.query,
            "notes": [number_of_note[path] for path in found.paths if path in number_of_note],
        },
    }  # fmt: skip
    return _as_data(packed)


def _as_data(value: object) -> str:
    """Return JSON that ends no element it stands in, and that UTF-8 can hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _printable(text: str) -> str:
    return _LONE.sub("\ufffd", text)


def _pairs(pairs: Sequence[tuple[int, int]]) -> str:
    return _numbers((each for pair in pairs for each in pair), "I")


def _numbers(values: Iterable[int], kind: Literal["H", "I"]) -> str:
    """Return whole numbers of 2 or 4 bytes each, the lowest byte first, in base64."""
    found = list(values)
    return base64.b64encode(struct.pack(f"<{len(found)}{kind}", *found)).decode()


@cache
def _part(name: str) -> str:
    return (files("starlight.engine") / "map_page" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """Return the scripts as one, which leaves no name behind on the page."""
    return '(() => {\n"use strict";\n' + "\n".join(_part(name) for name in _SCRIPTS) + "\n})();\n"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
