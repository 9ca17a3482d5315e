"""What stands in the text of AsciiDoc: links, references, emphasis (https://docs.asciidoctor.org/asciidoc/latest)."""

from __future__ import annotations

import re

from starlight.readers.by_line import destination, link, unbracketed


def _constrained(name: str, mark: str) -> str:
    """Return the pattern of what stands behind the first of two ``mark``, around whole words."""
    body = rf"[^{mark}\s](?:[^{mark}\n]|\n(?!\n))*"
    return rf"(?<={mark})(?<![\w\\:}}]{mark})(?P<{name}>{body}){mark}(?<=\S{mark})(?![\w{mark}])"


_TOKEN = re.compile(
    r"[*_`#<:/{](?:"  # ``re`` passes quickly over what is none of these
    + "|".join(
        (
            r"(?<=\*)\*(?P<strong>[^*\s](?:[^*\n]|\n(?!\n))*)\*\*",
            r"(?<=_)_(?P<stressed>[^_\s](?:[^_\n]|\n(?!\n))*)__",
            _constrained("bold", r"\*"),
            _constrained("italic", "_"),
            _constrained("code", "`"),
            r"(?<=`)(?P<tick>)",
            r"(?<=\#)(?<!\w\#)(?P<marked>[^#\s][^#\n]*)\#(?<=\S\#)(?!\w)",
            r"(?<=\#)(?<!\S\#)(?P<hash>)(?=[\w/-])",  # a tag of Markdown
            r"(?<=<)<(?P<reference>[^<>,\n]+)(?:,(?P<shown>(?:[^<>\n]|\n(?!\n))*))?>>",
        )
    )
    + ")"
)
_MACRO = re.compile(
    r"(?<![\w:])(?P<kind>link|xref|mailto|image|kbd|btn|menu|footnote|stem|latexmath|asciimath|icon|pass|indexterm2?"
    r"|https?|ftp|irc):(?:(?<=image:):)?(?P<to>[^\s\[\]<>]{0,2000})\[(?P<text>(?:[^\[\]\\\n]|\\.|\n(?!\n)){0,5000})\]"
)
_AROUND = {"strong": "**", "bold": "**", "stressed": "*", "italic": "*", "marked": ""}
_FIRST = re.compile(r'^(?:"(?P<quoted>[^"]*)"|(?P<bare>[^,=]*))(?:,.*)?$', re.DOTALL)


def markdown(text: str) -> str:
    """Return ``text``, which has as many lines as before, with what stands in it as Markdown has it."""
    if ":" in text and "[" in text:
        text = _MACRO.sub(_macro, text)
    return _TOKEN.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    kind = str(found.lastgroup)
    if kind in _AROUND:
        return f"{_AROUND[kind]}{_TOKEN.sub(_written, found[kind])}{_AROUND[kind]}"
    if kind == "code":
        return f"`{found[kind].strip('+')}`"
    if kind in ("tick", "hash"):
        return f"\\{found[0]}"
    to, shown = found["reference"].strip(), found["shown"] or ""
    return link(shown if shown.strip() else to.lstrip("#"), _place(to), found[0].count("\n"))


def _place(reference: str) -> str:
    """Return the file or the anchor that a reference names."""
    path, mark, anchor = reference.partition("#")
    if not mark and "." not in path:
        return f"#{path}"
    return f"{path}{mark}{anchor}" if "." in path or not path else f"{path}.adoc{mark}{anchor}"


def _macro(found: re.Match[str]) -> str:
    kind, to, said = found["kind"], found["to"], found["text"].replace("\\]", "]")
    if kind in ("stem", "latexmath", "asciimath"):
        return f"${said}$"
    if kind == "footnote":
        return f" ({said})" if said else ""
    if kind in ("kbd", "btn", "menu", "pass", "indexterm2"):
        return f"{to} {said}".strip(" ")
    if kind in ("icon", "indexterm"):
        return "\n" * said.count("\n")
    first = _FIRST.match(said)
    text = ((first["quoted"] or first["bare"]) if first else said) or ""
    lost = said.count("\n")
    if kind == "image":
        return f"![{unbracketed(' '.join(text.split()))}]({destination(to)})" + "\n" * lost
    text = text.removesuffix("^")
    if kind == "xref":
        return link(text if text.strip() else to, _place(to), lost)
    to = to if kind == "link" else f"{kind}:{to}"
    return link(text if text.strip() else to.removeprefix("mailto:"), to, lost)
