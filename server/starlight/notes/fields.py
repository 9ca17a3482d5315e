"""The filters that a query may hold: how each is written, what it is for, and how its value is read.  Pure.

The one place that knows: the parser, the help of all interfaces and ``docs/search.md`` come from this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from starlight.notes import filters, languages
from starlight.notes.dateranges import days
from starlight.notes.filters import DateField, Direction, Leaf
from starlight.notes.times import Day


class BadValueError(ValueError):
    """A filter's value makes no sense; says for people what would."""


class Form(NamedTuple):
    """A way to write something in a query, for people: ``written`` is an example, ``meaning`` what it does."""

    written: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Field:
    """``name:value``; ``read`` makes a filter of the value, as seen on a day, or raises ``BadValueError``."""

    form: Form
    read: Callable[[str, Day], Leaf]
    is_date: bool = False
    """Whether the value may go on over blanks, as "last week" does."""


def _tag(value: str, _today: Day) -> Leaf:
    tag = value.strip().lstrip("#").rstrip("/")
    if not tag:
        raise BadValueError("write a tag after it, such as tag:garden")
    return filters.Tagged(tag)


def _orphan(value: str, _today: Day) -> Leaf:
    if value.casefold() not in ("orphan", "orphaned"):
        raise BadValueError("the only one there is: is:orphan")
    return filters.Orphan()


def _language(value: str, _today: Day) -> Leaf:
    code = languages.code_of(value)
    if not code:
        raise BadValueError("that is no language; write its code or its name, such as lang:de or lang:german")
    return filters.InLanguage(code)


def _dated(field: DateField) -> Callable[[str, Day], Leaf]:
    def read(value: str, today: Day) -> Leaf:
        found = days(value, today)
        if found is None:
            raise BadValueError(
                "that is no time; write a day, month or year such as 2024-05, a range such as 2024-01..2024-03, "
                'or words such as "last week"'
            )
        return filters.Dated(field, *found)

    return read


def _linked(direction: Direction) -> Callable[[str, Day], Leaf]:
    def read(value: str, _today: Day) -> Leaf:
        name = value.strip().removeprefix("[[").removesuffix("]]").partition("|")[0].partition("#")[0].strip()
        if not name:
            raise BadValueError('write the name of a note after it, such as link:"Roof meeting"')
        return filters.Linked(name, direction)

    return read


FIELDS = {
    "tag": Field(Form("tag:garden", "notes with that tag, or one below it such as `garden/trees`"), _tag),
    "path": Field(
        Form("path:work/2024", "notes whose path has that in it; `path:/work` from the top, `*` for any letters"),
        lambda value, _today: filters.InPath(value),
    ),
    "file": Field(
        Form("file:meeting", "notes whose file's name has that in it; `*` for any letters"),
        lambda value, _today: filters.InPath(value, name_only=True),
    ),
    "title": Field(
        Form('title:"roof meeting"', "notes whose title has that in it"), lambda value, _today: filters.Titled(value)
    ),
    "link": Field(
        Form('link:"Roof meeting"', "notes that link to that note, or that it links to; a name, an alias or a path"),
        _linked("either"),
    ),
    "links-to": Field(Form('links-to:"Roof meeting"', "only notes that link to that note"), _linked("to")),
    "linked-from": Field(Form('linked-from:"Roof meeting"', "only notes that it links to"), _linked("from")),
    "is": Field(Form("is:orphan", "notes that link to no other note, and that none links to"), _orphan),
    "date": Field(
        Form('date:"last week"', "notes from that time, by the file's name, the front matter, or the file"),
        _dated("date"),
        is_date=True,
    ),
    "created": Field(
        Form("created:2024-05", "notes made then, by the front matter or the file's name"),
        _dated("created"),
        is_date=True,
    ),
    "modified": Field(
        Form("modified:2024-01..2024-03", "notes changed then, by the front matter or the file"),
        _dated("modified"),
        is_date=True,
    ),
    "lang": Field(Form("lang:de", "notes in that language, as the front matter says or their words show"), _language),
    "type": Field(
        Form("type:meeting", "notes whose front matter has that as `type`"),
        lambda value, _today: filters.OfKind(value),
    ),
}
"""By name."""

OTHERS = (
    Form('"slate roof"', "passages that say exactly this, whatever the case and the accents (beside at most 8 words)"),
    Form("-draft", "not notes with that word (in a query of at most 8 words)"),
    Form('-tag:old -"first draft"', "a `-` turns any filter round"),
    Form("tag:tea OR tag:coffee", "either; `AND` and parentheses may be written, too, between filters and quotes"),
)


def forms() -> tuple[Form, ...]:
    """Return all that a query may hold beside plain words."""
    return (*(field.form for field in FIELDS.values()), *OTHERS)
