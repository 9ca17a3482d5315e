"""Which note a link leads to, and where in it.  Pure: the notes that exist are given, nothing is looked up on disk.

Wikilinks name a file by its path from the root, or a note by its file name, its alias or its title, with as much of
its folder as makes it plain, as in Obsidian; ``./`` and ``../`` begin a path from the note that the link stands in.
Markdown links name a file by its path from that note; where there is none, by its path from the root, or as a
wikilink would by its file name, as Obsidian writes them.  Case does not matter where nothing has it right.

Of several candidates one called so by its file name goes before one called so by alias or title; then the one
nearest to the source wins (same folder, then the shortest path).

Dendron and Gollum (the wikis of GitHub) write the text of a wikilink first.  A link is read so where what stands
behind its bar is the file name of a note and what stands before it is none: each by itself, whatever others do.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from starlight.notes.model import Heading, Link, Note
from starlight.notes.place import Lines

ENDINGS = (".md", ".markdown")
"""Of the files that are notes."""

_VAULT = re.compile(r"dendron://[^/]*/")
"""Begins the target of a Dendron link that says which vault the note is in: here all of them are one."""
_BEHIND_BAR = re.compile(r"(?P<target>[^\s|#^]+)(?P<anchor>[#^].*)?")
"""What may be a target behind the text: those who write it there have no spaces in file names."""
_RANGE = re.compile(r"(?:,\d+)?(?::#.*)?$")
"""Ends the anchor of a Dendron note reference: how many lines are left out, and where it ends."""

Exists = Callable[[str], bool]
"""Whether there is a file at that path."""
Named = Callable[[str], Iterable[str]]
"""Gives the paths of the notes with that file name, alias or title (case-folded)."""


def name_key(name: str) -> str:
    """Return the form under which a name is looked up."""
    return " ".join(name.casefold().split())


def without_ending(path: str) -> str:
    """Return the path of a note without what says that it is one."""
    return next((path[: -len(end)] for end in ENDINGS if path.lower().endswith(end)), path)


def stem_of(path: str) -> str:
    """Return the file name of the note at ``path``, without its ending."""
    return without_ending(path.rpartition("/")[2])


@functools.lru_cache(maxsize=20_000)
def target_key(target: str) -> str:
    """Return the form under which the name is looked up that a link with this target calls: no folder, no ending."""
    return name_key(stem_of(target.rstrip("/")))


def has_other_ending(target: str) -> bool:
    """Whether ``target`` is, by its ending, a file that is no note: ``photo.png``, but not ``v1.2``."""
    name = target.rstrip("/").rpartition("/")[2]
    return without_ending(name) == name and re.fullmatch(r".+\.(?=\d*[A-Za-z])[A-Za-z\d]{1,8}", name) is not None


def link_at(note: Note, offset: int) -> Link | None:
    """Return the link of ``note`` that covers ``offset``, the innermost where an image stands in a link."""
    covering = [link for link in note.links if link.start <= offset < link.end]
    return max(covering, key=lambda link: link.start, default=None)


def target_of(link: Link) -> str:
    """Return the path or name that ``link`` asks for, without the escapes of a URL or the vault of a Dendron link."""
    return unquote(link.target) if link.kind == "markdown" else link.target[vault_end(link.target) :]


def vault_end(target: str) -> int:
    """Return where the name of a Dendron vault ends that a wikilink's target begins with, 0 for none."""
    found = _VAULT.match(target) if target.startswith("dendron:") else None
    return found.end() if found else 0


def turned(link: Link) -> Link | None:
    """Return ``link`` as the parser has it, read with its text first; None where it cannot be meant so."""
    if not link.text or not link.target or link.kind != "wiki" or link.text_first or has_other_ending(link.target):
        return None
    behind = _BEHIND_BAR.fullmatch(link.text)
    if not behind or target_key(behind["target"]) == target_key(link.target):
        return None
    anchor = (behind["anchor"] or "").removeprefix("#").strip()
    shown = link.target + _after_target(link.anchor)
    return link._replace(target=behind["target"], anchor=anchor, text=shown, text_first=True)


def as_parsed(link: Link) -> Link:
    """Return ``link`` as the parser has it, which takes no text to be first."""
    if not link.text_first:
        return link
    end = min((at for mark in "#^" if (at := link.text.find(mark)) >= 0), default=len(link.text))
    anchor = link.text[end:].removeprefix("#")
    shown = link.target + _after_target(link.anchor)
    return link._replace(target=link.text[:end], anchor=anchor, text=shown, text_first=False)


def _after_target(anchor: str) -> str:
    return anchor if not anchor or anchor.startswith("^") else f"#{anchor}"


