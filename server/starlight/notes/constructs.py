"""What a line of Markdown can be: CommonMark 0.31 (its sections stand in brackets), and GFM for tables.

Where the specification and markdown-it-py differ in a corner, this follows markdown-it-py.
A line is given here without its end and without the white space before it.
"""

from __future__ import annotations

import re

BLANK = " \t"
"""All that a blank line holds [2.1]."""

LAZY = "\0"
"""Begins a line of a quote that has no marker of its own [5.1]; the text itself holds no NUL any more [2.3]."""

TRIM = "\t\n\x0b\x0c\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What markdown-it-py strips from both ends of a paragraph, a heading and a cell."""

FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")
"""The opening of a fenced code block [4.5]."""

_AFTER_MARKER = ("", " ", "\t")
_NUMBER = re.compile(r"[0-9]{1,9}[.)](?=[ \t]|$)")
_BARE = r"[^()\\\x00-\x20\x7f]*"
DESTINATION = rf"<(?P<bracketed>[^<>\n\\]*)>|(?P<bare>(?=[^)<\\\x00-\x20\x7f]){_BARE}(?:\({_BARE}\){_BARE})*)"
"""The pattern of a link's destination [6.3], as far as it is plain: no escapes, parentheses one deep."""

TITLE = r""""[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|\([^()\\]*(?:\\.[^()\\]*)*\)"""
"""The pattern of a link's title [6.3]."""

DEFINITION = re.compile(
    r"\[(?P<label>(?:[^\[\]\\\n]|\\.)+)\]:[ \t]*"
    r"(?:<(?P<bracketed>(?:[^<>\n\\]|\\.)*)>|(?P<bare>(?:[^\s<\\]|\\.)(?:[^\s\\]|\\.)*))(?=\s|$)"
)
"""Label and destination of the definition of a link reference [4.7] that has both on one line."""

_LABEL = re.compile(r"\[(?P<label>(?:[^\[\]\\]|\\.)*)(?P<end>[\[\]])", re.DOTALL)
_DESTINATION = re.compile(DESTINATION)
_TITLE = re.compile(TITLE, re.DOTALL)
TAG = (
    r"<[A-Za-z][A-Za-z0-9\-]*(?:\s+[a-zA-Z_:][a-zA-Z0-9:._-]*"
    r"""(?:\s*=\s*(?:[^"'=<>`\x00-\x20]+|'[^']*'|"[^"]*"))?)*\s*/?>"""
    r"|</[A-Za-z][A-Za-z0-9\-]*\s*>"
)
"""The pattern of an opening or a closing tag of HTML [6.6]."""

_ELEMENTS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hr|html|iframe|legend|li|link|"
    "main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|"
    "title|tr|track|ul"
)
_BLANK_LINE = re.compile(r"\A\Z")
# The seven kinds of HTML blocks [4.6]: how each starts and what ends it.
_HTML = (
    (
        re.compile(r"<(?a:script|pre|style|textarea)(?=\s|>|$)", re.IGNORECASE),
        re.compile(r"</(?a:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?a:{_ELEMENTS})(?=\s|/?>|$)", re.IGNORECASE), _BLANK_LINE),
)
_HTML_7 = (re.compile(rf"(?:{TAG})\s*$"), _BLANK_LINE)

_RULER = re.compile(r"(?:[|:][|: \t-]|-[|:-])[|: \t-]*$")
_RULER_CELL = re.compile(r":?-+:?$")
MAX_MISSING_CELLS = 0x10000
"""Where a table lacks more cells than this, markdown-it-py ends it."""

_BAD_SCHEME = re.compile(r"(?:vbscript|javascript|file|data):", re.IGNORECASE)


class NotPlain(Exception):
    """A construct that is left to markdown-it-py."""


def is_rule(line: str) -> bool:
    """Whether ``line`` is a thematic break [4.1]."""
    mark = line[0]
    return mark in "*-_" and line[-1] in "*-_ \t" and not line.strip(mark + BLANK) and line.count(mark) >= 3


def marker_end(line: str) -> int:
    """Return where the marker of a list item ends that ``line`` begins with [5.2], 0 where there is none."""
    if line[0] in "-+*":
        return int(line[1:2] in _AFTER_MARKER)
    number = _NUMBER.match(line)
    return number.end() if number else 0


def atx_level(line: str) -> int:
    """Return the level of the ATX heading that ``line`` is [4.2], 0 where it is none."""
    level = len(line) - len(line.lstrip("#"))
    return level if level <= 6 and line[level : level + 1] in _AFTER_MARKER else 0


