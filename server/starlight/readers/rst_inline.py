"""What stands in the text of reStructuredText: roles, links, literals (docutils' specification, "Inline markup")."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlight.readers.by_line import link

_QUOTED = r"(?:[^`\n]|\n(?!\n))+"
_TOKEN = re.compile(
    r"[`:_\[\\#](?:"  # ``re`` passes quickly over what is none of these
    rf"(?<=`)`(?P<literal>(?:[^`\n]|`(?!`)|\n(?!\n))+)``"
    rf"|(?<=:)(?P<role>[A-Za-z][\w+.-]*(?::[\w+.-]+)?):`(?P<said>{_QUOTED})`"
    rf"|(?<=`)(?P<quoted>{_QUOTED})`(?P<end>__?)?"
    r"|(?<=_)`(?P<target>[^`\n]+)`"
    r"|(?<=\[)(?P<note>#?[\w.-]+|[#*])\]_(?!\w)"
    r"|(?<=\\)(?P<nothing>[ ])"
    r"|(?<=\#)(?<!\S\#)(?P<taken>)(?=[\w/-])"  # a tag of Markdown
    r")"
)
_NAME = re.compile(r"(?<![\w.+`/-])(?P<name>[A-Za-z0-9](?:[\w.+-]*[A-Za-z0-9])?)_(?![\w`])")
_WITH_TARGET = re.compile(r"(?P<text>[^<]*?)\\?<(?P<to>[^<>]+)>\s*")
"""The backslash is of ``escaping``, where the address begins a line."""
_TEXTS = frozenset(
    ("ref", "numref", "term", "abbr", "title-reference", "emphasis", "strong", "cite", "any", "guilabel")
)
"""Roles whose text is plain; that of most others is the name of something in a program."""


class Inline:
    """Reads the text of a file whose named ``targets`` (name in lower case, address) are known."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._targets = targets

    def __call__(self, text: str) -> str:
        """Return ``text`` with what stands in it as Markdown has it, on as many lines."""
        text = _TOKEN.sub(self._written, text)
        return _NAME.sub(self._named, text) if self._targets else text

    def _written(self, found: re.Match[str]) -> str:
        if found["literal"]:
            body = found["literal"]
            return f"`` {body} ``" if "`" in body else f"`{body}`"
        if found["role"]:
            return self._role(found["role"].lower(), found["said"])
        if found["quoted"]:
            return self._linked(found["quoted"]) if found["end"] else found["quoted"]
        if found["note"]:
            return f"[{found['note']}]"
        if found["nothing"]:
            return ""
        return found["target"] or f"\\{found[0]}"

    def _linked(self, quoted: str) -> str:
        """A link: ``text <address>``, or the name of a target."""
        named = _WITH_TARGET.fullmatch(quoted)
        text, to = (named["text"], named["to"]) if named else (quoted, "")
        if not to or to.endswith("_"):
            to = self._targets.get(" ".join((to.rstrip("_") or text).lower().split()), "")
        if not to:
            return text.rstrip(" ") + "\n" * (quoted.count("\n") - text.count("\n"))
        return link(text if text.strip() else to, "".join(to.split()), quoted.count("\n"))

    def _named(self, found: re.Match[str]) -> str:
        to = self._targets.get(found["name"].lower())
        return link(found["name"], to) if to else found[0]

    def _role(self, role: str, said: str) -> str:
        named = _WITH_TARGET.fullmatch(said)
        text, to = (named["text"].rstrip(" "), named["to"]) if named else (said, said)
        lost = "\n" * (said.count("\n") - text.count("\n"))
        if role == "doc":
            return link(text, f"{to.strip()}.rst", said.count("\n"))
        if role == "math":
            return f"${said}$"
        if named or role in _TEXTS or role == "download":
            return (text or to) + lost
        if text.startswith("~"):
            text = text.rpartition(".")[2]
        return f"`{text.lstrip('!~')}`"