def keys_called(link: Link) -> set[str]:
    """Return every name that ``link`` may call, whichever its order is."""
    other = turned(link)
    return {target_key(target_of(each)) for each in (link, other) if each and each.target}


Asked = tuple[str, str, str, str]


def asked_by(link: Link, source: str) -> Asked:
    """Return all that decides where ``link``, in the note at ``source``, leads: where it is equal, they lead alike."""
    folder, _, _ = source.rpartition("/")
    return link.kind, link.target, link.text if turned(link) else "", folder


def meant(link: Link, source: str, exists: Exists, named: Named) -> Link:
    """Return ``link``, standing in the note at path ``source``, in the order in which it is written."""
    other = turned(link)
    if other is None:
        return link
    if vault_end(other.target):
        return other
    if _calls_file(link, source, exists, named) or not _calls_file(other, source, exists, named):
        return link
    # A note's alias with another note's name behind it is an alias shown so, save for names as Dendron has them.
    is_other = "." in other.target or _led(link, source, exists, named) is None
    return other if is_other else link


def _calls_file(link: Link, source: str, exists: Exists, named: Named) -> bool:
    path = _led(link, source, exists, named)
    return path is not None and target_key(path) == target_key(target_of(link))


def resolve(link: Link, source: str, exists: Exists, named: Named) -> str | None:
    """Return the path of the file that ``link``, standing in the note at path ``source``, leads to.

    Paths are relative to the root, with ``/``.  None where there is no such file.
    """
    return _led(meant(link, source, exists, named), source, exists, named) if link.target else source


def _led(link: Link, source: str, exists: Exists, named: Named) -> str | None:
    target = target_of(link)
    for path in _literal(link, target, source):
        if exists(path):
            return path
    return next(iter(candidates(link, source, named)), None)


def candidates(link: Link, source: str, named: Named) -> list[str]:
    """Return the paths of the notes that ``link`` calls by a name, the one that it means first."""
    target = target_of(link)
    if _is_relative(target) or not link.target:
        wanted = {path.casefold() for path in _beside(target, source)}
        return sorted(path for path in _called(target, named) if path.casefold() in wanted)
    if link.kind == "markdown" and target.startswith("id:"):  # of a file or heading in Org, which moves with it
        return sorted(named(name_key(target)))
    folder, _, name = target.strip("/").rpartition("/")
    stem = target_key(target)
    called = _inside(folder, _called(target, named))
    if link.kind == "markdown":
        called = [path for path in called if target_key(path) == stem]
        beside = {path.casefold() for path in _beside(target, source)}
        called.sort(key=lambda path: path.casefold() not in beside)  # of several files that differ in case, or none
        if called and called[0].casefold() in beside:
            return [path for path in called if path.casefold() in beside]
    return sorted(called, key=lambda path: (target_key(path) != stem, *_distance(path, source, name)))


def called(name: str, exists: Exists, named: Named) -> list[str]:
    """Return the paths of the notes that ``name`` means: by their path, else as a wikilink would, else by a name.

    The last is for names with a slash in them, which no wikilink can call.
    """
    name = name.strip().strip("/")
    by_path = [path for path in (name, *(f"{name}{ending}" for ending in ENDINGS)) if exists(path)]
    return by_path or candidates(Link("wiki", name, "", "", 0, 0), "", named) or list(named(name_key(name)))


def is_ambiguous(link: Link, source: str, exists: Exists, named: Named) -> bool:
    """Whether a person could take ``link`` to mean another note: several have that name, none of them beside it."""
    if not link.target or any(map(exists, _literal(link, target_of(link), source))):
        return False
    found = candidates(link, source, named)
    if len(found) < 2 or posixpath.dirname(found[0]) == posixpath.dirname(source):
        return False
    stem = target_key(target_of(link))
    by_file = [target_key(path) == stem for path in found]
    return by_file[0] == by_file[1]


def is_relative_to(target: str, source: str, path: str) -> bool:
    """Whether ``target``, read as a path from the note at ``source`` (or the root, after ``/``), is ``path``."""
    named = _endings(target.strip("/")) if target.startswith("/") else _beside(target, source)
    return path.casefold() in {each.casefold() for each in named}


def heading_at(note: Note, anchor: str) -> Heading | None:
    """Return the heading of ``note`` that ``anchor`` names: its text, a ``#`` path to it, or its slug.

    Where several headings have that name, ``-1`` and so on at the end of a slug say which, as on GitHub.
    """
    found = _heading_at(note, anchor)
    return found or _heading_at(note, _RANGE.sub("", anchor, count=1)) if "," in anchor or ":#" in anchor else found


