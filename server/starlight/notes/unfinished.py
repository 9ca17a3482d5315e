"""What is being written at a place in a note: a link, a tag, front matter.  Pure.

A link or a tag is all on the line of the place; what lies above is read for what it stands in: front matter, the
property that an item of a list belongs to, a fenced code block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["note", "path", "heading", "block", "text", "tag", "name", "value"]

_WIKI = re.compile(r"\[\[([^\[\]\n]*)$")
_MARKDOWN = re.compile(r"(!?)\[([^\[\]\n]*)\]\((<?)([^()<>\n]*)$")
_TAG = re.compile(r"(?<![^\s(,])#([\w/-]*)$")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# What is left of the link behind the cursor: the rest of its target, then what ends it.
_REST_OF_WIKI = re.compile(r"(?:[^\[\]|#^\n]*)(\]\]|(?=[|#^][^\[\]\n]*\]\]))|(\])(?!\()")
_REST_OF_MARKDOWN = re.compile(r"([^()<>\s]*)(>?\)|(?=#[^()\s]*\)))")
_FENCE = re.compile(r"^[ ]{0,3}(?:[-*+>][ ]+)*(`{3,}|~{3,})", re.MULTILINE)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n")
_END_OF_FRONT = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_MAX_FRONT = 100_000
_NAME = re.compile(r"\w[\w .-]*$|$")
_VALUE = re.compile(r"(?P<name>[\w][\w .-]*):[ \t]+\[?(?:[^,\[\]]*,[ \t]*)*(?P<typed>[^,\[\]]*)$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<typed>.*)$")
_LIST = re.compile(r"^(?P<name>\w[\w .-]*):[ \t]*\r?\n(?:[ \t]*-.*\n)*\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Something begun at a place.

    ``text[start:end]`` is what a completed item takes the place of, ``typed`` what of it stands before the cursor.
    """

    kind: Kind
    start: int
    end: int
    typed: str
    opening: int
    """Where the brackets begin; ``start`` where there are none."""
    closing: str = ""
    """What has to follow what is put in."""
    target: str = ""
    """Of a heading, a block or a text: the link's target before it; of a value: the name before it."""
    label: str = ""
    """The text of a Markdown link."""
    in_markdown: bool = False
    """Whether it stands in a Markdown link."""


def unfinished(text: str, offset: int) -> Unfinished | None:
    """Return what is being written at ``offset`` of ``text``; None where there is nothing to be completed."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    end = min((at for mark in "\r\n" if (at := text.find(mark, offset)) >= 0), default=len(text))
    before, after = text[start:offset], text[offset:end]
    if "[" not in before and "#" not in before and not text.startswith(("---", "\ufeff---")):
        return None
    front = _end_of_front(text)
    if front and offset <= front:
        return _wiki(before, after, offset) or _property(text[:start], before, offset)
    link = _wiki(before, after, offset) or _markdown(before, after, offset) or _tag(before, after, offset)
    if link is None or before.count("`") % 2 or _is_in_fence(text, start):
        return None
    return link


def _wiki(before: str, after: str, offset: int) -> Unfinished | None:
    begun = _WIKI.search(before)
    if not begun:
        return None
    opening = offset - len(before) + begun.start()
    rest = _REST_OF_WIKI.match(after)
    end = offset + (rest.end() if rest else 0)
    closing = "]]" if not rest or rest[1] or rest[2] else ""
    target, mark, typed = _parted(begun[1])
    kind: Kind = "note" if not mark else "heading" if mark == "#" else "block" if mark == "^" else "text"
    return Unfinished(kind, offset - len(typed), end, typed, opening, closing, target)


def _parted(inside: str) -> tuple[str, str, str]:
    """Return the target, the mark behind it, and what is typed behind that (or, without a mark, at all)."""
    if "|" in inside:
        target, _, typed = inside.rpartition("|")
        return target, "|", typed
    found = re.search(r"[#^]", inside)
    if not found:
        return "", "", inside
    target, typed = inside[: found.start()], inside[found.end() :]
    if found[0] == "#" and typed.startswith("^"):  # Obsidian writes [[note#^block]]
        return target, "^", typed[1:]
    return target, found[0], typed


def _markdown(before: str, after: str, offset: int) -> Unfinished | None:
    begun = _MARKDOWN.search(before)
    if not begun or begun[1] or _SCHEME.match(begun[4]) or (" " in begun[4] and not begun[3]):
        return None
    rest = _REST_OF_MARKDOWN.match(after)
    end = offset + (rest.end() if rest else 0)
    closing = ")" if not rest or rest[2] else ""
    target, mark, typed = begun[4].partition("#")
    opening = offset - len(before) + begun.start()
    if mark:
        return Unfinished(
            "heading", offset - len(typed), end, typed, opening, closing, target, begun[2], in_markdown=True
        )
    start = offset - len(begun[4]) - len(begun[3])
    return Unfinished("path", start, end, begun[4], opening, closing, "", begun[2], in_markdown=True)


def _tag(before: str, after: str, offset: int) -> Unfinished | None:
    begun = _TAG.search(before)
    if not begun or (not begun[1] and not before[:-1].strip()):  # the first character of a line begins a heading
        return None
    rest = re.match(r"[\w/-]*", after)
    start = offset - len(begun[1])
    return Unfinished("tag", start, offset + (rest.end() if rest else 0), begun[1], start)


def _property(above: str, before: str, offset: int) -> Unfinished | None:
    value = _VALUE.match(before)
    name = value["name"] if value else ""
    if not value and (value := _ITEM.match(before)):
        listed = _LIST.search(above)
        name = listed["name"] if listed else ""
    if value:
        typed = value["typed"].lstrip("\"'# ")
        return (
            Unfinished("value", offset - len(typed), offset, typed, offset - len(typed), target=name) if name else None
        )
    if _NAME.match(before):
        return Unfinished("name", offset - len(before), offset, before, offset - len(before))
    return None


def _end_of_front(text: str) -> int:
    """Return where the front matter ends: at the line that closes it; 0 for none, or one that is not closed yet."""
    begun = _FRONT.match(text)
    if not begun:
        return 0
    closed = _END_OF_FRONT.search(text, begun.end(), _MAX_FRONT)
    return closed.start() if closed else 0


def _is_in_fence(text: str, end: int) -> bool:
    """Whether the line at ``end`` stands in a fenced code block."""
    fence = ""
    for found in _FENCE.finditer(text, 0, end):
        mark = found[1]
        if not fence:
            fence = mark
        elif mark[0] == fence[0] and len(mark) >= len(fence):
            fence = ""
    return bool(fence)
