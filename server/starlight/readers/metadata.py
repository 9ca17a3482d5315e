"""What a document says of itself, as the front matter of a note would say it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlight.notes.model import FrontMatter, Properties

_LONGEST_TITLE = 500
_LONGEST = 100
_MOST = 40
"""As ``notes.frontmatter`` has them."""


def front_matter(
    *,
    title: str = "",
    authors: Iterable[str] = (),
    keywords: Iterable[str] = (),
    created: str = "",
    modified: str = "",
    language: str = "",
    others: Iterable[tuple[str, Iterable[str]]] = (),
) -> FrontMatter:
    """Return front matter of what is there; ``keywords`` may hold several in one text, with commas between them.

    A keyword of several words is a tag with hyphens.  Properties are the authors, the keywords as they are written,
    and ``others``.
    """
    words = _once(part for text in keywords for part in re.split(r"[,;\n]", text))
    properties: Properties = tuple(
        (name, texts)
        for name, given in (("author", authors), ("keywords", words), *others)
        if (texts := tuple(text for text in _once(given) if len(text) <= _LONGEST))
    )
    return FrontMatter(
        title=one_line(title)[:_LONGEST_TITLE],
        tags=tuple(re.sub(r"\s+", "-", word.lstrip("#")) for word in words if len(word) <= _LONGEST),
        created=one_line(created)[:_LONGEST],
        modified=one_line(modified)[:_LONGEST],
        language=one_line(language)[:_LONGEST],
        properties=properties,
    )


def one_line(text: str) -> str:
    """Return ``text`` with single spaces, without control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())


def _once(texts: Iterable[str]) -> list[str]:
    """Return those that say something, each once, at most as many as front matter has."""
    return list(dict.fromkeys(line for text in texts if (line := one_line(text))))[:_MOST]
