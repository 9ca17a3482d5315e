"""Where things are: what stands at a place of a note, where it is defined, and where it is spoken of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from starlight.engine.catalogue import Catalogue, is_below, key_of
from starlight.engine.lined import is_lined
from starlight.notes import frontmatter
from starlight.notes.links import block_at, heading_at, headings_above, name_key, stem_of, target_of
from starlight.notes.model import Heading, Link, Note, Tag
from starlight.notes.place import Span
from starlight.notes.prose import prose
from starlight.notes.text import is_unspaced, one_line, words

_MAX_CONTEXT = 240
_MAX_MENTIONS = 100
_SHORTEST, _SHORTEST_UNSPACED = 3, 2
"""Characters that a name has at least to be looked for in plain text: shorter ones are words like any other."""


class Place(NamedTuple):
    """From ``start`` to before ``end`` of the file at ``path``."""

    path: str
    start: int
    end: int
    span: Span | None = None
    """The same by lines and columns, in a file that is no note."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What stands at a place of a note: what it is, from ``start`` to before ``end``, and what it leads to."""

    kind: Literal["link", "heading", "tag", "name"]
    start: int
    end: int
    link: Link | None = None
    heading: Heading | None = None
    name: str = ""
    """The tag without ``#``, or the alias or title that the front matter gives."""


def subject_at(catalogue: Catalogue, source: str, offset: int) -> Subject | None:
    """Return what stands at ``offset`` of the note at ``source``; None for mere words."""
    note, text = catalogue.note(source), catalogue.text(source)
    if note is None or text is None:
        return None
    if link := catalogue.link_at(source, offset):
        return Subject("link", link.start, link.end, link=link)
    if found := next((tag for tag in note.hashtags if tag.start <= offset <= tag.end), None):
        return Subject("tag", found.start, found.end, name=found.name)
    lines = catalogue.lines(source)
    line = lines.at(offset)
    if line < note.body_line:
        return _field_at(text, offset)
    heading = next((each for each in note.headings if each.line == line), None)
    if heading:
        return Subject("heading", *heading_span(text, heading), heading=heading)
    return None


def heading_span(text: str, heading: Heading) -> tuple[int, int]:
    """Return where the words of ``heading`` stand, without the marks around them."""
    end = len(text)
    for mark in "\r\n":
        at = text.find(mark, heading.start)
        end = at if 0 <= at < end else end
    line = text[heading.start : end]
    found = re.match(r"(?P<head>\s{0,3}(?:#{1,6}(?:[ \t]+|$))?)(?P<words>.*?)(?P<tail>(?:[ \t]+#*)?[ \t]*)$", line)
    if not found:
        return heading.start, end
    return heading.start + found.start("words"), heading.start + found.end("words")


def definition(catalogue: Catalogue, source: str, offset: int) -> Place | None:
    """Return the place that what stands at ``offset`` leads to: of a heading or a tag it is its own."""
    subject = subject_at(catalogue, source, offset)
    if subject is None:
        return None
    if subject.link is None:
        return Place(source, subject.start, subject.end)
    return destination(catalogue, subject.link, source)


def destination(catalogue: Catalogue, link: Link, source: str) -> Place | None:
    """Return the place that ``link`` leads to: a heading, a block, else the start of the file; None without one."""
    path = catalogue.resolve(link, source)
    if path is None:
        return None
    if is_lined(path):
        return Place(path, 0, 0, catalogue.section_at(path, link))
    note, text = (catalogue.note(path), catalogue.text(path)) if link.anchor else (None, None)
    if note is None or text is None:
        return Place(path, 0, 0)
    lines = catalogue.lines(path)
    if heading := heading_at(note, link.anchor):
        return Place(path, heading.start, heading.start + len(lines.text(heading.line)))
    if block := block_at(text, note, link.anchor, lines):
        return Place(path, lines.start(block.first), lines.start(block.last) + len(lines.text(block.last)))
    return Place(path, 0, 0)


