"""A section becomes a note of its own, and a note that only a link knows comes to be."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from starlight.engine.catalogue import Catalogue, names_of
from starlight.engine.relinking import After, Edit, Refactoring, for_form
from starlight.errors import InvalidRequest
from starlight.notes import markdown
from starlight.notes.link_text import (
    NOT_IN_NAMES,
    anchor_for,
    encoded,
    fits_wiki,
    relative_targets,
    spelling,
    wiki_targets,
)
from starlight.notes.links import block_at, has_other_ending, heading_at, stem_of, target_of, without_ending
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
    if without_ending(path) == path:
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
    span = (section.heading.start, catalogue.lines(source).start(section.last + 1))
    path = _free(catalogue, source, section.heading.text)
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    alone = markdown.parse(_promoted(text[slice(*span)], section.heading.level), stem_of(path))
    after = After(catalogue, names={path: names_of(path, alone)}, created=frozenset([path]))
    edits = _following(after, source, path, span)
    inner = [edit for edit in edits if edit.path == source and span[0] <= edit.start < span[1]]
    content = _promoted(_applied(text[slice(*span)], inner, span[0]), section.heading.level).rstrip() + end_of_line
    shown = stem_of(path)
    link = f"[[{shown}]]" if fits_wiki(shown) else shown
    left = Edit(source, *span, link + end_of_line + (end_of_line if span[1] < len(text) else ""))
    return Refactoring((left, *(edit for edit in edits if edit not in inner)), created=((path, content),))


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


def _applied(text: str, edits: list[Edit], shift: int) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start - shift] + edit.text + text[edit.end - shift :]
    return text


def _following(after: After, source: str, path: str, span: tuple[int, int]) -> list[Edit]:
    """Return what keeps all links leading to where they lead, those in the section as they stand now included."""
    catalogue = after.catalogue
    captured = after.edits(catalogue.calling({key for keys in after.names.values() for key in keys}))
    edits: dict[tuple[str, int], Edit] = {}
    for edit in (*_anchored(after, source, path, span), *captured):
        edits.setdefault((edit.path, edit.start), edit)
    return [edit for edit in edits.values() if (catalogue.text(edit.path) or "")[edit.start : edit.end] != edit.text]


def _anchored(after: After, source: str, path: str, span: tuple[int, int]) -> Iterator[Edit]:
    """Yield what links to headings and blocks of the note must be to lead out of the section, and into it."""
    catalogue = after.catalogue
    own = [(source, link) for link in catalogue.links(source) if not link.target]
    for where, link in catalogue.placed([*own, *catalogue.leading_to(source)]):
        written, at = spelling(catalogue.text(where) or "", link), _place_of(catalogue, source, link.anchor)
        if written is None or written.anchor is None or at is None:
            continue
        stands = path if where == source and span[0] <= link.start < span[1] else where
        leads = path if span[0] <= at[0] < span[1] else source
        if leads == (stands if not link.target else source):
            continue
        yield Edit(where, *written.target, for_form(_target(after, link, stands, leads), written.form))
        if at[1] and leads == path and "#" in link.anchor:  # a path over headings that stay behind
            yield Edit(where, *written.anchor, anchor_for(at[1].text, written.form, link.anchor))


def _place_of(catalogue: Catalogue, source: str, anchor: str) -> tuple[int, Heading | None] | None:
    """Return where the heading or the block stands that ``anchor`` names; None where there is none."""
    note = catalogue.note(source)
    if note is None or not anchor:
        return None
    if heading := heading_at(note, anchor):
        return heading.start, heading
    block = block_at(catalogue.text(source) or "", note, anchor, catalogue.lines(source))
    return (block.start, None) if block else None


def _target(after: After, link: Link, stands: str, leads: str) -> str:
    """Return what ``link``, in the note at ``stands``, is to have for its target to lead to the note at ``leads``."""
    if link.kind == "wiki":
        options = wiki_targets(leads, stem_of(leads))
    else:
        options = relative_targets(leads, stands, target_of(link) or leads)
    for each in options:
        target = each if link.kind == "wiki" else encoded(each)
        if after.resolve(link._replace(target=target), stands) == leads:
            return each
    return leads