def _heading_at(note: Note, anchor: str) -> Heading | None:
    parts = [part for part in anchor.split("#") if part.strip()]
    if not parts or parts[-1].startswith("^"):
        return None
    named = [heading for heading in note.headings if is_called(heading, parts[-1])]
    above = [heading for heading in named if _lies_below(note, heading, parts[:-1])]
    if above or named:
        return (above or named)[0]
    slug, _, number = unquote(parts[-1]).rpartition("-")
    same = [heading for heading in note.headings if slug_of(heading.text) == slug_of(slug)]
    return same[int(number)] if number.isdecimal() and int(number) < len(same) else None


def is_called(heading: Heading, name: str) -> bool:
    """Whether ``name`` is a heading's text, or its slug."""
    name = unquote(name)
    return name_key(heading.text) == name_key(name) or slug_of(heading.text) == slug_of(name) != ""


def headings_above(note: Note, heading: Heading) -> list[Heading]:
    """Return the headings that ``heading`` lies below, outermost first."""
    found: list[Heading] = []
    for each in note.headings:
        if each.start >= heading.start:
            break
        found = [above for above in found if above.level < each.level]
        found.append(each)
    return [above for above in found if above.level < heading.level]


def slug_of(text: str) -> str:
    """Return the anchor that Markdown renderers make of a heading."""
    return re.sub(r"[^\w\- ]", "", text.casefold()).strip().replace(" ", "-")


class Mark(NamedTuple):
    """A block's mark, ``^name`` at its end: where it stands, and the lines of the block, from 1."""

    start: int
    end: int
    first: int
    last: int


def block_at(text: str, note: Note, anchor: str, lines: Lines | None = None) -> Mark | None:
    """Return the block of ``note`` that ``anchor`` (``^name``) names; None where there is none."""
    anchor = unquote(anchor)
    name = anchor.rpartition("^")[2].strip()
    if "^" not in anchor or not name:
        return None
    lines = lines or Lines(text)
    for found in re.finditer(rf"(?:^|(?<=[ \t]))\^{re.escape(name)}(?=[ \t]*\r?$)", text, re.MULTILINE):
        line = lines.at(found.start())
        block = next((each for each in note.blocks if each.first <= line <= each.last), None)
        if block and block.kind not in ("fence", "code_block", "html_block"):
            return Mark(found.start(), found.end(), *_marked(block.kind, block.first, line, note))
    return None


def _marked(kind: str, first: int, line: int, note: Note) -> tuple[int, int]:
    if kind.endswith("list"):  # an item has a mark of its own
        return line, line
    if first == line:  # a mark on a line of its own belongs to the block above
        above = [block for block in note.blocks if block.last < line]
        alone = next(block for block in note.blocks if block.first == first).last == line
        if above and alone and kind == "paragraph" and above[-1].kind in ("table", "blockquote", "bullet_list"):
            return above[-1].first, above[-1].last
    return first, line


def _lies_below(note: Note, heading: Heading, names: Sequence[str]) -> bool:
    above = iter(headings_above(note, heading))
    return all(any(is_called(each, name) for each in above) for name in names)


def _literal(link: Link, target: str, source: str) -> Iterator[str]:
    """Yield the paths that ``target`` may be, written out."""
    if _is_relative(target):
        yield from _beside(target, source)
    elif link.kind == "markdown":
        if not target.startswith("/"):
            yield from _beside(target, source)
        yield from _endings(posixpath.normpath(target.strip("/")))
    else:
        path = posixpath.normpath(target.strip("/"))
        yield from (path, f"{path}.md", posixpath.join(posixpath.dirname(source), path))


def _beside(target: str, source: str) -> Iterator[str]:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    if not path.startswith(".."):
        yield from _endings(path)


def _endings(path: str) -> tuple[str, ...]:
    return path, f"{path}.md", f"{path}.markdown", posixpath.normpath(f"{path}/index.md")


def _is_relative(target: str) -> bool:
    return target.startswith(("./", "../")) or target in (".", "..")


def _called(target: str, named: Named) -> Iterable[str]:
    return named(target_key(target))


def _inside(folder: str, paths: Iterable[str]) -> list[str]:
    """Return those of ``paths`` that lie in a folder of that name: of the thousands that are called "index", say."""
    if not folder:
        return list(paths)
    ending = f"/{folder}/".casefold()
    may_be = [path for path in paths if ending in f"/{path}".casefold()]  # mostly none, and found out sooner
    return [path for path in may_be if f"/{path[: path.rfind('/') + 1]}".casefold().endswith(ending)]


def _distance(path: str, source: str, name: str) -> tuple[bool, int, bool, str]:
    other_case = stem_of(path) != without_ending(name)
    return posixpath.dirname(path) != posixpath.dirname(source), path.count("/"), other_case, path
