"""What is wrong with a note's links and front matter, and what would put it right."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from starlight.engine.catalogue import Catalogue, names_of
from starlight.engine.extracting import create
from starlight.engine.relinking import Edit, Refactoring, for_form
from starlight.index.disk import is_note
from starlight.notes import frontmatter
from starlight.notes.link_text import anchor_for, encoded, fits_wiki, relative_targets, spelling, wiki_targets
from starlight.notes.links import (
    as_parsed,
    block_at,
    candidates,
    has_other_ending,
    heading_at,
    is_ambiguous,
    name_key,
    resolve,
    stem_of,
    target_of,
)
from starlight.notes.model import Link, Note, Tag

Code = Literal["broken-link", "ambiguous-link", "missing-heading", "duplicate-alias", "front-matter"]
CODES: tuple[Code, ...] = ("broken-link", "ambiguous-link", "missing-heading", "duplicate-alias", "front-matter")

_MAX_LINKS = 5_000
"""Links of a note that are looked at."""
_MAX_PROBLEMS = 500
_OFFERED = 5
_LINE = re.compile(r"\(line (\d+)\)")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 -_."
_MAX_NAME = 60
"""Longer names are not looked for in other spellings: there would be too many of them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong from ``start`` to before ``end`` of a note, in a sentence."""

    code: Code
    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What can be done about a problem."""

    title: str
    change: Refactoring
    is_best: bool = False


def problems(catalogue: Catalogue, source: str, wanted: Iterable[Code] = CODES) -> list[Problem]:
    """Return what is wrong in the note at ``source``.

    While an index is being made nobody knows which notes there are, and nothing is said of links.
    """
    note, text = catalogue.note(source), catalogue.text(source)
    if note is None or text is None:
        return []
    codes = set(wanted)
    found = [*_of_front_matter(catalogue, source, note)]
    if catalogue.is_complete:
        found += _of_aliases(catalogue, source, text)
        for link in note.links[:_MAX_LINKS]:
            found += _of_link(catalogue, source, catalogue.meant(link, source))
    return [problem for problem in found if problem.code in codes][:_MAX_PROBLEMS]


def _of_front_matter(catalogue: Catalogue, source: str, note: Note) -> Iterator[Problem]:
    lines = catalogue.lines(source)
    for message in note.problems:
        if not message.startswith("front matter"):
            continue
        said = _LINE.search(message)
        line = min(int(said[1]), max(note.body_line - 1, 1)) if said else 1
        start = lines.start(line)
        yield Problem("front-matter", start, max(start + len(lines.text(line)), start), _sentence(message))


def _sentence(message: str) -> str:
    return f"{message[0].upper()}{message[1:]}"


def _of_aliases(catalogue: Catalogue, source: str, text: str) -> Iterator[Problem]:
    title = name_key(frontmatter.parse(text).title)
    for alias in frontmatter.names_in(text):
        key = name_key(alias.name)
        others = [path for path in catalogue.named(key) if path != source] if key != title else []
        if others:
            yield Problem(
                "duplicate-alias", alias.start, alias.end, f"“{alias.name}” is a name of {_joined(others)} as well."
            )


