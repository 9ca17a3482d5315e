"""A link as it is written: where in it the target and the anchor stand, and how others are written in their place."""

from __future__ import annotations

import html
import itertools
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

from starlight.notes.constructs import DEFINITION, TITLE
from starlight.notes.links import name_key, slug_of, vault_end, without_ending
from starlight.notes.model import Heading, Link

Form = Literal["wiki", "bare", "bracketed"]

NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\[\]#^]')
"""What the file name of a note must not have: file systems refuse it, or no wikilink can have it in its target."""

# The destination of a link [CommonMark 6.3], escapes and all, and what may stand around it.
_DESTINATION = re.compile(
    r"\]\([ \t\n\r]*(?:<(?P<bracketed>(?:[^<>\n\\]|\\.)*)>"
    r"|(?P<bare>(?:[^()\\\x00-\x20\x7f]|\\.|\((?:[^()\\\x00-\x20\x7f]|\\.|\([^()\\\x00-\x20]*\))*\))*))"
    rf"(?:[ \t\n\r]+(?:{TITLE}))?[ \t\n\r]*\)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_WIKI = re.compile(r"\[\[(?P<target>[^\[\]|#^\n]*)(?P<anchor>[#^][^\[\]|\n]*)?(?:\|(?P<text>[^\[\]\n]*))?\]\]")
_MARK = re.compile(r"[#^]")
_NOT_IN_WIKI = re.compile(r"[\[\]|#^\\\r\n]")
_NOT_IN_LABEL = re.compile(r"[\[\]|\\\s]+")
_ENCODED = re.compile(r"""[\x00-\x20\x7f%#?<>()\[\]\\"'`|&*\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000]""")


class Spelling(NamedTuple):
    """A link's parts in the text; spans are offsets, that of the anchor is without the ``#`` before it."""

    form: Form
    target: tuple[int, int]
    anchor: tuple[int, int] | None


def spelling(text: str, link: Link) -> Spelling | None:
    """Return how ``link`` is written in ``text``; None where that is not plain, and nothing may be put in its place."""
    return _wiki(text, link) if link.kind == "wiki" else _markdown(text, link)


def _wiki(text: str, link: Link) -> Spelling | None:
    found = _WIKI.fullmatch(text, link.start, link.end)
    if not found:
        return None
    target = found.span("target")
    anchor = found.span("anchor") if found["anchor"] else None
    if link.text_first:
        begin, end = found.span("text")
        if begin < 0:
            return None
        mark = _MARK.search(text, begin, end)
        target, anchor = (begin, mark.start() if mark else end), (mark.start(), end) if mark else None
    target = _trimmed(text, *target, link.target)
    if anchor:
        start = anchor[0] + (text[anchor[0]] == "#")
        anchor = _trimmed(text, start, anchor[1], link.anchor)
    return Spelling("wiki", (target[0] + vault_end(text[slice(*target)]), target[1]), anchor)


def _trimmed(text: str, start: int, end: int, meant: str) -> tuple[int, int]:
    """Return the span without white space at its ends, and without the escape of a bar in a table.

    Elsewhere nothing escapes a bar: then the backslash is a part of what is ``meant``.
    """
    part = text[start:end]
    if not meant.endswith("\\"):
        part = part.removesuffix("\\")
    begin = start + len(part) - len(part.lstrip())
    return begin, max(begin, start + len(part.rstrip()))


def _markdown(text: str, link: Link) -> Spelling | None:
    wanted = unquote(f"{link.target}#{link.anchor}" if link.anchor else link.target)
    for found in _destinations(text, link):
        form: Form = "bare" if found["bracketed"] is None else "bracketed"
        start, end = found.span(form)
        meant = unquote(html.unescape(_ESCAPE.sub(r"\1", text[start:end])))
        if meant in (wanted, f"{wanted}#"):
            mark = text.find("#", start, end)
            return Spelling(form, (start, end if mark < 0 else mark), None if mark < 0 else (mark + 1, end))
    return None


def _destinations(text: str, link: Link) -> Iterator[re.Match[str]]:
    """Yield what may be the destination of a Markdown link, or of the definition of a reference."""
    if found := definition(text, link):
        yield found
    at = text.find("](", link.start, link.end)
    while at >= 0:
        if found := _DESTINATION.fullmatch(text, at, link.end):
            yield found
        at = text.find("](", at + 1, link.end)


def definition(text: str, link: Link) -> re.Match[str] | None:
    """Return ``link`` as the definition of a link reference, its ``label`` and address; None where it is none."""
    return DEFINITION.fullmatch(text, link.start, link.end) if link.kind == "markdown" else None


def fits_wiki(target: str) -> bool:
    """Whether a wikilink can name ``target``: it cannot hold what ends its parts."""
    return not _NOT_IN_WIKI.search(target) and target == target.strip() != ""


def encoded(path: str) -> str:
    """Return ``path`` as a Markdown link has it: what would end it, or mean something else, is percent-encoded."""
    written = _ENCODED.sub(lambda found: quote(found[0], safe=""), path)
    return f"./{written}" if ":" in written.split("/")[0] else written


def anchor_for(heading: str, form: Form, before: str = "") -> str:
    """Return the anchor that leads to the heading with that text; ``before`` is one that is to be followed in style."""
    if form == "wiki":
        return " ".join(_NOT_IN_WIKI.sub("", heading).split(" ")).strip()
    is_slug = not before or unquote(before) == slug_of(unquote(before))
    return encoded((slug_of(heading) if is_slug else "") or heading)


def anchors(headings: Sequence[Heading], form: Form) -> list[str]:
    """Return the anchor that leads to each of the headings of a note; empty where nothing can.

    Those of one name are told apart: by a number at the end of a slug, in wikilinks by a heading above.  Where the
    note has nothing that does so, the anchor is that of the first of them.
    """
    plain = [anchor_for(heading.text, form) for heading in headings]
    told_apart = _by_heading_above(headings, plain) if form == "wiki" else _by_number(headings, plain)
    return [own or anchor for own, anchor in zip(told_apart, plain, strict=True)]


def _by_number(headings: Sequence[Heading], plain: Sequence[str]) -> Iterator[str]:
    slugs = [slug_of(heading.text) for heading in headings]
    known = set(slugs)
    n_before: Counter[str] = Counter()
    for slug, anchor in zip(slugs, plain, strict=True):
        n = n_before[slug]
        n_before[slug] += 1
        yield f"{anchor}-{n}" if n and slug and f"{slug}-{n}" not in known else ""


def _by_heading_above(headings: Sequence[Heading], plain: Sequence[str]) -> Iterator[str]:
    called = [slug_of(heading.text) or name_key(heading.text) for heading in headings]
    first: dict[tuple[str, ...], int] = {}
    """The first heading that each path leads to; a path may leave out headings between (``links.heading_at``)."""
    above: list[int] = []
    for n, heading in enumerate(headings):
        above = [each for each in above if headings[each].level < heading.level]
        named = [each for each in above if plain[each]]
        above.append(n)
        paths = [(*path, n) for size in range(len(named) + 1) for path in itertools.combinations(named, size)]
        own = [path for path in paths if first.setdefault(tuple(called[each] for each in path), n) == n]
        yield "#".join(plain[each] for each in own[0]) if own and plain[n] else ""


def label_for(name: str) -> str:
    """Return ``name`` as the text that a link shows, without what would end that."""
    return _NOT_IN_LABEL.sub(" ", name).strip()


def wiki_targets(path: str, before: str) -> Iterator[str]:
    """Yield what a wikilink may have for its target to lead to ``path``: like ``before``, then ever plainer."""
    bare = path if without_ending(before) != before else without_ending(path)
    parts = bare.split("/")
    if before.startswith("/"):
        yield f"/{bare}"
    first = min(before.strip("/").count("/") + 1, len(parts))
    for size in range(first, len(parts) + 1):
        yield "/".join(parts[-size:])
    yield path


def relative_targets(path: str, source: str, before: str) -> Iterator[str]:
    """Yield what a Markdown link in the note at ``source`` may have for its target to lead to ``path``, not encoded."""
    has_ending = without_ending(before) != before or without_ending(path) == path
    endless = path if has_ending else without_ending(path)
    if before.endswith("/") and path.endswith("/index.md"):
        endless = path.removesuffix("index.md")
    if before.startswith("/"):
        yield f"/{endless}"
    for each in dict.fromkeys((endless, path)):
        relative = posixpath.relpath(each, posixpath.dirname(source) or ".")
        relative += "/" if each.endswith("/") else ""
        yield f"./{relative}" if before.startswith("./") and not relative.startswith("..") else relative
    yield f"/{path}"
