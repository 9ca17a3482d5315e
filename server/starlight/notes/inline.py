"""The links and tags of a paragraph, by regular expressions: what markdown-it-py finds, at many times its speed.

CommonMark's inline constructs [6] are taken from left to right, as markdown-it-py does.  Where it is not plain what
a character begins, the paragraph is left to it.  Emphasis and references do not matter to where links and tags are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from starlight.notes.constructs import DESTINATION, TAG, TITLE, NotPlain, is_odd
from starlight.notes.model import Link, Tag

WIKILINK = r"\[\[(?P<target>[^\[\]|#^\n]*)(?P<anchor>[#^][^\[\]|\n]*)?(?:\|(?P<text>[^\[\]\n]*))?\]\]"
HASHTAG = r"#(?<!\S#)(?P<name>[^\W\d_][\w/-]*|[\d_/-]*[^\W\d_][\w/-]*)"
"""A tag stands after white space, or first."""
SCHEME = re.compile(r"(?!id:)[a-zA-Z][a-zA-Z0-9+.-]+:")
"""Of an address elsewhere; with ``id:`` Org calls its own headings."""

_TEXT = r"[^\[\]\\`<!]*"
_CODE = r"`[^`]+`(?!`)"
_COMMENT = r"<!--[^-]+(?:-[^-]+)*-->"
_AUTOLINK = r"<[a-zA-Z][a-zA-Z0-9+.\-]{1,31}:[^<>\x00-\x20]*\n?>"
_HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = rf"<[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_HOST}(?:\.{_HOST})*\n?>"
# What the brackets of a link or an image may hold, as far as it is plain.
_NESTED = rf"\\.|{_CODE}|<(?=[\s=])|!(?!\[)|\[{_TEXT}\](?!\()"
_TO = r"\([ \t\n]*(?:(?:%s)(?:[ \t\n]+(?:%s))?)?[ \t\n]*\)"
_PLAIN_TO = _TO % (re.sub(r"\?P<\w+>", "?:", DESTINATION), TITLE)
_PLAIN_WIKILINK = r"\[\[[^\[\]|#^\s][^\[\]|#^\n]*\]\]"
_IMAGE = rf"!\[{_TEXT}(?:(?:{_NESTED}){_TEXT})*\]{_PLAIN_TO}"
_INSIDE = rf"{_TEXT}(?:(?:{_NESTED}|{TAG}|{_IMAGE}){_TEXT})*"
_LABEL = rf"{_INSIDE}\]"

_SPECIAL = re.compile(r"\\|`|<|\[|!\[|#(?<!\S#)")
_TOKEN = re.compile(
    rf"(?P<skip>\\.|{_CODE}|{TAG}|{_COMMENT})"
    r"|(?P<code>`+)"
    rf"|(?P<address>{_AUTOLINK}|{_EMAIL})"
    rf"|(?P<wiki>(?!\[\[\s*(?:\||\]\])){WIKILINK})"
    rf"|(?P<link>\[{_LABEL}{_TO % (DESTINATION, TITLE)})"
    rf"|(?P<image>{_IMAGE})"
    # No parenthesis follows the brackets, or there is a link in them: no link, then, for there are no references here.
    rf"|(?P<bracket>\[(?={_INSIDE}(?:\](?!\()|\[{_LABEL}{_PLAIN_TO}|{_PLAIN_WIKILINK})))"
    rf"|(?P<bang>!(?=\[{_LABEL}(?!\()|\[\[[^\[\]\\`<!\n]*\]\](?!\()))"
    rf"|(?P<tag>{HASHTAG})",
    re.DOTALL,
)
"""What a special character begins; the branches are named for what is done about them."""

_TAG_START = re.compile(r"#(?<!\S#)[\w/-]")
_MARKUP = re.compile(r"<[!?][^>]*>")
_BACKTICKS = re.compile(r"`+")
_ODD_IMAGE = re.compile(
    r"!\[.*?\]\(\s*<?\s*(?:vbscript:|javascript:|file:|data:|[^)]{0,20}&)", re.IGNORECASE | re.DOTALL
)
_WHOLE_LABEL = re.compile(rf"\[{_LABEL}", re.DOTALL)
_PART = re.compile(rf"{_NESTED}|{TAG}|(?P<image>{_IMAGE})", re.DOTALL)
"""What a label holds beside text, which is where an image in it can stand."""
_IMAGE_PARTS = re.compile(rf"!\[(?:{_INSIDE})\]{_TO % (DESTINATION, TITLE)}", re.DOTALL)
_ENTITY = re.compile(r"&#?[a-zA-Z0-9]+;")
_PREFIX = re.compile(r"[a-zA-Z0-9.+-]+:")
_ID = re.compile(r"id:[\w.~/#-]+", re.ASCII)
_BARE_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_ENCODED = re.compile(r"[\w.~/#-]*", re.ASCII)
_UNCHANGED = ";/?:@&=+$,-_.!~*'()#%"


@dataclass(slots=True)
class Records:
    """The links and tags of a paragraph; their places are offsets into its content."""

    links: list[Link] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)

    def add_tag(self, name: str, start: int) -> None:
        """Add the tag that stands at ``start``, ``name`` being all that may belong to it."""
        name = name.rstrip("/-")
        self.tags.append(Tag(name, start, start + 1 + len(name)))

    def add_link(self, href: str, text: str, start: int, end: int, *, is_definition: bool = False) -> None:
        """Add a Markdown link, or an image, to ``href``, which lies among the notes."""
        target, _, anchor = href.partition("#")
        link = Link("markdown", target, anchor.strip(), text.strip(), start, end, is_definition=is_definition)
        self.links.append(link)


def find(content: str) -> Records:
    """Return the links and tags of a paragraph.

    Raises:
        NotPlain: only markdown-it-py knows them.
    """
    records = Records()
    if not ("](" in content or "[[" in content or ("#" in content and _TAG_START.search(content))):
        return records
    last_link = content.rfind("](")
    at = 0
    while special := _SPECIAL.search(content, at):
        start = special.start()
        token = _TOKEN.match(content, start)
        if token:
            _read(token, records)
            at = _after_code(content, start, token.end()) if token.lastgroup == "code" else token.end()
        elif (content[start] in "![" and start < last_link) or _MARKUP.match(content, start):
            raise NotPlain
        else:
            at = start + 1
    return records


def _read(token: re.Match[str], records: Records) -> None:
    """Add what ``token`` is to ``records``."""
    kind = token.lastgroup
    if kind == "wiki":
        anchor = (token["anchor"] or "").removeprefix("#").strip()
        text = (token["text"] or "").strip()
        records.links.append(Link("wiki", token["target"].strip(), anchor, text, *token.span()))
    elif kind == "tag":
        records.add_tag(token["name"], token.start())
    elif kind == "link":
        source = token[0]
        if ("![" in source and _ODD_IMAGE.search(source)) or ("#" in source and _TAG_START.search(source)):
            raise NotPlain
        href = address(token["bracketed"] or token["bare"] or "")
        if href is not None:
            records.add_link(href, source[1 : source.find("](")], *token.span())
        label = _WHOLE_LABEL.match(source) if "![" in source else None
        for part in _PART.finditer(source, 1, label.end()) if label else ():
            if part["image"]:
                _read_image(part["image"], token.start() + part.start(), records)
    elif kind == "image":
        _read_image(token[0], token.start(), records)
    elif kind == "address" and is_odd(token[0][1:-1]):
        raise NotPlain


def _read_image(source: str, start: int, records: Records) -> None:
    parts = None if _ODD_IMAGE.match(source) else _IMAGE_PARTS.fullmatch(source)
    if parts is None:
        raise NotPlain
    href = address(parts["bracketed"] or parts["bare"] or "")
    if href:
        records.add_link(href, source[2 : source.find("](")], start, start + len(source))


def _after_code(content: str, start: int, end: int) -> int:
    """Return the end of the code span [6.1] that the backticks from ``start`` to ``end`` open, else ``end``."""
    fence = content[start:end]
    return next((run.end() for run in _BACKTICKS.finditer(content, end) if run[0] == fence), end)


def address(destination: str) -> str | None:
    """Return ``destination`` as markdown-it-py encodes it, None for one outside of the notes.

    Raises:
        NotPlain: only markdown-it-py knows.
    """
    if is_odd(destination):
        raise NotPlain
    if SCHEME.match(destination) or destination.startswith("//"):
        return None
    if _ID.fullmatch(destination):
        return destination
    if _ENTITY.search(destination) or _PREFIX.match(destination) or _BARE_PERCENT.search(destination):
        raise NotPlain
    return destination if _ENCODED.fullmatch(destination) else quote(destination, safe=_UNCHANGED)
