"""Names and values that a file says of itself into its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from starlight.notes.model import FrontMatter
from starlight.readers.metadata import front_matter, separated

_TIMESTAMP = re.compile(r"[<\[](\d{4}-\d\d-\d\d)(?:[ \t]+[^\W\d]+\.?)?(?:[ \t]+(\d\d?:\d\d))?[^>\]]*[>\]]")
"""Of Org."""
_TITLE = ("title",)
_CREATED = ("created", "date", "revdate")
_MODIFIED = ("modified", "last_modified", "last-modified", "lastmod", "hugo_lastmod", "updated")
_TAGS = ("tags", "keywords", "page-tags")
_LANGUAGE = ("language", "lang")


def front(
    named: Mapping[str, Sequence[str]], title: str = "", aliases: Iterable[str] = (), tags: Iterable[str] | None = None
) -> FrontMatter:
    """Return what the values ``named`` (names in lower case, each with its values in order) say.

    ``title`` and ``tags`` are those of the file where its format has them elsewhere, else they are looked for too.
    """
    return front_matter(
        title=title or " ".join(_first(named, _TITLE)),
        aliases=aliases,
        tags=separated(_first(named, _TAGS)) if tags is None else tags,
        created=_date(named, _CREATED),
        modified=_date(named, _MODIFIED),
        language=next(iter(_first(named, _LANGUAGE)), ""),
        kind=", ".join(named.get("type", ())),
        others=named.items(),
    )


def _first(named: Mapping[str, Sequence[str]], names: Iterable[str]) -> Sequence[str]:
    return next((named[name] for name in names if named.get(name)), ())


def _date(named: Mapping[str, Sequence[str]], names: Iterable[str]) -> str:
    """Return the first of the dates called so, a timestamp of Org without its day of the week."""
    for value in (value for name in names for value in named.get(name, ())):
        stamp = _TIMESTAMP.match(value)
        if stamp:
            return " ".join(filter(None, stamp.groups()))
        if "{" not in value:  # a macro
            return value
    return ""
