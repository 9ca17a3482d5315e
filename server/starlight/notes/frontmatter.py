"""What a note says of itself at its head: title, aliases, tags and dates, read forgivingly.

That is YAML between dashes, or lines of ``name:: value``, as Logseq has them for a page.

Broken YAML is a problem of the note, never a failure: its body is indexed all the same.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from starlight.notes.model import FrontMatter, Tag
from starlight.notes.place import Lines

# YAML between two fences of three dashes at the very start; a closing `...` is YAML's own end mark.
_FENCED = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
# What nearly all front matter is made of: names, each with a text or a list of texts on one line, or a list below.
# The texts are those that YAML reads letter by letter.
_ODD = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_QUOTED = rf"""'[^'{_ODD}]*'|"[^"\\{_ODD}]*\""""
_BARE = rf"[\w/($+][^:#{_ODD}]*(?:(?::(?=\S)|(?<=\S)#)[^:#{_ODD}]*)*"
_TEXT = rf"(?P<text>{_QUOTED}|{_BARE}) *"
_LISTED = rf"(?:{_QUOTED}|\w[\w.-]*(?: \w[\w.-]*)*)"
_LIST = rf"\[(?P<texts>(?:{_LISTED}(?:, *{_LISTED})*)?)\] *"
_FIELD = re.compile(rf"(?P<name>[A-Za-z_][\w.-]*(?: \w[\w.-]*)*): *(?:(?<= )(?:{_TEXT}|{_LIST}))?")
_ITEM = re.compile(rf"(?P<indent> *)- +{_TEXT}")
_LISTED_TEXT = re.compile(_LISTED)
# The block of properties that a page of Logseq begins with.  Its lines are text all the same: they hold links.
_END = re.compile(r"\r\n?|\n")
_PROPERTY = r"[A-Za-z][\w-]*::(?:[ \t][^\r\n]*)?"
_PAGE = re.compile(rf"\A\ufeff?(?:-[ \t]+)?{_PROPERTY}(?:(?:{_END.pattern})[ \t]*{_PROPERTY})*")
# The other head that notes have, TOML between three plus signs as Hugo has it; it is not read, only known.
_TOML = re.compile(r"\A\ufeff?\+\+\+[ \t]*\r?\n.*?^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_UNLINKED = re.compile(r"#?\[\[([^\[\]]*)\]\]")
_MAX_LENGTH = 100_000
_MAX_TEXT = 500
_MAX_PROPERTIES = 40
_MAX_PROPERTY = 100
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_NULLS = ("", "~", "null", "Null", "NULL")

_TITLE = ("title",)
_ALIASES = ("aliases", "alias")
_TAGS = ("tags", "tag", "keywords")
_CREATED = ("created", "date", "date created", "created_at")
_TYPE = ("type",)
_LANGUAGE = ("lang", "language")
_MODIFIED = ("modified", "updated", "date modified", "lastmod", "updated_at")


def parse(text: str) -> FrontMatter:
    """Return what the front matter of ``text`` says; an empty one where there is none."""
    found = _FENCED.match(text, 0, _MAX_LENGTH)
    if not found:
        properties = _PAGE.match(text, 0, _MAX_LENGTH)
        return _said(_page(properties[0]), 0) if properties else FrontMatter()
    lines = len(Lines(found[0])) - found[0].endswith(("\n", "\r"))
    data, problem = _load(found[1])
    return FrontMatter(lines=lines, problems=(problem,)) if problem else _said(data, lines)


def _page(head: str) -> dict[str, Any]:
    """Return the properties of a page of Logseq; what is linked in them is called by its name."""
    fields = (line.lstrip("- \t\ufeff").split("::", 1) for line in _END.split(head))
    return {name.lower(): _UNLINKED.sub(r"\1", value).strip() for name, value in fields if value.strip()}


def _said(data: dict[str, Any], lines: int) -> FrontMatter:
    created, modified = _text(_first(data, _CREATED)), _text(_first(data, _MODIFIED))
    return FrontMatter(
        title=_text(_first(data, _TITLE)),
        aliases=tuple(_strings(_first(data, _ALIASES), separator=",")),
        tags=tuple(tag.lstrip("#") for tag in _strings(_first(data, _TAGS), separator=r"[,\s]")),
        created=created,
        modified=modified,
        properties=tuple(_properties(data)),
        lines=lines,
        kind=", ".join(_strings(_first(data, _TYPE), separator=",")),
        language=_text(_first(data, _LANGUAGE)),
        problems=tuple(f"front matter: {date} is not a date" for date in (created, modified) if _is_no_date(date)),
    )


def _properties(data: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each name with its texts, as far as they are short: what others may want to write, too."""
    for name, value in itertools.islice(data.items(), _MAX_PROPERTIES):
        texts = value if isinstance(value, list) else [value]
        yield (
            name[:_MAX_PROPERTY],
            tuple(text for each in texts[:_MAX_PROPERTIES] if (text := _text(each)) and len(text) <= _MAX_PROPERTY),
        )


def _load(source: str) -> tuple[dict[str, Any], str]:
    data, problem = _plain(source), ""
    if data is None:
        data, problem = _yaml(source)
    return {str(key).lower(): value for key, value in data.items() if value not in _NULLS}, problem


def _plain(source: str) -> dict[str, Any] | None:
    """Return what ``source`` says, at many times YAML's speed, where every line of it is plain; else None."""
    data: dict[str, Any] = {}
    name = indent = None  # of the list that the next line may go on with
    for line in source.replace("\r\n", "\n").split("\n")[:-1]:
        if field := _FIELD.fullmatch(line):
            name, text, texts = field.groups()
            data[name] = _bare(text or "") if texts is None else list(map(_bare, _LISTED_TEXT.findall(texts)))
            if text or texts is not None:
                name = None
            indent = None
        elif name and (item := _ITEM.fullmatch(line)) and indent in (None, item["indent"]):
            if indent is None:
                indent, data[name] = item["indent"], []
            data[name].append(_bare(item["text"]))
        else:
            return None
    return data


def _bare(text: str) -> str:
    return text[1:-1] if text[:1] in ("'", '"') else text.rstrip(" ")


def _yaml(source: str) -> tuple[dict[str, Any], str]:
    import yaml

    # Every scalar stays the text that was written: a tag 007 is not the number 7, a title "No" is not false.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        data = yaml.load(source, Loader=loader)  # noqa: S506 -- it makes text, lists and tables only
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return {}, f"front matter is not valid YAML: {_reason(error)}"
    if data is None or data == "":
        return {}, ""
    if not isinstance(data, dict):
        return {}, "front matter is not a table of names and values"
    return data, ""


def _reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    return f"{what} (line {mark.line + 2})" if mark else what


def _first(data: dict[str, Any], names: tuple[str, ...]) -> Any:  # noqa: ANN401 -- any YAML value
    for name in names:
        if name in data:
            return data[name]
    return None


def _text(value: Any) -> str:  # noqa: ANN401 -- any YAML value
    return " ".join(value.split())[:_MAX_TEXT] if isinstance(value, str) else ""


def _is_no_date(text: str) -> bool:
    """Whether ``text`` begins like a date of the calendar but is none, such as 2024-02-31."""
    found = _DATE.match(text)
    if not found:
        return False
    try:
        datetime.date(*map(int, found.groups()))
    except ValueError:
        return True
    return False


def _strings(value: Any, separator: str) -> list[str]:  # noqa: ANN401 -- any YAML value
    if isinstance(value, list):
        return [text for item in value if (text := _text(item))]
    return [part for item in re.split(separator, _text(value)) if (part := item.strip())]


def tags_in(text: str) -> list[Tag]:
    """Return the tags that the front matter of ``text`` gives, without ``#``, each with its place."""
    found: list[Tag] = []
    for scalar in _scalars(text, _TAGS):
        if scalar.is_item:
            parts = [re.fullmatch(r"\s*#*(?P<name>.*?)\s*", scalar.text, re.DOTALL)]
        else:
            parts = list(re.finditer(r"#*(?P<name>[^,\s#][^,\s]*)", scalar.text))
        for part in filter(None, parts):
            start, end = scalar.start + part.start("name"), scalar.start + part.end("name")
            if part["name"] and text[start:end] == part["name"]:
                found.append(Tag(part["name"], start, end))
    return found


def names_in(text: str) -> list[Tag]:
    """Return the title and the aliases that the front matter of ``text`` gives, each with its place inside quotes."""
    found: list[Tag] = []
    for scalar in _scalars(text, (*_TITLE, *_ALIASES)):
        if scalar.is_item or scalar.field in _TITLE:
            parts = [re.fullmatch(r"\s*(?P<name>.*?)\s*", scalar.text, re.DOTALL)]
        else:
            parts = list(re.finditer(r"(?P<name>[^,\s][^,]*?)\s*(?:,|$)", scalar.text))
        for part in filter(None, parts):
            start, end = scalar.start + part.start("name"), scalar.start + part.end("name")
            if part["name"] and text[start:end] == part["name"]:
                found.append(Tag(part["name"], start, end))
    return found


def span(text: str) -> tuple[int, int]:
    """Return where the YAML of ``text`` stands, between its fences; (0, 0) where there is none."""
    found = _FENCED.match(text, 0, _MAX_LENGTH)
    return found.span(1) if found else (0, 0)


def end(text: str) -> int:
    """Return where the head of ``text`` ends: its YAML or TOML with the fences, or a page's lines of properties."""
    heads = (head.match(text, 0, _MAX_LENGTH) for head in (_FENCED, _TOML, _PAGE))
    return next((found.end() for found in heads if found), 0)


def is_toml(text: str) -> bool:
    """Whether the head of ``text`` is TOML."""
    return _TOML.match(text, 0, _MAX_LENGTH) is not None


def with_field(text: str, name: str, value: str) -> tuple[int, int, str] | None:
    """Return what to put where (start, end, text) so that the YAML of ``text`` has ``value`` as ``name``, on one line.

    ``value`` is one line.  It takes the place of what the YAML has by that name.  None where that cannot be done
    without a change of anything else, as in YAML that is not valid, or is no table; line ends are line feeds.
    """
    start, end = span(text)
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    said = f'{name}: "{quoted}"'
    if not end:
        at = int(text.startswith("\ufeff"))
        return at, at, f"---\n{said}\n---\n"
    source = text[start:end]
    first, last = _field(source, name)
    new = said if last else f"{said}\n"
    before, problem = _yaml(source)
    after, worse = _yaml(source[:first] + new + source[last:])
    if problem or worse or not isinstance(_named(after, name), str) or _without(before, name) != _without(after, name):
        return None
    return start + first, start + last, new


def _field(source: str, name: str) -> tuple[int, int]:
    """Return where the first field of that ``name`` stands in YAML, with its value; (0, 0) where there is none."""
    import yaml

    try:
        root = yaml.compose(source, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return 0, 0
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if str(key.value).lower() == name:
            while isinstance(value, yaml.CollectionNode) and not value.flow_style and value.value:
                last = value.value[-1]  # what a block has behind its last value is not its own
                value = last[1] if isinstance(last, tuple) else last
            start = key.start_mark.index
            return start, start + len(source[start : value.end_mark.index].rstrip())
    return 0, 0


def _named(data: dict[str, Any], name: str) -> Any:  # noqa: ANN401 -- any YAML value
    return next((value for key, value in data.items() if str(key).lower() == name), None)


def _without(data: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in data.items() if str(key).lower() != name]


class _Scalar(NamedTuple):
    field: str
    text: str
    start: int
    """In the whole text, behind a quotation mark."""
    is_item: bool
    """Whether it is one of a list."""


def _scalars(text: str, fields: tuple[str, ...]) -> list[_Scalar]:
    """Return the texts of the first of each kind of ``fields`` that there is, where they stand."""
    import yaml

    start, end = span(text)
    try:
        root = yaml.compose(text[start:end], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    if not isinstance(root, yaml.MappingNode):
        return []
    found: list[_Scalar] = []
    for key, value in root.value:
        name = str(key.value).lower()
        if name not in fields:
            continue
        nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for node in nodes:
            if isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
                at = start + node.start_mark.index + (node.style is not None)
                found.append(_Scalar(name, node.value, at, isinstance(value, yaml.SequenceNode)))
    return found
