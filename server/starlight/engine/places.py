"""The citation marks of an answer as links that lead to the places of its sources.

Only marks of known sources become links.  Everything else that Markdown would turn into something active is shown as
text: links and images of the answer's own (their addresses as code, so that no reader makes links of them), raw HTML,
definitions of references.  An answer can repeat what a note says, and a note can say anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from starlight.engine.answer import Source
from starlight.engine.describe import HEADING_SEPARATOR
from starlight.notes import marks
from starlight.notes.links import stem_of

_FENCE = re.compile(
    r"^(?P<indent>[ ]{0,3})(?P<fence>`{3,}|~{3,})(?P<info>[^`\n<\[]*)\n"
    r"(?P<code>(?:(?!(?P=indent)[ ]{0,3}(?P=fence)).*\n)*?)(?P=indent)[ ]{0,3}(?P=fence)[ \t]*$",
    re.MULTILINE,
)
_SCHEME = r"[a-zA-Z][a-zA-Z0-9+.-]{1,31}:"
_TOKEN = re.compile(
    rf"""(?P<escaped>\\[!-/:-@\[-`{{-~])
    |(?P<code>(?<!`)(?P<ticks>`+)(?!`)[^\n]*?[^`\n](?P=ticks)(?!`))
    |(?P<mark>{marks.MARK.pattern.replace("linked", "l").replace("plain", "p")})
    |(?P<wiki>\[\[(?P<target>[^\[\]|\n<>`]{{1,200}})(?:\|(?P<shown>[^\[\]\n<>`]{{0,200}}))?\]\](?!\())
    |(?P<task>(?<=[-*+][ ])\[[ xX]\](?=[ ]))
    |(?P<link>!?\[(?P<text>[^\[\]\n]{{0,500}})\]
        \([ ]*<?(?P<to>[^()<>\s]{{0,2000}})>?(?:[ ]+["'(][^\n)]{{0,200}}["')])?[ ]*\))
    |(?P<address><(?P<inner>{_SCHEME}[^<>\s]{{0,2000}}|[^<>\s@]{{1,100}}@[^<>\s]{{1,200}})>)
    |(?P<bare>(?<!\w)(?:{_SCHEME}//|www\.)[^\s<>`]{{1,2000}}|(?<![\w.])[\w.+-]{{1,64}}@[\w-]{{1,63}}\.[\w.-]{{1,63}})
    |(?P<other>[\[\]<`!&](?P<entity>\#?\w{{1,32}};)?)""",
    re.VERBOSE,
)
_UNSAFE = re.compile(r"""[\s()<>\[\]\\"'`{}|^*_~]|[\x00-\x1f\x7f]""")
_NOT_IN_WIKILINKS = re.compile(r"[\[\]|#^\\\n\r<>`%]|[\x00-\x1f\x7f]")


def linked(answer: str, sources: Sequence[Source], uri_of: Callable[[Source], str]) -> str:
    """Return ``answer`` as Markdown in which the marks of ``sources`` are links: ``[[1]](uri#L12)``.

    ``uri_of`` gives the address of a source's note; its first line is added.  A source that is in no note gets no link.
    """
    links = {source.number: _uri(source, uri_of(source)) for source in sources if source.path}
    return _rewritten(answer, links, is_note=False)


def wikilinked(answer: str, sources: Sequence[Source], within: str = "") -> str:
    """Return ``answer`` for a note: marks are wikilinks that show their number, ``[[path#heading|1]]``.

    Of the headings above a source the innermost is named, without a path where it stands in the note at ``within``, as
    the answer will: ``[[#heading|1]]``.
    Wikilinks of the answer stay.  A path that a wikilink cannot hold becomes a Markdown link.
    """
    links = {source.number: _wikilink(source, within) for source in sources if source.path}
    return _rewritten(answer, links, is_note=True)


def _uri(source: Source, uri: str) -> Callable[[int], str]:
    address = _UNSAFE.sub(
        lambda found: quote(found[0], safe="") if found[0] not in "'()*_~" else f"%{ord(found[0]):02X}", uri
    )
    return lambda number: f"[[{number}]]({address}#L{source.start_line})"


def _wikilink(source: Source, within: str) -> Callable[[int], str]:
    path = source.path.removesuffix(".md")
    if _NOT_IN_WIKILINKS.search(path):
        return _uri(source, quote(source.path))
    # As editors name headings in links: what a link cannot hold becomes a space.
    locator = source.locator
    if locator and locator.unit == "page":
        return lambda number: f"[[{path}#page={locator.number}|{number}]]"
    *_, innermost = source.heading.split(HEADING_SEPARATOR)
    heading = " ".join(_NOT_IN_WIKILINKS.sub(" ", innermost).split())
    if heading and source.path == within:
        return lambda number: f"[[#{heading}|{number}]]"
    is_title = heading.casefold() in (source.title.casefold(), stem_of(path).casefold())
    anchor = f"#{heading}" if heading and not is_title else ""
    return lambda number: f"[[{path}{anchor}|{number}]]"


Links = dict[int, Callable[[int], str]]


def _rewritten(answer: str, links: Links, *, is_note: bool) -> str:
    text = answer.replace("\r\n", "\n").replace("\r", "\n")
    parts, at = [], 0
    for fence in _FENCE.finditer(text):
        if _is_fence(text, fence):
            parts += [_safe(text[at : fence.start()], links, is_note=is_note), fence[0]]
            at = fence.end()
    return "".join([*parts, _safe(text[at:], links, is_note=is_note)])


def _is_fence(text: str, fence: re.Match[str]) -> bool:
    """Whether every reader of Markdown takes this for code: it stands alone, and no line of it leaves its indent."""
    before = text[: fence.start()]
    is_apart = not before.strip() or before.endswith("\n\n")
    inside = all(line.startswith(fence["indent"]) or not line.strip() for line in fence["code"].split("\n"))
    return is_apart and inside and not fence["indent"]


def _safe(text: str, links: Links, *, is_note: bool) -> str:
    return "\n".join(_safe_line(line, links, is_note=is_note) for line in text.split("\n"))


def _safe_line(line: str, links: Links, *, is_note: bool) -> str:
    is_row = line.lstrip().startswith("|")
    safe, at = "", 0
    for found in _TOKEN.finditer(line):
        safe += line[at : found.start()]
        shown = _shown(found, links, is_row, is_note)
        # Two pieces of code side by side would be read as one, and a backslash would end what is none.
        safe += f" {shown}" if safe.endswith(("`", "\\")) and shown.startswith("`") else shown
        at = found.end()
    return safe + line[at:]


def _shown(found: re.Match[str], links: Links, is_row: bool, is_note: bool) -> str:  # noqa: FBT001
    kind = next(
        name for name in ("escaped", "code", "mark", "wiki", "task", "link", "address", "bare", "other") if found[name]
    )
    if kind == "mark":
        return _mark(found, links, is_row=is_row)
    if kind == "wiki":
        shown = found["shown"] or found["target"]
        return (found[0] if "://" not in found["target"] else _code(found["target"])) if is_note else _plain(shown)
    if kind == "link":
        return f"{_plain(found['text'])} ({_code(found['to'])})" if found["to"] else _plain(found["text"])
    if kind == "address":
        return _code(found["inner"])
    if kind == "bare":
        return _code(found[0])
    if kind == "other":
        return (
            f"\\{found[0]}"
            if found[0][0] in "[]<`" or (found.end() < len(found.string) and found[0] == "!")
            else found[0]
        )
    return found[0]


def _mark(found: re.Match[str], links: Links, *, is_row: bool) -> str:
    numbers = marks.numbers_of(found["l"] or found["p"])
    shown = []
    for number in numbers:
        link = links[number](number) if number in links else f"\\[{number}\\]"
        shown.append(re.sub(r"\|", r"\\|", link) if is_row else link)
    # A wikilink before a parenthesis would be the text of a link.
    is_before = shown[-1].endswith("]]") and found.string.startswith("(", found.end())
    return " ".join(shown) + (" " if is_before else "")


def _plain(text: str) -> str:
    return re.sub(r"(?<!\\)([\[\]<`!])", r"\\\1", text)


def _code(text: str) -> str:
    return f"`{text.replace('`', '')}`"
