"""Markdown into a ``Note``, by markdown-it-py, which is the authority on what Markdown means.

The block rules run over the whole text; the inline rules only over blocks that can hold a link or a tag, with
two rules of ours (wikilinks and hashtags), and with the positions that markdown-it-py does not keep recorded.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlight.notes import frontmatter
from starlight.notes.model import Block, FrontMatter, Heading, Link, LinkKind, Note
from starlight.notes.place import Lines
from starlight.notes.text import plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

VERSION = 1
"""Raised when the same text would be parsed otherwise; part of the fingerprint of an index."""

_MAX_INLINE = 50_000
"""A longer paragraph is indexed, but not searched for links: inline parsing is not linear in the worst case."""

_MAX_HEADING = 500
"""A longer heading is cut: it is repeated with every passage below it."""

_WIKILINK = re.compile(r"\[\[(?P<target>[^\[\]|#^\n]*)(?P<anchor>[#^][^\[\]|\n]*)?(?:\|(?P<text>[^\[\]\n]*))?\]\]")
_HASHTAG = re.compile(r"#(?P<tag>[^\W\d_][\w/-]*|[\d_/-]*[^\W\d_][\w/-]*)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")


def parse(text: str, stem: str) -> Note:
    """Return the note that ``text`` holds; ``stem`` (its file name without ending) is the title of last resort."""
    front = frontmatter.parse(text)
    lines = Lines(text)
    body_start = lines.start(front.lines + 1)
    tokens = _blocks(text[body_start:])
    found = _Inline(lines, front.lines)
    found.read(tokens)
    headings = tuple(_headings(tokens, lines, front.lines))
    return Note(
        title=front.title or _first_title(headings) or stem,
        aliases=front.aliases,
        tags=tuple(dict.fromkeys([*front.tags, *found.tags])),
        created=front.created,
        modified=front.modified,
        headings=headings,
        blocks=tuple(_top_blocks(tokens, front)),
        links=tuple(found.links),
        problems=(*front.problems, *found.problems),
        body_line=front.lines + 1,
    )


def _first_title(headings: Iterable[Heading]) -> str:
    first = next(iter(headings), None)
    return first.text if first and first.level == 1 else ""


def _blocks(body: str) -> list[Token]:
    return _parser().parse(body, {})


def _top_blocks(tokens: list[Token], front: FrontMatter) -> Iterable[Block]:
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            first, last = token.map
            yield Block(token.type.removesuffix("_open"), first + front.lines + 1, last + front.lines)


def _headings(tokens: list[Token], lines: Lines, skipped: int) -> Iterable[Heading]:
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            line = token.map[0] + skipped + 1
            text = " ".join(plain(inline.content[:_MAX_HEADING]).split())
            yield Heading(int(token.tag[1:]), text, line, lines.start(line))


@dataclass(slots=True)
class _Inline:
    """Collects links and tags, with their places in the text."""

    lines: Lines
    skipped: int
    links: list[Link] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def read(self, tokens: list[Token]) -> None:
        """Read every block of ``tokens`` that can hold a link or a tag."""
        in_row = False
        for token in tokens:
            if token.type == "tr_open" and token.map:
                in_row = True
                self._read_row(token.map[0] + self.skipped + 1)
            elif token.type == "tr_close":
                in_row = False
            elif token.type == "inline" and token.map and not in_row:
                self._read_block(token.content, token.map[0] + self.skipped + 1)

    def _read_block(self, content: str, first: int) -> None:
        records = self._records(content, first)
        if not records.links:
            return
        place = self._places(content, first)
        self.links.extend(
            dataclasses.replace(link, start=place(link.start), end=place(link.end)) for link in records.links
        )

    def _read_row(self, line: int) -> None:
        """Read a row of a table as one text: its cells' own tokens have lost their places."""
        row = self.lines.text(line)
        # An escaped bar stands inside a cell, a bare one between cells; each keeps its width.
        content = row.replace("\\|", "\0\0").replace("|", "\n").replace("\0\0", " |")
        shift = self.lines.start(line)
        self.links.extend(
            dataclasses.replace(link, start=link.start + shift, end=link.end + shift)
            for link in self._records(content, line).links
        )

    def _records(self, content: str, first: int) -> _Records:
        records = _Records()
        if "[" not in content and "#" not in content:
            return records
        if len(content) > _MAX_INLINE:
            self.problems.append(f"line {first} is too long to be searched for links and tags")
            return records
        _parser().inline.parse(content, _parser(), {"starlight": records}, [])
        self.tags.extend(records.tags)
        return records

    def _places(self, content: str, first: int) -> Callable[[int], int]:
        """Return what gives the offset in the text for one in a block's content, which lacks the markers of lines."""
        inner = Lines(content)
        shifts = []
        for row in range(1, len(inner) + 1):
            line, source = inner.text(row), self.lines.text(first + row - 1)
            at = source.find(line)
            if at < 0:  # a tab before it was expanded to spaces, which may be more than one
                bare = line.lstrip(" ")
                at = source.find(bare) - (len(line) - len(bare))
            shifts.append(self.lines.start(first + row - 1) + at - inner.start(row))
        return lambda offset: offset + shifts[inner.at(offset) - 1]


