"""Markdown into a ``Note``, by markdown-it-py, which is the authority on what Markdown means.

The block rules run over the whole text; the inline rules only over blocks that can hold a link or a tag, with
two rules of ours (wikilinks and hashtags), and with the positions that markdown-it-py does not keep recorded.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from starlight.notes import frontmatter, inline, scanner
from starlight.notes.body import Body, first_of, joined, moved, part
from starlight.notes.changes import change
from starlight.notes.constructs import BLANK, DEFINITION, NotPlain
from starlight.notes.inline import Records
from starlight.notes.model import Block, Heading, Link, LinkKind, Note, Tag
from starlight.notes.place import Lines
from starlight.notes.scanner import Outline
from starlight.notes.text import plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

VERSION = 5
"""Raised when the same text would be parsed otherwise; part of the fingerprint of an index."""

_MAX_INLINE = 50_000
"""A longer paragraph is indexed, but not searched for links: inline parsing is not linear in the worst case."""

_MAX_HEADING = 500
"""A longer heading is cut: it is repeated with every passage below it."""

_ENDS = 50
"""Blocks behind a change at which reading may end."""

_WIKILINK = re.compile(inline.WIKILINK)
_HASHTAG = re.compile(inline.HASHTAG)
_PATH = re.compile(r"[/#]|\.\w{1,8}$")
_BEFORE_DEFINITION = re.compile(r"[\s>*+\-\d.)]*")


class Parsing(NamedTuple):
    """A note with what it takes to parse the next text of it: mostly little of that is another."""

    text: str
    lines: Lines
    note: Note
    body: Body


def parse(text: str, stem: str, lines: Lines | None = None) -> Note:
    """Return the note that ``text`` holds; ``stem`` (its file name without ending) is the title of last resort.

    ``lines`` are those of ``text``, where the caller has them.
    """
    return read(text, stem, lines).note


def read(text: str, stem: str, lines: Lines | None = None, before: Parsing | None = None) -> Parsing:
    """Return the same with what helps to parse the next text; ``before`` is that of the text before this one."""
    front = frontmatter.parse(text)
    lines = lines or Lines(text)
    body = _reread(text, lines, front.lines, before) if before else None
    body = body or _body(text, lines, front.lines)
    note = Note(
        title=front.title or _first_title(body.headings) or stem,
        aliases=(*front.aliases, *_written_out(stem)),
        tags=tuple(dict.fromkeys([*front.tags, *(tag.name for tag in body.tags)])),
        created=front.created,
        modified=front.modified,
        headings=body.headings,
        blocks=body.blocks,
        links=body.links,
        problems=(*front.problems, *body.problems),
        body_line=front.lines + 1,
        kind=front.kind,
        language=front.language,
        hashtags=body.tags,
        properties=front.properties,
    )
    return Parsing(text, lines, note, body)


def _body(text: str, lines: Lines, skipped: int) -> Body:
    source = _normalized(text[lines.start(skipped + 1) :])
    outline = scanner.scan(source, skipped)
    return _found(outline or _outline(source, skipped), lines, is_plain=outline is not None)


def _found(outline: Outline, lines: Lines, *, is_plain: bool) -> Body:
    found = _Inlines(lines)
    found.read(outline)
    links = tuple(sorted(found.links, key=_start))
    headings = tuple(_headings(outline, lines))
    return Body(headings, tuple(outline.blocks), links, tuple(found.tags), tuple(found.problems), is_plain)


def _reread(text: str, lines: Lines, skipped: int, before: Parsing) -> Body | None:
    """Read what is another than ``before``, and keep the rest; None where all is to be read.

    A block that begins after a blank line is read alike whatever is before it, and ends alike whatever comes after
    the line that ended it: reading begins before the change and ends at the first such block behind it.
    """
    old = before.body
    if not old.is_plain or old.problems or skipped != before.note.body_line - 1:
        return None
    other = change(before.text, before.lines, text, lines)
    at = bisect.bisect_left(old.blocks, other.first, key=first_of) - 1
    while at >= 0 and not _is_blank(before.lines, old.blocks[at].first - 1):
        at -= 1
    first = old.blocks[at].first if at >= 0 else skipped + 1
    behind = bisect.bisect_right(old.blocks, other.last + 1, key=first_of)
    ends = [each.first for each in old.blocks[behind : behind + _ENDS] if _is_blank(before.lines, each.first - 1)]
    stops = [end + other.lines - 1 for end in ends]
    outline = None
    for last in (stops[-1] + 2, len(lines) + 1) if stops else (len(lines) + 1,):
        outline = scanner.scan(_normalized(text[lines.start(first) : lines.start(last)]), first - 1, stops)
        if outline is None or outline.stopped is not None:
            break
    if outline is None:
        return None
    new = _found(outline, lines, is_plain=True)
    kept = part(old, before.lines, 0, first)
    if outline.stopped is None:
        return joined(kept, new)
    rest = part(old, before.lines, outline.stopped - other.lines + 1, len(before.lines) + 1)
    return joined(kept, new, moved(rest, other))


def _is_blank(lines: Lines, line: int) -> bool:
    return line > 0 and not lines.text(line).strip(BLANK)


def _written_out(stem: str) -> Iterable[str]:
    """Yield the name that a page of Logseq has whose file's name stands for it: no file is called ``a/b``."""
    if "___" in stem or "%2F" in stem:
        yield stem.replace("___", "/").replace("%2F", "/")