def references(catalogue: Catalogue, source: str, offset: int, *, with_declaration: bool = False) -> list[Place]:
    """Return every place that speaks of what stands at ``offset``: of the note itself, where that is mere words."""
    subject = subject_at(catalogue, source, offset)
    if subject and subject.kind == "tag":
        return [place for place, _ in tag_places(catalogue, subject.name)]
    if subject and subject.heading:
        own = [Place(source, subject.start, subject.end)] if with_declaration else []
        return own + _to_heading(catalogue, source, subject.heading)
    path, heading = source, None
    if subject and subject.link:
        leads_to = catalogue.resolve(subject.link, source)
        if leads_to is None:
            return [Place(where, each.start, each.end) for where, each in asking_alike(catalogue, subject.link)]
        path = leads_to
        note = catalogue.note(path) if subject.link.anchor else None
        heading = heading_at(note, subject.link.anchor) if note else None
    if heading:
        own = [Place(path, heading.start, heading.start)] if with_declaration else []
        return own + _to_heading(catalogue, path, heading)
    own = [Place(path, 0, 0)] if with_declaration else []
    return own + [Place(where, link.start, link.end) for where, link in backlinks(catalogue, path)]


def backlinks(catalogue: Catalogue, path: str) -> list[tuple[str, Link]]:
    """Return the links that lead to the note at ``path``, from other notes first, each where it stands now.

    Of a file with lines that is no note, a line with several counts once.
    """
    stored = catalogue.leading_to(path)
    known = set(stored)  # mostly they stand where they stood
    placed = _each_once(catalogue.standing(stored))
    leading = (found for found in placed if found in known or catalogue.resolve(found[1], found[0]) == path)
    once = {(source, link.start, link.end): (source, link) for source, link in leading}
    return sorted(once.values(), key=lambda found: (found[0] == path, found[0], found[1].start))


def _each_once(placed: Sequence[tuple[str, Link]]) -> list[tuple[str, Link]]:
    """Return those links to one place without the definitions of references that only repeat another one.

    Foam writes one for each of its wikilinks.
    """
    linking = {source for source, link in placed if not link.is_definition}
    return [(source, link) for source, link in placed if not link.is_definition or source not in linking]


def n_backlinks(catalogue: Catalogue, path: str) -> int:
    """Return how many other notes link to the file at ``path``."""
    return len(catalogue.linking_to(path) - {path})


def to_heading(catalogue: Catalogue, path: str, heading: Heading) -> Iterator[tuple[str, Link]]:
    """Yield the links that lead to ``heading`` of the note at ``path``, those in the note itself first."""
    note = catalogue.note(path)
    if note is None:
        return
    own = [(path, link) for link in note.links if not link.target and link.anchor]
    for source, link in [*own, *catalogue.leading_to(path)]:
        if link.anchor and heading_at(note, link.anchor) == heading:
            yield source, link


def is_title(note: Note, heading: Heading) -> bool:
    """Whether ``heading`` is what the note is called by: links to the note speak of it."""
    return heading == note.headings[0] and heading.level == 1 and heading.text == note.title


def _to_heading(catalogue: Catalogue, path: str, heading: Heading) -> list[Place]:
    note = catalogue.note(path)
    found = list(to_heading(catalogue, path, heading))
    if note and is_title(note, heading):
        found += [(source, link) for source, link in catalogue.leading_to(path) if not link.anchor]
    return [
        Place(source, link.start, link.end)
        for source, link in _each_once(catalogue.standing(found))
        if not link.anchor or (note and heading_at(note, link.anchor) == heading)
    ]


def asking_alike(catalogue: Catalogue, link: Link) -> list[tuple[str, Link]]:
    """Return the links that ask for what ``link`` asks for, a note that is not there yet, where they stand now."""
    wanted = name_key(target_of(link))
    found = [
        (where, each)
        for where, each in catalogue.calling([key_of(link)])
        if name_key(target_of(each)) == wanted and catalogue.resolve(each, where) is None
    ]
    return catalogue.standing(found)