@dataclass(slots=True)
class _Records:
    """What the inline rules found in one block, by offsets into the block's content."""

    links: list[Link] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.disable(["inline", "text_join"], ignoreInvalid=True)
    parser.inline.ruler.disable(["emphasis", "entity"])
    parser.inline.ruler2.disable(["balance_pairs", "emphasis"])
    parser.inline.ruler.before("link", "wikilink", _wikilink)
    parser.inline.ruler.before("link", "hashtag", _hashtag)
    parser.inline.ruler.at("link", _located(parser, "link"))
    parser.inline.ruler.at("image", _located(parser, "image"))
    return parser


def _located(parser: MarkdownIt, name: str) -> Any:  # noqa: ANN401 -- markdown-it-py's own rule type
    """Return the library's rule ``name`` with the place of what it matches recorded."""
    rule = next(rule.fn for rule in parser.inline.ruler.__rules__ if rule.name == name)

    def located(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the signature of a rule
        start = state.pos
        records: _Records = state.env["starlight"]
        n_links, n_tags = len(records.links), len(records.tags)
        if not rule(state, silent):
            return False
        if not silent:
            if name == "image":  # its label is parsed apart, with offsets of its own
                del records.links[n_links:], records.tags[n_tags:]
            else:
                _record(records, state, start)
        return True

    return located


def _record(records: _Records, state: StateInline, start: int) -> None:
    opened = next((t for t in reversed(state.tokens) if t.type == "link_open" and not t.meta.get("seen")), None)
    if opened is None:
        return
    opened.meta["seen"] = True
    href = str(opened.attrs.get("href", ""))
    if _SCHEME.match(href) or href.startswith("//"):
        return
    target, _, anchor = href.partition("#")
    shown = state.src[start : state.pos]
    text = shown[1 : max(shown.find("]("), 1)]
    records.links.append(_link("markdown", target, anchor, text, start, state.pos))


def _wikilink(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the signature of a rule
    if not state.src.startswith("[[", state.pos):
        return False
    found = _WIKILINK.match(state.src, state.pos, state.posMax)
    if not found or not (found["target"].strip() or found["anchor"]):
        return False
    if not silent:
        records: _Records = state.env["starlight"]
        anchor = (found["anchor"] or "").removeprefix("#")
        records.links.append(
            _link("wiki", found["target"].strip(), anchor, found["text"] or "", state.pos, found.end())
        )
        state.pending += found[0]
    state.pos = found.end()
    return True


def _hashtag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the signature of a rule
    if state.src[state.pos] != "#" or (state.pos and not state.src[state.pos - 1].isspace()):
        return False
    found = _HASHTAG.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        records: _Records = state.env["starlight"]
        records.tags.append(found["tag"].rstrip("/-"))
        state.pending += found[0]
    state.pos = found.end()
    return True


def _link(kind: LinkKind, target: str, anchor: str, text: str, start: int, end: int) -> Link:
    return Link(kind, target, anchor.strip(), text.strip(), start, end)
