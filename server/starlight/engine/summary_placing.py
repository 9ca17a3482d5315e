"""Where a summary goes: into its note as a callout or in the front matter, or into a note of its own.

Nothing is written here: an ``Edit`` says what would stand where.  A summary of ours that is there already is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from starlight.engine import conversations
from starlight.engine.answer import Source
from starlight.engine.places import wikilinked
from starlight.engine.relinking import Edit
from starlight.errors import InvalidRequest
from starlight.notes import callouts, frontmatter, markdown, marks
from starlight.notes.links import stem_of
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.notes.text import one_line, plain

_LONGEST = 1_000
"""Characters of a summary in front matter, which is one line."""
_TITLE = 80
_KNOWN_BY = 200
"""Characters of a line by which it is found again."""


def as_callout(path: str, text: str, summary: str, sources: Sequence[Source], line: int | None = None) -> Edit:
    """Return the edit that puts ``summary`` into the note at ``path`` as a callout.

    It goes below the heading on ``line``, or before the block that stands there; without one, below the title.
    It never goes into a block, or into the head of the note.
    """
    lines = Lines(text)
    first = _place(markdown.parse(text, stem_of(path)), lines, _body_line(text, lines), line or 1)
    start = lines.start(first)
    if (end := callouts.ends(text, start)) > start:
        end = lines.start(lines.at(end) + 1)
    linked = wikilinked(summary.strip(), sources, within=path)
    quoted = "\n".join(f"> {each}".rstrip() for each in linked.split("\n"))
    callout = f"{callouts.HEAD}\n{quoted}\n"
    if start == end:
        is_apart = not text[:start].strip() or text[:start].replace("\r\n", "\n").endswith("\n\n")
        before = "" if is_apart else "\n"
        callout = f"{before}{callout}\n" if text[:start].endswith(("\n", "\r")) or not start else f"\n\n{callout}"
    return Edit(path, start, end, _with_ends(callout, text))


def first_text(text: str, line: int) -> str:
    """Return what ``line`` says, as far as it is known by that."""
    return Lines(text).text(line)[:_KNOWN_BY].strip()


def found_again(path: str, text: str, line: int, said: str) -> int:
    """Return the line that says ``said`` (``first_text``), the nearest to where it was, ``line``.

    Raises:
        InvalidRequest: there is none any more.
    """
    lines = Lines(text)
    there = (each for each in range(1, len(lines) + 1) if lines.text(each)[:_KNOWN_BY].strip() == said)
    nearest = min(there, key=lambda each: abs(each - line), default=None)
    if nearest is None:
        raise InvalidRequest(
            f"{path}: “{one_line(said, _TITLE)}”, which the summary begins with, is there no more; "
            "summarize it again, or make the summary a note"
        )
    return nearest


def _body_line(text: str, lines: Lines) -> int:
    """Return the first line below the head of a note."""
    end = frontmatter.end(text)
    line = lines.at(end)
    return line if end == lines.start(line) else line + 1


def _place(note: Note, lines: Lines, body: int, line: int) -> int:
    """Return the line below the heading on ``line``, else that at which the block begins that it is in.

    That is not before ``body``, the first line below the head.
    """
    line = _text_from(lines, max(line, body))
    block = next((each for each in note.blocks if each.first <= line <= each.last), None)
    if block is None:
        return line
    return _text_from(lines, block.last + 1) if block.kind == "heading" else max(block.first, body)


def _text_from(lines: Lines, line: int) -> int:
    """Return the first line from ``line`` on that is not blank."""
    while line <= len(lines) and not lines.text(line).strip():
        line += 1
    return line


def as_field(path: str, text: str, summary: str) -> Edit:
    """Return the edit that puts ``summary`` into the front matter of a note, as one line without marks.

    Raises:
        InvalidRequest: the front matter is none that a field can be put into.
    """
    words = one_line(plain(marks.without(summary).replace("\n- ", " ")), _LONGEST).removeprefix("- ")
    made = None if frontmatter.is_toml(text) else frontmatter.with_field(text, "summary", words)
    if made is None:
        raise InvalidRequest(
            f"{path}: its front matter is not YAML of one field a line, so nothing was put into it; "
            "insert the summary as a callout or as a note"
        )
    start, end, said = made
    return Edit(path, start, end, _with_ends(said, text))


def as_note(
    title: str, summary: str, sources: Sequence[Source], said: str, folder: str, is_taken: Callable[[str], bool]
) -> tuple[str, str]:
    """Return path and text of a new note with ``summary``, in ``folder``; ``said`` is how much was read.

    Raises:
        InvalidRequest: ``folder`` is none within the folder of notes.
    """
    title, day = one_line(title, _TITLE) or "Summary", datetime.now().astimezone().date().isoformat()
    path = conversations.path_of(folder, title, day, is_taken, setting="summary.folder")
    below = str(PurePosixPath(path).parent)
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    parts = [
        f'---\ntitle: "{quoted}"\ncreated: {day}\ntype: {conversations.SUMMARY}\n---',
        f"# {title}",
        wikilinked(summary.strip(), sources),
    ]
    if sources:
        parts.append("\n".join(["Sources:", "", *(conversations.source_link(source, below) for source in sources)]))
    if said:
        parts.append(f"_{one_line(said, 200)}_")
    return path, "\n\n".join(parts) + "\n"


def checked(how: str) -> str:
    """Return ``how`` a summary is put somewhere.

    Raises:
        InvalidRequest: there is no such way.
    """
    if how not in WAYS:
        raise InvalidRequest(f"`as` must be one of {', '.join(WAYS)}, not {how!r}")
    return how


WAYS = ("callout", "frontMatter", "note")


def _with_ends(new: str, text: str) -> str:
    return new.replace("\n", "\r\n") if "\r\n" in text else new