def tag_places(catalogue: Catalogue, tag: str) -> list[tuple[Place, str]]:
    """Return every place where ``tag``, or one below it, is written, without the ``#``, and what is written there."""
    found: list[tuple[Place, str]] = []
    for path in catalogue.tagged(tag):
        note, text = catalogue.note(path), catalogue.text(path)
        if note is None or text is None:
            continue
        tags = [*frontmatter.tags_in(text), *(Tag(each.name, each.start + 1, each.end) for each in note.hashtags)]
        found += [(Place(path, each.start, each.end), each.name) for each in tags if is_below(each.name, tag)]
    return found


def _field_at(text: str, offset: int) -> Subject | None:
    tag = next((each for each in frontmatter.tags_in(text) if each.start <= offset <= each.end), None)
    if tag:
        return Subject("tag", tag.start, tag.end, name=tag.name)
    name = next((each for each in frontmatter.names_in(text) if each.start <= offset <= each.end), None)
    return Subject("name", name.start, name.end, name=name.name) if name else None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place of a note that speaks of another, and what stands around it."""

    place: Place
    title: str
    heading: str
    line: int
    context: str


def in_context(catalogue: Catalogue, places: Iterable[Place]) -> list[Mention]:
    """Return what stands around those places."""
    found = []
    for place in places:
        file = catalogue.lined(place.path) if is_lined(place.path) else None
        note = file.note if file else catalogue.note(place.path)
        if note is None:
            continue
        lines = file.lines if file else catalogue.lines(place.path)
        line = lines.at(place.start)
        above = [each for each in note.headings if each.line <= line]
        names = [*headings_above(note, above[-1]), above[-1]] if above else []
        heading = " › ".join(each.text for each in names if each.text != note.title)
        found.append(Mention(place, note.title, heading, line, one_line(lines.text(line), _MAX_CONTEXT)))
    return found


def mentions(catalogue: Catalogue, path: str) -> list[Place]:
    """Return places of other notes that have a name of the note at ``path`` in plain words, and are no links."""
    note = catalogue.note(path)
    if note is None:
        return []
    names = {each for each in (note.title, *note.aliases, stem_of(path)) if _is_telling(each)}
    if not names:
        return []
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(_whole, longest)), re.IGNORECASE)
    found: list[Place] = []
    for other in dict.fromkeys([*catalogue.opened, *_holding(catalogue, names)]):
        if other != path and len(found) < _MAX_MENTIONS:
            found += _unlinked(catalogue, other, pattern)
    return found[:_MAX_MENTIONS]


def _is_telling(name: str) -> bool:
    return len(name) >= (_SHORTEST_UNSPACED if is_unspaced(name) else _SHORTEST)


def _whole(name: str) -> str:
    """Return the pattern of ``name`` as whole words; in scripts without spaces nothing says where words end."""
    before, after = ("" if is_unspaced(name[0]) else r"(?<!\w)"), ("" if is_unspaced(name[-1]) else r"(?!\w)")
    spaced = r"\s+".join(map(re.escape, name.split()))
    return f"{before}{spaced}{after}"


def _holding(catalogue: Catalogue, names: Iterable[str]) -> Iterator[str]:
    """Yield the paths of the notes whose passages have all words of one of ``names``."""
    reader = catalogue.reader
    if reader is None:
        return
    for name in sorted(names):
        terms = list(dict.fromkeys(stem for _, _, stem in reader.stems(" ".join(words(name)))))
        scores = reader.lexical(terms, 2 * _MAX_MENTIONS) if terms else {}
        paths = reader.paths(scores)
        yield from (paths[each] for each in sorted(paths, key=lambda each: -scores[each]))


def _unlinked(catalogue: Catalogue, path: str, pattern: re.Pattern[str]) -> Iterator[Place]:
    note, text = catalogue.note(path), catalogue.text(path)
    if note is None or text is None:
        return
    for found in pattern.finditer(prose(text, note, catalogue.lines(path))):
        yield Place(path, *found.span())
