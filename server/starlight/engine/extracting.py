"""A section becomes a note of its own, and a note that only a link knows comes to be."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from starlight.engine.catalogue import Catalogue, names_of
from starlight.engine.navigation import to_heading
from starlight.engine.relinking import After, Edit, Refactoring, for_form
from starlight.errors import InvalidRequest
from starlight.notes import markdown
from starlight.notes.link_text import NOT_IN_NAMES, anchor_for, fits_wiki, relative_targets, spelling, wiki_targets
from starlight.notes.links import ENDINGS, has_other_ending, heading_at, stem_of, target_of
from starlight.notes.model import Heading, Link
from starlight.notes.outline import Section, section_at

_MAX_NAME = 100
_HASHES = re.compile(r"^( {0,3})(#{1,6})(?=[ \t]|\r?$)", re.MULTILINE)


def create(catalogue: Catalogue, source: str, link: Link) -> Refactoring | None:
    """Return what creates the note that ``link`` asks for; None where there is one, or it cannot be called so."""
    target = target_of(link).strip()
    if not target or catalogue.resolve(link, source) is not None or target.endswith("/") or has_other_ending(target):
        return None
    folder = posixpath.dirname(source)
    if link.kind == "markdown" or target.startswith(("./", "../")) or "/" not in target:
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    else:
        path = target.strip("/")
    path = posixpath.normpath(path)
    if not path.lower().endswith(ENDINGS):
        path += ".md"
    if path.startswith("..") or catalogue.exists(path) or NOT_IN_NAMES.search(stem_of(path)):
        return None
    text = f"# {stem_of(path)}\n"
    anchor = link.anchor.split("#")[-1].strip()
    if anchor and not anchor.startswith("^"):
        text += f"\n## {anchor}\n"
    return Refactoring(created=((path, text),))


def section_of(catalogue: Catalogue, source: str, offset: int) -> Section | None:
    """Return the section at ``offset``, which can be a note of its own; None where it is all of the note."""
    note = catalogue.note(source)
    if note is None:
        return None
    lines = catalogue.lines(source)
    found = section_at(note, lines.at(offset), len(lines))
    is_all = found is not None and found.heading.start <= lines.start(note.body_line) and found.last == len(lines)
    return None if found is None or is_all or not found.heading.text else found


def extract(catalogue: Catalogue, source: str, offset: int) -> Refactoring:
    """Return what makes a note of the section at ``offset``, with a link to it in its place; all links follow.

    Raises:
        InvalidRequest: there is no section that could be a note of its own.
    """
    section, note, text = section_of(catalogue, source, offset), catalogue.note(source), catalogue.text(source)
    if section is None or note is None or text is None:
        raise InvalidRequest("put the cursor into a section below a heading to make a note of it")
    lines = catalogue.lines(source)
    start, end = section.heading.start, lines.start(section.last + 1)
    path = _free(catalogue, source, section.heading.text)
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    moved = [heading for heading in note.headings if start <= heading.start < end]
    inner = _inner(catalogue, source, path, (start, end))
    content = _promoted(_applied(text[start:end], inner, start), section.heading.level).rstrip() + end_of_line
    shown = stem_of(path)
    link = f"[[{shown}]]" if fits_wiki(shown) else shown
    after = After(
        catalogue,
        names={path: names_of(path, markdown.parse(content, stem_of(path)))},
        created=frozenset([path]),
    )
    edits = [Edit(source, start, end, link + end_of_line + (end_of_line if end < len(text) else ""))]
    captured = after.edits(catalogue.calling({key for keys in after.names.values() for key in keys}))
    found = [*_outer(after, source, path, moved), *captured]
    edits += [edit for edit in found if edit.path != source or edit.end <= start or end <= edit.start]
    return Refactoring(tuple(dict.fromkeys(edits)), created=((path, content),))


def _free(catalogue: Catalogue, source: str, title: str) -> str:
    """Return a path beside ``source`` for a note of that title, where there is none yet."""
    name = " ".join(NOT_IN_NAMES.sub(" ", title).split())[:_MAX_NAME].strip(". ") or "Section"
    folder = posixpath.dirname(source)
    number, path = 1, posixpath.join(folder, f"{name}.md")
    while catalogue.exists(path):
        number += 1
        path = posixpath.join(folder, f"{name} {number}.md")
    return path


def _promoted(text: str, level: int) -> str:
    """Return a section whose headings begin at the first level."""
    headings = {heading.start for heading in markdown.parse(text, "").headings}

    def raised(found: re.Match[str]) -> str:
        if found.start() not in headings:
            return found[0]
        return found[1] + "#" * max(1, len(found[2]) - level + 1)

    return _HASHES.sub(raised, text)


def _inner(catalogue: Catalogue, source: str, path: str, span: tuple[int, int]) -> list[Edit]:
    """Return what links of the section must be there to lead out of the new note to the old one."""
    note, text = catalogue.note(source), catalogue.text(source) or ""
    found: list[Edit] = []
    for link in note.links if note else ():
        if link.target or not link.anchor or not span[0] <= link.start < span[1] or note is None:
            continue
        heading = heading_at(note, link.anchor)
        if heading is None or span[0] <= heading.start < span[1]:
            continue
        written = spelling(text, link)
        if written:
            target = (
                next(relative_targets(source, path, source))
                if link.kind == "markdown"
                else next(wiki_targets(source, stem_of(source)))
            )
            found.append(Edit(source, *written.target, for_form(target, written.form)))
    return found


def _applied(text: str, edits: list[Edit], shift: int) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start - shift] + edit.text + text[edit.end - shift :]
    return text


def _outer(after: After, source: str, path: str, moved: list[Heading]) -> Iterator[Edit]:
    """Yield what links to the headings of the section must be to follow them."""
    catalogue = after.catalogue
    for heading in moved:
        for where, link in catalogue.placed(to_heading(catalogue, source, heading)):
            written = spelling(catalogue.text(where) or "", link)
            if written is None or written.anchor is None:
                continue
            options = (
                relative_targets(path, where, target_of(link))
                if link.kind == "markdown"
                else wiki_targets(path, stem_of(path))
            )
            target = next((each for each in options if after.resolve(link._replace(target=each), where) == path), path)
            yield Edit(where, *written.target, for_form(target, written.form))
            if "#" in link.anchor:  # a path over headings that stay behind
                yield Edit(where, *written.anchor, anchor_for(heading.text, written.form, link.anchor))