def _start(link: Link) -> int:
    return link.start


def _normalized(text: str) -> str:
    """Return ``text`` with line feeds for line ends and without NUL (CommonMark 2.1 and 2.3)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\ufffd")


def _first_title(headings: Iterable[Heading]) -> str:
    first = next(iter(headings), None)
    return first.text if first and first.level == 1 else ""


def _headings(outline: Outline, lines: Lines) -> Iterable[Heading]:
    for level, content, line in outline.headings:
        text = " ".join(plain(content[:_MAX_HEADING]).split())
        yield Heading(level, text, line + 1, lines.start(line + 1))


@dataclass(slots=True)
class _Inlines:
    """Collects links and tags, with their places in the text."""

    lines: Lines
    links: list[Link] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def read(self, outline: Outline) -> None:
        """Read every block of ``outline`` that may hold a link or a tag."""
        for line, content in outline.inlines:
            if content is None:
                self._read_row(line + 1)
            else:
                self._read_block(content, line + 1)
        for line in sorted(set(outline.definitions)):
            self._read_definition(line + 1)

    def _read_block(self, content: str, first: int) -> None:
        found = self._found(content, first)
        if not (found.links or found.tags):
            return
        first = self._first(content, first)
        if "\n" not in content:
            self._take(found, self._place(content, first))
            return
        inner = Lines(content)

        def place(offset: int) -> int:
            row = inner.at(offset)
            return offset - inner.start(row) + self._place(inner.text(row), first + row - 1)

        self.links += [link._replace(start=place(link.start), end=place(link.end)) for link in found.links]
        for name, start, _ in found.tags:
            begin = place(start)
            self.tags.append(Tag(name, begin, begin + 1 + len(name)))

    def _first(self, content: str, line: int) -> int:
        """Return the line that a block's ``content`` begins in: those above, from ``line`` on, hold only white space.

        Blank lines belong to no block, but a no-break space or a form feed makes no blank line [2.1].
        """
        row = content.partition("\n")[0].lstrip()
        below = range(line, line + len(self.lines))
        return next((n for n in below if row in self.lines.text(n).replace("\0", "\ufffd")), line)

    def _read_row(self, line: int) -> None:
        """Read a row of a table as one text: its cells' own tokens have lost their places."""
        row = self.lines.text(line).replace("\0", "\ufffd")
        # An escaped bar stands inside a cell, a bare one between cells; each keeps its width.
        content = row.replace("\\|", "\0\0").replace("|", "\n").replace("\0\0", " |")
        self._take(self._found(content, line), self.lines.start(line))

    def _read_definition(self, line: int) -> None:
        """Read the definition of a link reference, a link of its own; one of several lines is passed over."""
        source = self.lines.text(line)
        found = DEFINITION.match(source, _end_of(_BEFORE_DEFINITION.match(source)))
        if not found or found["label"].startswith("^"):  # elsewhere than in CommonMark that is a footnote
            return
        href = _address(found["bracketed"] or found["bare"] or "")
        # Prose has such lines, too: "[due]: later" calls no file.
        if href and href != "#" and (_PATH.search(href) or href == found["label"]):
            records = Records()
            records.add_link(href, found["label"], *found.span(), is_definition=True)
            self._take(records, self.lines.start(line))

    def _take(self, found: Records, shift: int) -> None:
        """Keep what was found in a line that begins ``shift`` characters into the text."""
        self.links += [  # not by ``_replace``, which takes several times as long
            Link(kind, target, anchor, text, start + shift, end + shift, text_first, is_definition)
            for kind, target, anchor, text, start, end, text_first, is_definition in found.links
        ]
        self.tags += [Tag(name, start + shift, end + shift) for name, start, end in found.tags]

    def _found(self, content: str, first: int) -> Records:
        """Return the links and tags of a block's ``content``, with places in it."""
        if len(content) > _MAX_INLINE and ("[" in content or "#" in content):
            self.problems.append(f"line {first} is too long to be searched for links and tags")
            return Records()
        try:
            records = inline.find(content)
        except NotPlain:
            records = Records()
            _parser().inline.parse(content, _parser(), {"starlight": records}, [])
        return records

    def _place(self, content: str, line: int) -> int:
        """Return the place in the text of ``content``, a line of a block's, which lacks the markers before it."""
        source = self.lines.text(line).replace("\0", "\ufffd")
        at = source.find(content)
        if at < 0:  # a tab before it was expanded to spaces, which may be more than one
            bare = content.lstrip(" ")
            at = source.find(bare) - (len(content) - len(bare))
        return self.lines.start(line) + at


