"""A conversation as a Markdown note: questions as headings, answers, and links to what they rest on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import quote

from starlight.engine.answer import Source
from starlight.engine.places import wikilinked
from starlight.errors import InvalidRequest
from starlight.notes.text import one_line
from starlight.readers.document import Locator

KIND = "starlight-chat"
"""The ``type`` that the front matter of such a note states: what a model wrote is not evidence for its next answer."""
SUMMARY = "starlight-summary"
"""The same of a note with a summary."""
KINDS = (KIND, SUMMARY)
"""Notes that are no evidence."""
_TITLE, _NAME = 80, 60
_NOT_IN_A_NAME = re.compile(r"[^\w\- ]+")


@dataclass(frozen=True, slots=True)
class Cited:
    """A source of a saved answer: its number, and the lines of the note that it is."""

    number: int
    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Saved:
    """One question of a saved conversation, with its answer and sources."""

    question: str
    answer: str
    sources: tuple[Cited, ...] = ()


def note_of(turns: Sequence[Saved], folder: str, title: str, is_taken: Callable[[str], bool]) -> tuple[str, str]:
    """Return path and text of a new note with the conversation, in ``folder``; ``is_taken`` says which paths are.

    Raises:
        InvalidRequest: ``folder`` is none within the folder of notes.
    """
    title, day = title_of(turns, title), datetime.now().astimezone().date().isoformat()
    path = path_of(folder, title, day, is_taken)
    return path, markdown(turns, title, path, day)


def title_of(turns: Sequence[Saved], title: str = "") -> str:
    """Return the title of a conversation: the one given, else its first question."""
    return one_line(title, _TITLE) or one_line(turns[0].question, _TITLE)


def path_of(folder: str, title: str, day: str, is_taken: Callable[[str], bool], setting: str = "chat.folder") -> str:
    """Return the path of a new note below ``folder``, which ``setting`` names: the day, then the title.

    Raises:
        InvalidRequest: ``folder`` is none within the folder of notes.
    """
    place = PurePosixPath(folder.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or ":" in folder:
        raise InvalidRequest(f"{setting}: {folder} is no folder within the folder of your notes")
    words = "-".join(_NOT_IN_A_NAME.sub(" ", title.lower()).split())[:_NAME].strip("-")
    stem = f"{day}-{words}" if words else day
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 10_000))
    return next(path for name in numbered for path in [(place / f"{name}.md").as_posix()] if not is_taken(path))


def markdown(turns: Sequence[Saved], title: str, path: str, day: str) -> str:
    """Return the text of the note at ``path`` that holds the conversation."""
    folder = str(PurePosixPath(path).parent)
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    parts = [f'---\ntitle: "{quoted}"\ncreated: {day}\ntype: {KIND}\n---', f"# {title}"]
    for turn in turns:
        parts += _turn(turn, folder)
    return "\n\n".join(parts) + "\n"


def _turn(turn: Saved, folder: str) -> list[str]:
    heading = one_line(turn.question, _TITLE)
    parts = [f"## {heading}"]
    if heading != turn.question.strip():
        parts.append("\n".join(f"> {line}".rstrip() for line in turn.question.strip().split("\n")))
    parts.append(wikilinked(turn.answer.strip(), [source_of(cited) for cited in turn.sources]))
    if turn.sources:
        parts.append("\n".join(["Sources:", "", *(source_link(source, folder) for source in turn.sources)]))
    return parts


def source_of(cited: Cited, title: str = "", heading: str = "", page: int | None = None) -> Source:
    """Return what a mark of ``cited`` leads to."""
    locator = Locator("page", page) if page else None
    return Source(cited.number, cited.path, cited.start_line, cited.end_line, title, heading, "", 0, locator=locator)


def source_link(source: Cited | Source, folder: str) -> str:
    """Return the line of a list of sources, in a note that lies in ``folder``."""
    if not source.path:  # a question of a conversation that is no note
        heading = source.heading if isinstance(source, Source) else ""
        return f"- \\[{source.number}\\] {_escaped(heading) or 'a conversation'}"
    text = _escaped(source.path)
    target = quote(relpath(source.path, folder))
    return f"- \\[{source.number}\\] [{text}]({target}), lines {source.start_line} to {source.end_line}"


def _escaped(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", text)
