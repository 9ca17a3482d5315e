"""Why a file is, or is not, in the index: one sentence for a person, one word for a program."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from typing import Literal

from starlight.engine.contents import Limit
from starlight.index.disk import Selection
from starlight.index.reader import Reader
from starlight.index.selecting import LeftOut
from starlight.readers.formats import format_of

Reason = Literal[
    "indexed", "changed", "waiting", "failed", "missing", "folder", "not a note", "too large",
    "hidden", "link", "excluded", "ignored", "not included", "outside",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of a path; ``message`` is a sentence that begins with it."""

    path: str
    reason: Reason
    message: str
    passages: int = 0
    """How many of the file are in the index; they may be of an earlier state of it."""


def outside(path: str) -> Why:
    """Return the answer for a path that lies in no folder that is indexed."""
    return Why(path, "outside", f"{path} lies outside of every folder that is indexed.")


def why(path: str, selection: Selection, reader: Reader | None, limit: Limit) -> Why:
    """Return why ``path``, which is relative to the root, is or is not in the index that ``reader`` reads."""
    try:
        found = os.lstat(selection.root / path)
    except (OSError, ValueError):
        return Why(path, "missing", f"{path} is not there; check the spelling.")
    is_folder = stat.S_ISDIR(found.st_mode)
    not_a_note = Why(path, "not a note", _not_a_note(path))
    if not is_folder and not selection.takes(path):
        return not_a_note
    left_out = selection.left_out(path, is_folder=is_folder)
    if left_out:
        return Why(path, left_out.kind, _left_out(path, left_out))
    if is_folder:
        return Why(path, "folder", f"{path or '.'} is a folder whose notes are indexed.")
    if not stat.S_ISREG(found.st_mode):
        return not_a_note
    return _of_note(path, found, reader, *limit(path))


def _of_note(path: str, found: os.stat_result, reader: Reader | None, max_bytes: int, setting: str) -> Why:
    stored = reader.stored(path) if reader else None
    failure = reader.failures().get(path, "") if reader else ""
    if found.st_size > max_bytes:
        limit = f"`{setting}` ({max_bytes / 1e6:g} MB)"
        return Why(path, "too large", f"{path} is larger than {limit} allows: {found.st_size / 1e6:.1f} MB.")
    if failure:
        return Why(path, "failed", f"{path} could not be indexed: it {failure}.")
    if stored is None:
        return Why(path, "waiting", f"{path} waits to be indexed.")
    count = f"{stored.passages:,} passage{'' if stored.passages == 1 else 's'}"
    saved = time.strftime("%Y-%m-%d %H:%M", time.localtime(stored.mtime_ns / 1e9))
    if (stored.size, stored.mtime_ns) != (found.st_size, found.st_mtime_ns):
        message = f"{path} is indexed as it was saved on {saved} ({count}), and waits to be indexed anew."
        return Why(path, "changed", message, stored.passages)
    return Why(path, "indexed", f"{path} is indexed, as it was saved on {saved}: {count}.", stored.passages)


def _not_a_note(path: str) -> str:
    known = format_of(path)
    if known:
        return f"{path} is not indexed: the setting `index.formats` does not name {known.title} (`{known.name}`)."
    return f"{path} is not a note: files ending in .md or .markdown are indexed, and those that docs/formats.md lists."


def _left_out(path: str, reason: LeftOut) -> str:
    at = reason.path.removesuffix("/")
    begin = f"{path} is not indexed: "
    what = "it" if at == path else f"the folder {at}"
    rule = reason.rule
    if reason.kind == "hidden":
        return f"{begin}{what} is hidden (its name begins with a dot)."
    if reason.kind == "link":
        return f"{begin}{'it' if at == path else at} is a symbolic link, and links are not followed."
    if reason.kind == "excluded" and rule:
        return f"{begin}{what} is excluded by the setting `index.exclude`, pattern `{rule.pattern}`."
    if reason.kind == "ignored" and rule:
        return f"{begin}{what} is ignored by {rule.source}, line {rule.line}, pattern `{rule.pattern}`."
    return f"{begin}{what} is not among what the setting `index.include` names."