def _joined(paths: list[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more


def _of_link(catalogue: Catalogue, source: str, link: Link) -> Iterator[Problem]:
    path = catalogue.resolve(link, source)
    if path is None:
        if not _may_be_elsewhere(catalogue, link, source):
            yield Problem("broken-link", link.start, link.end, f"There is no note “{target_of(link)}”.")
        return
    if is_ambiguous(link, source, catalogue.exists, catalogue.named):
        found = _joined(candidates(link, source, catalogue.named))
        yield Problem("ambiguous-link", link.start, link.end, f"“{target_of(link)}” can be any of {found}.")
    if not link.anchor or not is_note(path):
        return
    note, text = catalogue.note(path), catalogue.text(path)
    if note is None or text is None or heading_at(note, link.anchor):
        return
    if not block_at(text, note, link.anchor, catalogue.lines(path)):
        what = "block" if "^" in link.anchor else "heading"
        yield Problem("missing-heading", link.start, link.end, f"{path} has no {what} “{link.anchor}”.")


def _may_be_elsewhere(catalogue: Catalogue, link: Link, source: str) -> bool:
    """Whether nobody knows if there is such a file: one that is no note can lie in any folder."""
    target = target_of(link)
    if has_other_ending(target) and (link.kind == "wiki" or "/" not in target):
        return True
    folder = (catalogue.root / source).parent if not target.startswith("/") else catalogue.root
    try:
        return link.kind == "markdown" and (folder / target.lstrip("/")).is_dir()
    except (OSError, ValueError):
        return False


def fixes(catalogue: Catalogue, source: str, code: str, start: int) -> list[Fix]:
    """Return what can be done about the problem of that kind that begins at ``start`` of the note at ``source``."""
    note, text = catalogue.note(source), catalogue.text(source)
    if note is None or text is None:
        return []
    if code == "front-matter":
        return _quoted(catalogue, source, text, start)
    if code == "duplicate-alias":
        return _without_alias(source, text, start)
    link = catalogue.link_at(source, start)
    if link is None:
        return []
    if code == "broken-link":
        return _mended(catalogue, source, link)
    if code == "ambiguous-link":
        paths = candidates(link, source, catalogue.named)[:_OFFERED]
        return [fix for path in paths for fix in _leading(catalogue, source, link, path, f"Link to {path}")]
    return _to_headings(catalogue, source, link) if code == "missing-heading" else []


def _mended(catalogue: Catalogue, source: str, link: Link) -> list[Fix]:
    found = [
        fix
        for path in nearest(catalogue, source, stem_of(target_of(link)))
        for fix in _leading(catalogue, source, link, path, f"Link to “{catalogue.title(path)}” ({path})")
    ]
    made = create(catalogue, source, link)
    if made:
        found.append(Fix(f"Create the note {made.created[0][0]}", made, is_best=not found))
    return found


def nearest(catalogue: Catalogue, source: str, name: str) -> list[str]:
    """Return the paths of the notes whose names are nearest to ``name`` by spelling, then by meaning."""
    found = dict.fromkeys(_spelt(catalogue, name_key(name)))
    found.update(dict.fromkeys(hit.path for hit in catalogue.search(name.replace("-", " ").replace("_", " "), 10)))
    return [path for path in found if path != source][:_OFFERED]


def _spelt(catalogue: Catalogue, key: str) -> list[str]:
    """Return the notes that have a name one slip of a finger away, or with other marks between its words."""
    if not key:
        return []
    near = {key.replace("-", " "), key.replace("_", " "), key.replace(" ", "-"), key.replace(" ", "_")}
    near |= {key.replace(" ", ""), re.sub(r"[-_ ]+", " ", key)}
    if len(key) <= _MAX_NAME:
        near |= _one_slip(key)
    stored = catalogue.reader.lookup.named(near) if catalogue.reader else []
    opened = [path for path in catalogue.opened if (note := catalogue.note(path)) and names_of(path, note) & near]
    close = difflib.SequenceMatcher(b=key)

    def ratio(path: str) -> float:
        close.set_seq1(name_key(stem_of(path)))
        return -close.ratio()

    return sorted(dict.fromkeys([*opened, *stored]), key=ratio)


def _one_slip(key: str) -> set[str]:
    """Return every text one letter away: left out, doubled, another one, or two in the wrong order (Damerau 1964)."""
    letters = set(_LETTERS) | set(key)
    halves = [(key[:at], key[at:]) for at in range(len(key) + 1)]
    found = {a + b[1:] for a, b in halves if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    found |= {a + c + b[1:] for (a, b), c in itertools.product(halves, letters) if b}
    return found | {a + c + b for (a, b), c in itertools.product(halves, letters)}


def _leading(catalogue: Catalogue, source: str, link: Link, path: str, title: str) -> Iterator[Fix]:
    """Yield what has ``link`` lead to the note at ``path``."""
    written = spelling(catalogue.text(source) or "", link)
    if written is None:
        return
    options = (
        relative_targets(path, source, link.target) if link.kind == "markdown" else wiki_targets(path, stem_of(path))
    )
    for option in options:
        target = option if link.kind == "wiki" else encoded(option)
        if (link.kind == "markdown" or fits_wiki(option)) and _means(catalogue, link, source, target, path):
            edit = Edit(source, *written.target, for_form(option, written.form))
            yield Fix(title, Refactoring((edit,)))
            return


def _means(catalogue: Catalogue, link: Link, source: str, target: str, path: str) -> bool:
    changed = link._replace(target=target)
    found = resolve(as_parsed(changed), source, catalogue.exists, catalogue.named)
    return found == path and not is_ambiguous(changed, source, catalogue.exists, catalogue.named)


def _to_headings(catalogue: Catalogue, source: str, link: Link) -> list[Fix]:
    path = catalogue.resolve(link, source)
    note = catalogue.note(path) if path else None
    written = spelling(catalogue.text(source) or "", link)
    if note is None or written is None or written.anchor is None:
        return []
    texts = [heading.text for heading in note.headings if heading.text]
    wanted = link.anchor.split("#")[-1].replace("-", " ")
    near = difflib.get_close_matches(wanted.casefold(), [text.casefold() for text in texts], 3, 0.5)
    found: list[Fix] = []
    for each in dict.fromkeys(near):
        text = next(text for text in texts if text.casefold() == each)
        edit = Edit(source, *written.anchor, anchor_for(text, written.form, link.anchor))
        found.append(Fix(f"Link to the heading “{text}”", Refactoring((edit,)), is_best=not found))
    if link.target:
        edit = Edit(source, written.target[1], written.anchor[1], "")
        found.append(Fix("Link to the note itself", Refactoring((edit,))))
    return found


def _without_alias(source: str, text: str, start: int) -> list[Fix]:
    alias = next((each for each in frontmatter.names_in(text) if each.start == start), None)
    if alias is None:
        return []
    begin, end = _item(text, alias)
    return [Fix(f"Remove the alias “{alias.name}”", Refactoring((Edit(source, begin, end, ""),)))]


def _item(text: str, alias: Tag) -> tuple[int, int]:
    """Return the span of an item of a list, with what separates it from the others."""
    start, end = alias.start, alias.end
    if text[start - 1 : start] in ("'", '"') and text[end : end + 1] == text[start - 1]:
        start, end = start - 1, end + 1
    line = text.rfind("\n", 0, start) + 1
    if re.fullmatch(r"[ \t]*-[ \t]+", text[line:start]):
        after = text.find("\n", end)
        return line, after + 1 if after >= 0 else len(text)
    if following := re.match(r"[ \t]*,[ \t]*", text[end:]):
        return start, end + following.end()
    before = re.search(r"[ \t]*,[ \t]*$", text[line:start])
    return line + before.start() if before else start, end


def _quoted(catalogue: Catalogue, source: str, text: str, start: int) -> list[Fix]:
    """Return the front matter with the value on the line at ``start``, or one above it, between quotation marks."""
    lines = catalogue.lines(source)
    for line in range(lines.at(start), max(lines.at(start) - 3, 1), -1):
        found = re.fullmatch(r"(\s*(?:-[ \t]+)?(?:[\w-]+:[ \t]+)?)(.*?)([ \t]*)", lines.text(line))
        if not found or not found[2] or found[2][0] in "\"'[{":
            continue
        begin = lines.start(line) + found.start(2)
        written = '"' + found[2].replace("\\", "\\\\").replace('"', '\\"') + '"'
        end = begin + len(found[2])
        if not frontmatter.parse(text[:begin] + written + text[end:]).problems:
            return [
                Fix(
                    "Put the value between quotation marks",
                    Refactoring((Edit(source, begin, end, written),)),
                    is_best=True,
                )
            ]
    return []
