"""The bytes of a file that people write into its lines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from starlight.errors import NoteError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"\\(?:usepackage|inputencoding|RequirePackage)[ \t]*(?:\[([\w-]+)\])?\{(?:inputenc|([\w-]+))\}"  # LaTeX
    rb"|coding[:=][ \t]*([\w.-]+)",  # Emacs, Vim, Python, and `encoding=` of others
    re.ASCII,
)
_NEAR_AN_END = 4_000
"""Bytes: editors look for a declaration in the first and in the last lines."""
_LATEX = {"ansinew": "cp1252", "applemac": "mac-roman", "macce": "mac-latin2", "decmulti": "iso8859-1"}
"""Names that LaTeX has for encodings and Python does not."""
_CHARACTERS = re.compile(
    r"ascii|cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|gb2312|gbk|gb18030|big5(?:hkscs)?|euc_\w+|shift_jis\w*|iso2022_\w+"
    r"|johab|tis-620|ptcp154|utf-8|utf-8-sig|utf-16(?:-[bl]e)?"
)
"""Python's names of the encodings that a file may ask for: those of characters, and none that computes."""
_USUAL = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949", "iso8859_2", "iso8859_15"),
)
"""What texts were written in before UTF-8."""
_FEW = 5
_RARE = 0.02
"""So few bytes beyond ASCII, and such a part of them, tell nothing: a language of Western Europe, a name, a dash."""
_SAMPLE = 32_768
"""Bytes that are enough to tell it by."""
_LONG_LINE = 2_000
_HIGH = re.compile(rb"[\x80-\xff]+")


def lines(data: bytes) -> list[str]:
    """Return the lines of a file without their ends, as ``notes.place.Lines`` counts them: one at least.

    Raises:
        NoteError: see ``decode``.
    """
    text = decode(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def decode(data: bytes) -> str:
    """Return the text of a file.

    These decide, the first that can: a byte order mark; ISO 2022, if the file says that it is in it, for it writes all
    in seven bits; UTF-8, which nothing else is by chance; what else the file says of itself; what charset-normalizer
    finds most like a language among the encodings that were usual.

    Raises:
        NoteError: it is no text, or in no encoding that can be told.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _text(_decoded(data, encoding))
    if b"\0" in data:
        raise NoteError("is a binary file, not text")
    if b"\x1b" in data and (declared := _declared(data)).startswith("iso2022"):
        return _text(_decoded(data, declared))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        known = next((each for each in _candidates(data) if _is_in(data, each)), "")
        if not known:
            raise NoteError(
                f"is not UTF-8 text (byte {error.start}), and its encoding cannot be told; "
                "save it as UTF-8 to have it indexed"
            ) from error
    return data.decode(known)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        raise NoteError(f"is not {name} text (byte {error.start}); save it as UTF-8 to have it indexed") from error


def _text(text: str) -> str:
    if "\0" in text:
        raise NoteError("is a binary file, not text")
    return text


def _declared(data: bytes) -> str:
    """Return Python's name of the encoding that the file says it has; "" where it says none that is known."""
    for part in (data[:_NEAR_AN_END], data[_NEAR_AN_END:][-_NEAR_AN_END:]):
        for found in _DECLARED.finditer(part):
            name = next(filter(None, found.groups()), b"").decode("ascii").lower()
            name = re.sub(r"-(?:unix|dos|mac)$", "", name).replace("latin-", "latin")  # as Emacs has them
            known = encoding_called(_LATEX.get(name, name))
            if known and not known.startswith("utf-16"):  # else it could not be read here
                return known
    return ""


def encoding_called(name: str) -> str:
    """Return Python's name of an encoding of characters in which ASCII is ASCII, or UTF-16; else nothing."""
    try:
        known = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return ""
    if not _CHARACTERS.fullmatch(known):
        return ""
    return known if known.startswith("utf") or "\n a".encode(known) == b"\n a" else ""


def _is_in(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _candidates(data: bytes) -> Iterator[str]:
    """Yield the encodings that ``data``, which is not UTF-8, may be in, what makes most sense of it first."""
    if declared := _declared(data):
        yield declared
    sample = data if len(data) <= _SAMPLE else _telling(data)
    if sum(map(len, _HIGH.findall(sample))) <= max(_FEW, len(sample) * _RARE):
        yield "cp1252"
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample, cp_isolation=list(_USUAL), preemptive_behaviour=False).best()
    if best:
        yield best.encoding


def _telling(data: bytes) -> bytes:
    """Return the first lines of ``data`` that are not ASCII."""
    sample = b""
    at = 0
    while len(sample) < _SAMPLE and (high := _HIGH.search(data, at)):
        start = data.rfind(b"\n", max(at, high.start() - _LONG_LINE), high.start()) + 1 or at
        at = data.find(b"\n", high.end(), high.end() + _LONG_LINE) + 1 or high.end() + _LONG_LINE
        sample += data[start:at]
    return sample
