"""Names and values that a file says of itself into its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from starlight.notes.model import FrontMatter

_TIMESTAMP = re.compile(r"[<\[](\d{4}-\d\d-\d\d)(?:[ \t]+[^\W\d]+\.?)?(?:[ \t]+(\d\d?:\d\d))?[^>\]]*[>\]]")
"""Of Org."""
_TITLE = ("title",)
_CREATED = ("created", "date", "revdate")
_MODIFIED = ("modified", "last_modified", "last-modified", "lastmod", "hugo_lastmod", "updated")
_TAGS = ("tags", "keywords", "page-tags")
_LANGUAGE = ("language", "lang")
_MAX_TEXT = 500
_MAX_FIELDS = 40


def front(
    named: Mapping[str, Sequence[str]], title: str = "", aliases: Iterable[str] = (), tags: Iterable[str] | None = None
) -> FrontMatter:
    """Return what the values ``named`` (names in lower case, each with its values in order) say.

    ``title`` and ``tags`` are those of the file where its format has them elsewhere, else they are looked for too.
    """
    if tags is None:
        tags = (tag.strip() for value in _first(named, _TAGS) for tag in re.split("[,;]", value))
    return FrontMatter(
        title=_text(title or " ".join(_first(named, _TITLE))),
        aliases=tuple(dict.fromkeys(aliases)),
        tags=tuple(dict.fromkeys(filter(None, tags))),
        created=_date(named, _CREATED),
        modified=_date(named, _MODIFIED),
        properties=tuple(
            (name, tuple(text for value in values[:_MAX_FIELDS] if (text := " ".join(value.split())) == _text(text)))
            for name, values in list(named.items())[:_MAX_FIELDS]
        ),
        kind=", ".join(named.get("type", ())),
        language=next(iter(_first(named, _LANGUAGE)), ""),
    )


def _first(named: Mapping[str, Sequence[str]], names: Iterable[str]) -> Sequence[str]:
    return next((named[name] for name in names if named.get(name)), ())


def _text(value: str) -> str:
    return " ".join(value.split())[:_MAX_TEXT]


def _date(named: Mapping[str, Sequence[str]], names: Iterable[str]) -> str:
    """Return the first of the dates called so, a timestamp of Org without its day of the week."""
    for value in (value for name in names for value in named.get(name, ())):
        stamp = _TIMESTAMP.match(value)
        if stamp:
            return " ".join(filter(None, stamp.groups()))
        if "{" not in value:  # a macro
            return _text(value)
    return ""
