"""What stands in the text of LaTeX: commands unwrapped, mathematics as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from starlight.readers.by_line import is_web, link
from starlight.readers.escaping import literal

_OPTION = r"(?:\[[^\[\]\n]*\])?"
_IN_MATH = r"(?:[^$\\\n]|\\[^\n]|\\?\n(?!\n))+"
_SILENT = (
    "label|index|[vh]space|(?:this)?pagestyle|bibliography(?:style)?|[vh]?phantom|(?:addto|set)counter|(?:set|addto)length"
    "|usepackage|documentclass|graphicspath|hypersetup|color|begin|end|thanks|(?:re)?newcommand|newenvironment"
    "|providecommand|newtheorem|DeclareMathOperator|input(?:encoding)?|include|subfile|hyphenation"
)
_TOKEN = re.compile(
    r"[\\${}~`'-](?:"  # ``re`` passes quickly over what is none of these
    rf"(?<=\$)(?P<dollars>\${_IN_MATH}\$\$|{_IN_MATH}\$)"
    r"|(?<=\\)(?:"
    r"(?P<math>\((?:[^\\\n]|\n(?!\n)|\\[^()\n])*\\\)|\[(?:[^\\\n]|\n(?!\n)|\\[^\[\]\n])*\\\])"
    r"|href\{(?P<address>[^{}\n]*)\}[ ]*\{(?P<text>(?:[^{}\n]|\n(?!\n)|\{[^{}\n]*\})*)\}"
    r"|(?:url|nolinkurl)\{(?P<url>[^{}\n]*)\}"
    rf"|includegraphics\*?{_OPTION}\{{(?P<image>[^{{}}\n]*)\}}"
    r"|(?:input|include|subfile)\{(?P<file>[^{}\n]*)\}"
    rf"|[a-zA-Z]{{0,20}}[cC]ite[a-zA-Z]{{0,20}}\*?(?P<beside>{_OPTION}{_OPTION})\{{(?P<cited>[^{{}}]*)\}}"
    rf"|bibitem{_OPTION}\{{(?P<entry>[^{{}}\n]*)\}}"
    r"|[a-zA-Z]*ref\*?\{(?P<reference>[^{}\n]*)\}"
    r"|verb\*?(?P<bar>[^\sa-zA-Z*])(?P<verbatim>[^\n]{0,500}?)(?P=bar)"
    r"|(?P<accent>[`'^\"~=.]|[cuvHkrbd](?![a-zA-Z]))[ ]?(?:\{\\?(?P<inside>[^\W\d_])\}|\\?(?P<letter>[^\W\d_]))"
    r"|hyper(?:target|link)\{(?P<anchor>[^{}\n]*)\}"
    rf"|(?P<silent>(?:{_SILENT})(?![a-zA-Z])\*?{_OPTION}(?:\{{[^{{}}]*\}}{_OPTION})*)"
    rf"|(?P<command>[a-zA-Z@]+)\*?[ \t]*{_OPTION}"
    r"|(?P<escaped>[^a-zA-Z@\n])"
    r")"
    r"|(?<=\{)(?P<open>)|(?<=\})(?P<close>)|(?<=~)(?P<tie>)|(?<=`)(?P<quote>`?)|(?<=')'(?P<quoted>)"
    r"|(?<=-)(?P<dash>--?)(?!-)"
    r")"
)
_AROUND = {
    "textbf": "**",
    "mathbf": "**",
    "emph": "*",
    "textit": "*",
    "textsl": "*",
    "texttt": "`",
    "lstinline": "`",
    "footnote": " ()",
}
_SIGNS: dict[str, str] = dict(
    re.findall(
        r"(\w+)=(\S+)",
        r"ldots=… dots=… textellipsis=… LaTeX=LaTeX TeX=TeX textbackslash=\ textasciitilde=~ slash=/ textdegree=° dag=†"
        " textendash=– textemdash=— euro=€ pounds=£ copyright=© S=§ P=¶ guillemotleft=« guillemotright=»"
        " textless=< textgreater=> textbar=| textasciicircum=^ textquotesingle=' textbullet=•"
        " ss=ß o=ø O=Ø ae=æ AE=Æ oe=œ OE=Œ aa=å AA=Å l=ł L=Ł i=ı j=ȷ",
    )
)
_ACCENTS = {
    **dict(zip("`'^~=u.", "\u0300\u0301\u0302\u0303\u0304\u0306\u0307", strict=True)),
    **dict(zip('"rHvckbd', "\u0308\u030a\u030b\u030c\u0327\u0328\u0331\u0323", strict=True)),
}
_IN_ADDRESS = re.compile(r"\\(?=[#%&_~{}])")
_ESCAPED = {"\\": " ", ",": " ", " ": " ", ";": " ", ":": " ", "!": "", "-": "", "/": "", "#": "\\#"}


def markdown(text: str) -> str:
    """Return ``text``, which has as many lines as before, with what stands in it as Markdown has it."""
    return literal(unwrapped(text), has_lists=True)


def unwrapped(text: str) -> str:
    """Return ``text`` without commands and braces: of most commands what they are given stays."""
    return _TOKEN.sub(_Unwrapping(), text)


class _Unwrapping:
    """Writes what commands and braces are in a text, from its beginning to its end."""

    def __init__(self) -> None:
        self._open: list[str] = []
        """What the braces that are open close with."""
        self._next = ""
        """What the next brace closes with."""

    def __call__(self, found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if kind == "open":
            self._open.append(self._next)
            self._next = ""
            return ""
        if kind == "close":
            return self._open.pop() if self._open else ""
        if kind == "command":
            return self._command(found)
        return _WRITTEN[kind](found)

    def _command(self, found: re.Match[str]) -> str:
        name = found["command"]
        if name not in _AROUND or not found.string.startswith("{", found.end()):
            return "- " if name == "item" else _SIGNS.get(name, "")
        mark = _AROUND[name]
        self._next = mark[-1] if mark == " ()" else mark
        return " (" if mark == " ()" else mark


def _cited(found: re.Match[str]) -> str:
    beside = found["beside"].strip("[]").replace("][", ", ").strip(", ")
    return f"[{found['cited']}{f', {beside}' if beside else ''}]"


def _accented(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", (found["inside"] or found["letter"]) + _ACCENTS[found["accent"]])


def _file(found: re.Match[str]) -> str:
    name = found["file"].strip()
    path = name if "." in name.rpartition("/")[2] else f"{name}.tex"
    return link(name, path) if name and not name.startswith(("/", "|")) else name


def _linked(found: re.Match[str]) -> str:
    to = _address(found["address"])
    return link(unwrapped(found["text"]) or to, to, found[0].count("\n"))


def _url(found: re.Match[str]) -> str:
    to = _address(found["url"])
    return f"<{to}>" if is_web(to) else to


def _address(written: str) -> str:
    """Return an address without the backslashes that it has where it is an argument (manual of ``hyperref``)."""
    return _IN_ADDRESS.sub("", written)


_WRITTEN: dict[str, Callable[[re.Match[str]], str]] = {
    "dollars": lambda found: found[0],
    "math": lambda found: found[0],
    "text": _linked,
    "url": _url,
    "image": lambda found: link("", found["image"].strip()).replace("[", "![", 1),
    "file": _file,
    "cited": _cited,
    "entry": lambda found: f"[{found['entry']}]",
    "reference": lambda found: found["reference"],
    "anchor": lambda _: "",
    "verbatim": lambda found: f"`{found['verbatim']}`" if "`" not in found["verbatim"] else found["verbatim"],
    "inside": _accented,
    "letter": _accented,
    "silent": lambda found: "\n" * found[0].count("\n"),
    "escaped": lambda found: _ESCAPED.get(found["escaped"], found["escaped"]),
    "tie": lambda _: " ",
    "quote": lambda found: "“" if found["quote"] else "‘",
    "quoted": lambda _: "”",
    "dash": lambda found: "—" if len(found["dash"]) == 2 else "–",
}