def _outline(body: str, skipped: int) -> Outline:
    """Return the outline of ``body``, which ``skipped`` lines precede, as markdown-it-py has it."""
    env: dict[str, Any] = {}
    tokens = _parser().parse(body, env)
    outline = Outline()
    defined = [*env.get("references", {}).values(), *env.get("duplicate_refs", [])]
    outline.definitions = [reference["map"][0] + skipped for reference in defined]
    in_row = False
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        if not token.map:
            in_row = in_row and token.type != "tr_close"
            continue
        line = token.map[0] + skipped
        if token.level == 0:
            outline.blocks.append(Block(token.type.removesuffix("_open"), line + 1, token.map[1] + skipped))
            if token.type == "heading_open":
                outline.headings.append((int(token.tag[1:]), following.content, line))
        if token.type == "tr_open":
            in_row = True
            outline.inlines.append((line, None))
        elif token.type == "inline" and not in_row:
            outline.inlines.append((line, token.content))
    return outline


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
        records: Records = state.env["starlight"]
        n_links, n_tags = len(records.links), len(records.tags)
        if not rule(state, silent):
            return False
        if not silent:
            if name == "image":  # its label is parsed apart, with offsets of its own
                del records.links[n_links:], records.tags[n_tags:]
                _record_image(records, state, start)
            else:
                _record(records, state, start)
        return True

    return located


def _record(records: Records, state: StateInline, start: int) -> None:
    opened = next((t for t in reversed(state.tokens) if t.type == "link_open" and not t.meta.get("seen")), None)
    if opened is None:
        return
    opened.meta["seen"] = True
    href = str(opened.attrs.get("href", ""))
    if not _is_outside(href):
        shown = state.src[start : state.pos]
        records.add_link(href, shown[1 : max(shown.find("]("), 1)], start, state.pos)


def _record_image(records: Records, state: StateInline, start: int) -> None:
    href = str(state.tokens[-1].attrs.get("src", ""))
    if href and not _is_outside(href):
        shown = state.src[start : state.pos]
        records.add_link(href, shown[2 : max(shown.find("]("), 2)], start, state.pos)


def _address(destination: str) -> str:
    """Return the address of a definition with that destination; empty where it lies outside of the notes."""
    try:
        return inline.address(destination) or ""
    except NotPlain:
        from markdown_it.common.utils import unescapeAll

        href = _parser().normalizeLink(unescapeAll(destination))
        return "" if _is_outside(href) else href


def _end_of(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def _is_outside(href: str) -> bool:
    return bool(inline.SCHEME.match(href)) or href.startswith("//")


def _wikilink(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the signature of a rule
    if not state.src.startswith("[[", state.pos):
        return False
    found = _WIKILINK.match(state.src, state.pos, state.posMax)
    if not found or not (found["target"].strip() or found["anchor"]):
        return False
    if not silent:
        records: Records = state.env["starlight"]
        anchor = (found["anchor"] or "").removeprefix("#")
        records.links.append(
            _link("wiki", found["target"].strip(), anchor, found["text"] or "", state.pos, found.end())
        )
        state.pending += found[0]
    state.pos = found.end()
    return True


def _hashtag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the signature of a rule
    found = _HASHTAG.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        records: Records = state.env["starlight"]
        records.add_tag(found["name"], state.pos)
        state.pending += found[0]
    state.pos = found.end()
    return True


def _link(kind: LinkKind, target: str, anchor: str, text: str, start: int, end: int) -> Link:
    return Link(kind, target, anchor.strip(), text.strip(), start, end)