def html_end(line: str, *, in_paragraph: bool = False) -> re.Pattern[str] | None:
    """Return what ends the HTML block that ``line`` starts [4.6], None where it starts none."""
    for start, end in _HTML:
        if start.match(line):
            return end
    # The seventh kind cannot interrupt a paragraph.
    return _HTML_7[1] if not in_paragraph and _HTML_7[0].match(line) else None


def ends_at_blank(html: re.Pattern[str]) -> bool:
    """Whether the HTML block ended by ``html`` ends at a blank line [4.6, kinds 6 and 7]."""
    return html is _BLANK_LINE


def setext_level(line: str) -> int:
    """Return the level that ``line`` as an underline gives a heading [4.3], 0 where it is none."""
    mark = line[0]
    return (1 if mark == "=" else 2) if mark in "=-" and not line.rstrip(BLANK).strip(mark) else 0


def heading_text(line: str, level: int) -> str:
    """Return the content of the ATX heading ``line`` [4.2], without a closing sequence."""
    text = line[level:].rstrip(BLANK)
    bare = text.rstrip("#")
    return (bare if bare and bare[-1] in BLANK else text).strip(TRIM)


def n_columns(header: str, ruler: str) -> int:
    """Return the number of columns of the table that two lines start (GFM), 0 where they start none."""
    if not _RULER.match(ruler):
        return 0
    cells = [cell.strip(TRIM) for cell in ruler.split("|")]
    inner = [cell for at, cell in enumerate(cells) if cell or 0 < at < len(cells) - 1]
    if "|" not in header or not all(map(_RULER_CELL.match, inner)):
        return 0
    return len(inner) if n_cells(header) == len(inner) else 0


def n_cells(row: str) -> int:
    """Return the number of cells of a table's row (GFM): a bar after a backslash is a letter."""
    row = row.strip(TRIM)
    ends = row.startswith("|") + (row.endswith("|") and not row.endswith("\\|"))
    return row.count("|") - row.count("\\|") + 1 - ends


def is_definition(lines: list[str], n: int) -> bool:
    """Whether line ``n``, which begins with a bracket, is the definition of a link reference [4.7].

    Raises:
        NotPlain: it may be, and may take more than the one line.
    """
    line = lines[n].strip(BLANK)
    label = _LABEL.match(line)
    if not label:  # the label may go on below, up to the first bracket there
        after = range(n + 1, len(lines))
        until = next((at for at in after if "[" in lines[at] or "]" in lines[at] or not lines[at].strip(BLANK)), n)
        text = "\n".join(lines[n : until + 1]).lstrip(BLANK)
        label = _LABEL.match(text)
        if label and text.startswith("]:", label.end() - 1):
            raise NotPlain
        return False
    if not line.startswith("]:", label.end() - 1) or not label["label"].strip(TRIM):
        return False
    below = (below.strip(BLANK + LAZY) for below in (*lines[n + 1 : n + 3], "", ""))
    rest = line[label.end() + 1 :].lstrip(BLANK)
    if rest:
        return _defines(rest, next(below))
    rest = next(below)
    if rest and _defines(rest, next(below)):
        raise NotPlain
    return False


def _defines(line: str, below: str) -> bool:
    """Whether what follows a label and a colon is a destination, with or without a title, and nothing else."""
    found = _DESTINATION.match(line)
    if not found or is_odd(found[found.lastgroup or 0]):
        raise NotPlain
    rest = line[found.end() :]
    if not rest:
        if below.startswith(('"', "'", "(")):
            raise NotPlain
        return True
    if rest[0] in "(\\":
        raise NotPlain
    title = rest.lstrip(BLANK)
    if title == rest or title[0] not in "\"'(":
        return False
    whole = _TITLE.match(title)
    if not whole:
        raise NotPlain
    return whole.end() == len(title)


def is_odd(destination: str) -> bool:
    """Whether only markdown-it-py knows if ``destination`` is one that it lets a link have."""
    return bool("&" in destination[:20] or destination != destination.strip() or _BAD_SCHEME.match(destination))


def unquoted(text: str) -> str:
    """Return what follows the marker of a quote, "" for a blank line."""
    text = text[2:] if text[1:2] == " " else text[1:]
    content = text.lstrip(BLANK)
    if "\t" in text[: len(text) - len(content)]:
        raise NotPlain
    return text if content else ""


def outdented(line: str, indent: int) -> str:
    """Return ``line`` without its first ``indent`` columns, as far as they are white space."""
    column = at = 0
    while column < indent and line[at : at + 1] in (" ", "\t"):
        column += 1 if line[at] == " " else 4 - column % 4
        at += 1
    return " " * (column - indent) + line[at:]
