"""Rename a note, a heading, a tag, an alias, files and folders: what is called so follows, in one change."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from starlight.engine.catalogue import Catalogue, names_of
from starlight.engine.navigation import Subject, asking_alike, heading_span, subject_at, tag_places
from starlight.engine.relinking import After, Edit, Refactoring, for_form
from starlight.errors import InvalidRequest
from starlight.index.disk import is_note
from starlight.notes import frontmatter, inline, markdown
from starlight.notes.link_text import NOT_IN_NAMES, Form, Spelling, anchor_for, spelling
from starlight.notes.links import heading_at, headings_above, is_called, name_key, slug_of, stem_of, without_ending
from starlight.notes.model import Heading, Link, Note

_MAX_FILES = 100_000
_TAG = re.compile(inline.HASHTAG)
_PLAIN_YAML = re.compile(r"\w[\w ./-]*\w|\w")

Prepared = tuple[int, int, str]
"""What is renamed: its span in the document, and the name that it has."""


def prepare(catalogue: Catalogue, source: str, offset: int) -> Prepared | None:
    """Return what a rename at ``offset`` would be of; None where there is nothing that has a name."""
    subject = subject_at(catalogue, source, offset)
    if subject is None:
        return None
    text = catalogue.text(source) or ""
    if subject.link is None:
        start = subject.start + (subject.kind == "tag" and text[subject.start : subject.start + 1] == "#")
        return start, subject.end, text[start : subject.end]
    found = spelling(text, subject.link)
    if found is None:
        return None
    if found.anchor and (heading := _heading_of(catalogue, subject.link, source)) and _is_anchor(found, offset):
        start = text.rfind("#", *found.anchor) + 1 or found.anchor[0]
        return start, found.anchor[1], heading[1].text
    if not subject.link.target:
        return None
    path = catalogue.resolve(subject.link, source)
    name = (
        stem_of(text[slice(*found.target)]) if path is None or _called(catalogue, subject.link, path) else stem_of(path)
    )
    return *found.target, name if path is None or is_note(path) else path.rpartition("/")[2]


def rename_at(catalogue: Catalogue, source: str, offset: int, name: str) -> Refactoring:
    """Return the change that gives what stands at ``offset`` another name.

    Raises:
        InvalidRequest: there is nothing to be renamed, or it cannot have that name.
    """
    subject, name = subject_at(catalogue, source, offset), " ".join(name.split())
    if subject is None:
        raise InvalidRequest("put the cursor on a link, a heading, a tag or an alias to rename what it names")
    if not name:
        raise InvalidRequest("a name must not be empty")
    if subject.link:
        return _by_link(catalogue, source, offset, subject.link, name)
    if subject.heading:
        return rename_heading(catalogue, source, subject.heading, name)
    return (
        rename_tag(catalogue, subject.name, name) if subject.kind == "tag" else _name(catalogue, source, subject, name)
    )


def _by_link(catalogue: Catalogue, source: str, offset: int, link: Link, name: str) -> Refactoring:
    found = spelling(catalogue.text(source) or "", link)
    if found and found.anchor and _is_anchor(found, offset) and (led := _heading_of(catalogue, link, source)):
        return rename_heading(catalogue, *led, name)
    path = catalogue.resolve(link, source)
    if path is None:
        return _unresolved(catalogue, link, name)
    if not link.target:
        raise InvalidRequest("this link leads to a block: there is nothing that has a name")
    if _called(catalogue, link, path):
        return _rename_name(catalogue, path, stem_of(link.target), name)
    return rename_file(catalogue, path, name)


def _is_anchor(found: Spelling, offset: int) -> bool:
    return found.anchor is not None and found.anchor[0] <= offset <= found.anchor[1]


def _heading_of(catalogue: Catalogue, link: Link, source: str) -> tuple[str, Heading] | None:
    path = catalogue.resolve(link, source)
    note = catalogue.note(path) if path else None
    heading = heading_at(note, link.anchor) if note else None
    return (path, heading) if path and heading else None


def _called(catalogue: Catalogue, link: Link, path: str) -> bool:
    """Whether ``link`` calls the note at ``path`` by its title or an alias, not by its file."""
    note = catalogue.note(path) if link.kind == "wiki" else None
    key = name_key(link.target)
    return note is not None and key != name_key(stem_of(path)) and key in names_of(path, note)


def _unresolved(catalogue: Catalogue, link: Link, name: str) -> Refactoring:
    if link.kind != "wiki" or NOT_IN_NAMES.search(name):
        raise InvalidRequest("this link leads nowhere: create its note first")
    edits = []
    for source, each in asking_alike(catalogue, link):
        found = spelling(catalogue.text(source) or "", each)
        edits += [Edit(source, *found.target, for_form(name, found.form))] if found else []
    return Refactoring(tuple(edits))


def rename_file(catalogue: Catalogue, path: str, name: str) -> Refactoring:
    """Return the change that gives the file at ``path`` another name, in the same folder.

    Raises:
        InvalidRequest: no file can have that name, or another one has it.
    """
    ending = path[len(without_ending(path)) :] if is_note(path) else posixpath.splitext(path)[1]
    stem = without_ending(name) if is_note(path) else name.removesuffix(ending)
    wrong = NOT_IN_NAMES.search(stem)
    if wrong or not stem.strip(". ") or stem.startswith("."):
        what = f"`{wrong[0]}` cannot stand in the name of a note" if wrong else f"`{stem}` cannot be the name of a note"
        raise InvalidRequest(f"{what}: links to it could not be written")
    new = posixpath.join(posixpath.dirname(path), f"{stem}{ending}")
    if new == path:
        return Refactoring()
    if catalogue.exists(new) and new.casefold() != path.casefold():
        raise InvalidRequest(f"{new}: there is such a note already; choose another name, or rename that one first")
    return move(catalogue, {path: new})


def move(catalogue: Catalogue, paths: Mapping[str, str]) -> Refactoring:
    """Return the change that moves files and folders; ``paths`` has new ones by old ones."""
    moves = {old: new for pair in paths.items() for old, new in _files(catalogue, *pair)}
    names = {
        old: names_of(new, markdown.parse(catalogue.text(old) or "", stem_of(new)))
        for old, new in moves.items()
        if is_note(old) and stem_of(old) != stem_of(new)
    }
    after = After(catalogue, moves, names)
    found = catalogue.around(moves)
    found += catalogue.calling({key for keys in names.values() for key in keys})
    return Refactoring(tuple(dict.fromkeys(after.edits(found))), tuple(paths.items()))


def _files(catalogue: Catalogue, old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield every file that moves with the file or folder at ``old``, where it goes; no link leads to hidden ones."""
    if catalogue.exists(old):
        yield old, new
        return
    found = set(catalogue.below(old))
    for folder, folders, names in os.walk(catalogue.root / old):
        folders[:] = [each for each in folders if not each.startswith(".") and each != "node_modules"]
        below = posixpath.relpath(folder.replace(os.sep, "/"), str(catalogue.root).replace(os.sep, "/"))
        found.update(f"{below}/{name}" for name in names)
        if len(found) > _MAX_FILES:
            raise InvalidRequest(
                f"{old}: has more than {_MAX_FILES:,} files, too many to follow the links to them; move parts of it"
            )
    yield from ((path, f"{new}{path[len(old) :]}") for path in sorted(found))


