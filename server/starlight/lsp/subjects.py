"""What a client wants summarized: a request into a subject, as the notes are in the editor now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from starlight.engine.answer import Turn
from starlight.engine.summary import MOST_SENTENCES, Length, Subject
from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.protocol import SUMMARIZE
from starlight.lsp.root import Root
from starlight.notes import markdown
from starlight.notes.links import heading_at, stem_of
from starlight.notes.outline import section_at
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.engine.subjects import Target
    from starlight.engine.summary import Summary
    from starlight.engine.summary_tree import Kept
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer


@dataclass(frozen=True, slots=True)
class Asked:
    """What of which folder is asked for; ``line``, from 1, is one of the section that is meant."""

    root: Root
    target: Target
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The subject, and what its folder has for a summary of it.

    ``first`` is the line of the note that it begins on, where it is a part of one, and ``first_text`` what that says.
    """

    subject: Subject
    kept: Kept
    extract: Callable[[Subject, Length], Summary]
    first: int | None = None
    first_text: str = ""


def asked_of(server: StarlightServer, asked: Mapping[str, Any]) -> Asked:
    """Return what a request is about.

    Raises:
        InvalidRequest: it names nothing, or a place in no folder that is open.
    """
    from starlight.engine.subjects import Target

    uri = convert.text(asked, "uri")
    tag, since, query = (convert.text(asked, name) for name in ("tag", "since", "query"))
    if turns := _turns(asked.get("turns")):
        return Asked(folder(server, asked), Target(turns=turns))
    if not uri:
        if not (tag or since or query or asked.get("root")):
            raise InvalidRequest("say what to summarize: `uri`, `tag`, `since`, `query`, `turns` or `root`")
        root = folder(server, asked)
        return Asked(root.outer or root, Target(root.below, tag=tag, since=since, query=query))
    root, within = place(server, uri)
    target = Target(within, convert.text(asked, "section"), tag=tag, since=since, query=query)
    if asked.get("range") is not None:
        return Asked(root, replace(target, lines=convert.lines_of(asked["range"])))
    position = asked.get("position")
    if position is None:
        return Asked(root, target)
    return Asked(root, target, convert.lines_of({"start": position, "end": position})[0])


def place(server: StarlightServer, uri: str) -> tuple[Root, str]:
    """Return the folder that has the file or folder at ``uri``, and its path there.

    Raises:
        InvalidRequest: none does.
    """
    path = convert.path_of(uri)
    found = server.session.root_of(path) if path else None
    if found is None:
        raise InvalidRequest(f"{path or uri}: is in no folder that is open in this editor")
    root, within = found
    return root, "" if within == "." else within


def folder(server: StarlightServer, asked: Mapping[str, Any]) -> Root:
    """Return the folder that a request names by ``root``, else the first that is open.

    Raises:
        InvalidRequest: there is none.
    """
    roots = server.session.chosen(asked.get("root"))
    if not roots:
        raise InvalidRequest("no folder is open that could be summarized")
    return roots[0]


async def found(server: StarlightServer, asked: Asked) -> Found:
    """Return the subject.

    Raises:
        StarlightError: there is none, or its folder cannot be read.
    """
    from starlight.engine.summary_placing import first_text

    opened = server.session.open_texts(asked.root)

    def find(workspace: Workspace) -> Found:
        target, first, name, said = asked.target, None, "", ""
        if asked.line is not None or target.lines or target.section.strip():
            text = opened.get(target.path) or workspace.text(target.path) or ""
            if asked.line is not None:
                target, first, name = _section(target, text, asked.line)
            else:
                first = _first(target, text)
            said = first_text(text, first) if first else ""
        subject = workspace.subject(target)
        if name:
            subject = replace(subject, kind="section", name=name)
        return Found(subject, workspace.kept, workspace.summarize, first, said)

    return await asked.root.query(find, beside=True)


def _first(target: Target, text: str) -> int | None:
    """Return the line of the heading that is named, else the first of the lines that says something."""
    if target.lines:
        lines, (first, last) = Lines(text), sorted(target.lines)
        return next((line for line in range(first, min(last, len(lines)) + 1) if lines.text(line).strip()), first)
    heading = heading_at(markdown.parse(text, stem_of(target.path)), target.section)
    return heading.line if heading else None


def _section(target: Target, text: str, line: int) -> tuple[Target, int | None, str]:
    """Return the section around ``line``, the line of its heading, and what it is called; all where there is none."""
    note, lines = markdown.parse(text, stem_of(target.path)), Lines(text)
    section = section_at(note, line, len(lines))
    if section is None:
        return target, None, ""
    first = section.heading.line
    return replace(target, lines=(first, section.last)), first, f"{note.title} › {section.heading.text}"


def actions(params: lsp.CodeActionParams, *, has_section: bool) -> list[lsp.CodeAction]:
    """Return the code actions that summarize what stands at a place of a note."""
    uri, span = params.text_document.uri, params.range
    asked: list[tuple[str, dict[str, Any]]] = [("Summarize this note", {})]
    if has_section:
        asked.insert(0, ("Summarize this section", {"position": span.start}))
    if span.start != span.end:
        asked.insert(0, ("Summarize this selection", {"range": span}))
    return [
        lsp.CodeAction(
            title=title,
            kind=lsp.CodeActionKind.RefactorRewrite,
            command=lsp.Command(title, SUMMARIZE, arguments=[{"uri": uri, **what, "offer": True}]),
        )
        for title, what in asked
    ]


def length_of(asked: Mapping[str, Any]) -> Length:
    """Return how long the summary shall be: ``sentences``, or a ``share`` of those that there are.

    Raises:
        InvalidRequest: it makes no sense.
    """
    sentences, share = asked.get("sentences"), asked.get("share")
    if share is not None:
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
            raise InvalidRequest("`share` must be a number above 0, and 1 at most")
        return Length(share=float(share))
    if sentences is None:
        return Length()
    if isinstance(sentences, bool) or not isinstance(sentences, int) or not 1 <= sentences <= MOST_SENTENCES:
        raise InvalidRequest(f"`sentences` must be a whole number from 1 to {MOST_SENTENCES}")
    return Length(sentences)


def _turns(turns: object) -> tuple[Turn, ...]:
    if turns is None:
        return ()
    if not isinstance(turns, list) or not turns or not all(map(_is_turn, turns)):
        raise InvalidRequest("`turns` must be a list of objects, each with `question` and `answer`")
    return tuple(Turn(turn["question"], turn["answer"]) for turn in turns)


def _is_turn(turn: object) -> bool:
    return isinstance(turn, Mapping) and all(isinstance(turn.get(name), str) for name in ("question", "answer"))
