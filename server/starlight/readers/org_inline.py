"""What stands in the text of Org: links, emphasis, citations, timestamps (https://orgmode.org/worg/org-syntax.html).

Every construct is looked for up to the next character that could begin another one of its kind, so that a text of
nothing but beginnings takes no longer than any other.
"""

from __future__ import annotations

import re

from starlight.readers.by_line import destination, is_web, unbracketed

_BEFORE = r"\s\-({'\"|"
_AFTER = r"(?![^\s\-.,;:!?'\")}\[\]\\|])"


def _emphasis(name: str, mark: str) -> str:
    """Return the pattern of what stands behind the first of two ``mark``: on one line, or on two."""
    body = rf"[^{mark}\s][^{mark}\n]*(?:\n(?!\n)[^{mark}\n]*)?"
    return rf"(?<={mark})(?<![^{_BEFORE}]{mark})(?P<{name}>{body}){mark}(?<=\S{mark}){_AFTER}"


_IN_BRACKETS = "|".join(
    (
        r"\[(?P<path>(?:[^\[\]\\\n]|\\[^\n])+)\](?:\[(?P<text>(?:[^\[\]\n]|\[(?!\[)|\](?!\])|\n(?!\n))+)\])?\]",
        r"fn:(?P<note>[\w-]*)(?::(?P<said>[^\[\]\n]*))?\]",
        r"cite(?:/[\w/-]+)?:(?P<cited>[^\[\]]*)\]",
        r"(?P<inactive>\d{4}-\d\d-\d\d[^\[\]<>\n]*)\]",
    )
)
_TOKEN = re.compile(
    r"[\[<$*/_+=~`#](?:"  # ``re`` passes quickly over what is none of these
    + "|".join(
        (
            rf"(?<=\[)(?:{_IN_BRACKETS})",
            r"(?<=<)(?P<active>\d{4}-\d\d-\d\d[^\[\]<>\n]*)>",
            r"(?<=<)<<?(?P<target>[^<>\n]+)>>>?",
            r"(?<=\$)(?P<math>(?![\s.,;$])[^$\n]*(?:\n(?!\n)[^$\n]*)?)\$(?<=[^\s.,$]\$)(?!\w)",
            _emphasis("bold", r"\*"),
            _emphasis("italic", "/"),
            _emphasis("underlined", "_"),
            _emphasis("struck", r"\+"),
            _emphasis("verbatim", "="),
            _emphasis("code", "~"),
            r"(?<=`)(?P<taken>)|(?<=\#)(?<!\S\#)(?P<taken_tag>)(?=[\w/-])",  # code and tags of Markdown
        )
    )
    + ")"
)
_AROUND = {"bold": "**", "italic": "*", "underlined": "", "struck": "~~"}
_TYPE = re.compile(r"([A-Za-z][\w+.-]*):")
_ESCAPED = re.compile(r"\\([\[\]\\])")
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?)$", re.IGNORECASE)
_SPACE = re.compile(r"[\s<>]")
_OUTSIDE = frozenset(["http", "https", "ftp", "mailto", "doi", "news", "tel", "irc", "gopher", "gemini", "zotero"])
_FILES = frozenset(["file", "file+sys", "file+emacs", "docview", "pdf", "pdfview", "pdftools"])


def markdown(text: str) -> str:
    """Return ``text``, which has as many lines as before, with what stands in it as Markdown has it."""
    return _TOKEN.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    kind = str(found.lastgroup)
    body = found[kind]
    if kind in ("path", "text"):
        return _link(_ESCAPED.sub(r"\1", found["path"]), found["text"] or "")
    if kind in _AROUND:
        return f"{_AROUND[kind]}{markdown(body)}{_AROUND[kind]}"
    if kind in ("verbatim", "code"):
        return f"`` {body} ``" if "`" in body else f"`{body}`"
    if kind == "said":
        return f" ({markdown(body)})" if body else ""
    if kind in ("taken", "taken_tag"):
        return f"\\{found[0]}"
    if kind == "target":
        return body if found[0].startswith("<<<") else ""
    marks = {"note": "[^%s]", "cited": "[%s]", "math": "$%s$"}
    return marks.get(kind, "%s") % body


def _link(path: str, text: str) -> str:
    """Return a link to ``path``; what of its text stands on another line stays behind it."""
    body = text.lstrip()
    before = text[: len(text) - len(body)]
    text, end, rest = body.partition("\n")
    shown = _shown(text)
    rest = markdown(rest)
    typed = _TYPE.match(path)
    kind, place = (typed[1].lower(), path[typed.end() :]) if typed else ("", path)
    if kind == "id":
        to, anchor = _searched(place)
        link = f"[{shown or to}]({destination(f'id:{to}{anchor}')})"
    elif kind in _FILES or (not kind and place.startswith(("./", "../", "/", "~"))):
        link = _file(place, text, shown)
    elif kind in _OUTSIDE:
        link = f"[{shown}]({destination(path)})" if shown else f"<{path}>" if is_web(path) else path
    elif not kind and place.startswith(("*", "#")):
        name = place[1:].strip()
        link = f"[{shown or _shown(name)}]({destination('#' + name)})"
    elif kind == "roam" or not kind or place.startswith(" "):  # a title may have a colon in it
        link = _wikilink(place if kind == "roam" else path, shown)
    else:
        link = shown or _shown(path)
    return f"{before}{link}{end}{rest}"


def _shown(text: str) -> str:
    """Return ``text`` as the text of a link, in which brackets would be links, and the place of an image is one."""
    if text.startswith(("file:", "./", "http:", "https:")) and _IMAGE.search(text) and not _SPACE.search(text):
        return f"![]({destination(text.removeprefix('file:'))})"
    return markdown(unbracketed(text))


def _searched(place: str) -> tuple[str, str]:
    """Return the file or note that ``place`` names, and what is looked for in it, as an anchor."""
    to, _, wanted = place.partition("::")
    return to, f"#{wanted[1:].strip()}" if wanted.startswith(("*", "#")) else ""


def _file(place: str, text: str, shown: str) -> str:
    path, anchor = _searched(place)
    path = path.replace("\\", "/")
    if path.startswith(("/", "~")):  # not of this folder
        return shown or _shown(path)
    path = path.replace("%", "%25").replace("#", "%23")
    to = destination(path + anchor)
    if not text and _IMAGE.search(path):
        return f"![]({to})"
    return f"[{shown or _shown(place)}]({to})"


def _wikilink(title: str, shown: str) -> str:
    title = " ".join(title.split())
    if not title or not set("#|^[]").isdisjoint(title):
        return shown or _shown(title)
    return f"[[{title}|{shown}]]" if shown and "[" not in shown else f"[[{title}]]"