def rename_heading(catalogue: Catalogue, path: str, heading: Heading, name: str) -> Refactoring:
    """Return the change that gives a heading of the note at ``path`` other words."""
    text = catalogue.text(path) or ""
    return _reworded(catalogue, path, Edit(path, *heading_span(text, heading), name))


def _name(catalogue: Catalogue, path: str, subject: Subject, name: str) -> Refactoring:
    """Return the change of a title or an alias where the front matter has it."""
    text = catalogue.text(path) or ""
    names = _said_names(text)
    wanted = [name if each == subject.name else each for each in names]
    for written in _in_yaml(text, subject, name):
        if _said_names(text[: subject.start] + written + text[subject.end :]) == wanted:
            edit = Edit(path, subject.start, subject.end, written)
            return _reworded(catalogue, path, edit, {name_key(subject.name): name})
    raise InvalidRequest(
        f"`{name}` cannot stand where the front matter of {path} has “{subject.name}”;"
        " write the names as a list between brackets first, each in quotation marks"
    )


def _said_names(text: str) -> list[str]:
    said = frontmatter.parse(text)
    return [said.title, *said.aliases]


def _in_yaml(text: str, subject: Subject, name: str) -> list[str]:
    """Return the ways to write ``name`` in the place of ``subject``, the best first; not all of them fit any place."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    quote = text[subject.start - 1 : subject.start]
    if quote in ("'", '"') and text[subject.end : subject.end + 1] == quote:
        return [name.replace("'", "''") if quote == "'" else quoted]
    ways = [name, f'"{quoted}"']
    return ways if _PLAIN_YAML.fullmatch(name) else ways[::-1]


def _rename_name(catalogue: Catalogue, path: str, old: str, name: str) -> Refactoring:
    """Return the change of the title or alias ``old`` of the note at ``path``."""
    text, note = catalogue.text(path) or "", catalogue.note(path)
    field = next((each for each in frontmatter.names_in(text) if name_key(each.name) == name_key(old)), None)
    if field:
        return _name(catalogue, path, Subject("name", field.start, field.end, name=field.name), name)
    if note and note.headings and name_key(note.headings[0].text) == name_key(old):
        return rename_heading(catalogue, path, note.headings[0], name)
    raise InvalidRequest(f"{path}: its name “{old}” is not written where it could be changed")


def rename_tag(catalogue: Catalogue, tag: str, name: str) -> Refactoring:
    """Return the change that gives ``tag``, and the tags below it, another name.

    Raises:
        InvalidRequest: no tag can be called so.
    """
    name = name.lstrip("#").replace(" ", "-")
    found = _TAG.fullmatch(f"#{name}")
    if not found or name.rstrip("/-") != name:
        raise InvalidRequest(f"`{name}` cannot be a tag: it is made of letters, digits, `_`, `-` and `/`")
    n_parts = tag.count("/") + 1
    return Refactoring(
        tuple(
            Edit(place.path, place.start, place.end, "/".join([name, *written.split("/")[n_parts:]]))
            for place, written in tag_places(catalogue, tag)
        )
    )


def _reworded(catalogue: Catalogue, path: str, edit: Edit, called: Mapping[str, str] | None = None) -> Refactoring:
    """Return ``edit``, which changes what a note or its headings are called, with the links that must follow."""
    text, before = catalogue.text(path) or "", catalogue.note(path)
    if before is None:
        raise InvalidRequest(f"{path}: cannot be read")
    note = markdown.parse(text[: edit.start] + edit.text + text[edit.end :], stem_of(path))
    old, new = names_of(path, before), names_of(path, note)
    calls = {(path, key): name for key, name in (called or {}).items() if key not in new}
    if note.title != before.title and name_key(before.title) not in new:
        calls.setdefault((path, name_key(before.title)), note.title)
    after = After(catalogue, names={path: new}, called=calls)
    edits = after.edits(catalogue.around([path]) + catalogue.calling(new - old)) if old != new else []
    edits += _anchors(catalogue, path, before, note)
    kept = [each for each in edits if each.path != path or each.end <= edit.start or edit.end <= each.start]
    return Refactoring((edit, *dict.fromkeys(kept)))


def _anchors(catalogue: Catalogue, path: str, before: Note, after: Note) -> Iterator[Edit]:
    """Yield what keeps links to headings of a note, some of which have other words now, leading to the same ones."""
    if len(before.headings) != len(after.headings):
        return
    changed = {
        old.text: new.text for old, new in zip(before.headings, after.headings, strict=True) if old.text != new.text
    }
    own = [(path, link) for link in before.links if not link.target and link.anchor]
    anchored = [(source, link) for source, link in catalogue.leading_to(path) if link.anchor]
    for source, link in catalogue.placed([*own, *anchored]) if changed else ():
        heading = heading_at(before, link.anchor)
        if heading is None or (link.target and catalogue.resolve(link, source) != path):
            continue
        wanted = after.headings[before.headings.index(heading)]
        found = spelling(catalogue.text(source) or "", link)
        if found is None or found.anchor is None:
            continue
        for anchor in _ways(link.anchor, changed, after, wanted, found.form):
            if heading_at(after, anchor) == wanted:
                if anchor != link.anchor:
                    yield Edit(source, *found.anchor, anchor)
                break


def _ways(before: str, changed: Mapping[str, str], note: Note, heading: Heading, form: str) -> Iterable[str]:
    """Yield anchors that may lead to ``heading``: like ``before``, then ever plainer."""
    style: Form = "wiki" if form == "wiki" else "bare"
    parts = before.split("#")
    said = [_said(part, changed) for part in parts]
    yield "#".join(part if new is None else anchor_for(new, style, part) for part, new in zip(parts, said, strict=True))
    yield anchor_for(heading.text, style, parts[-1])
    path = [*headings_above(note, heading), heading]
    for size in range(2, len(path) + 1):
        yield "#".join(anchor_for(each.text, style, parts[-1]) for each in path[-size:])
    same = [each for each in note.headings if slug_of(each.text) == slug_of(heading.text)]
    yield f"{slug_of(heading.text)}-{same.index(heading)}"


def _said(part: str, changed: Mapping[str, str]) -> str | None:
    heading = (Heading(1, old, 0, 0) for old in changed)
    return next((changed[each.text] for each in heading if is_called(each, part)), None)
