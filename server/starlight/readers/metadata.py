"""What a document says of itself, as the front matter of a note would say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, islice

from starlight.notes.model import FrontMatter, Properties

_LONGEST = 500
_LONGEST_TAG = 100
_MOST = 40


def front_matter(
    *,
    title: str = "",
    aliases: Iterable[str] = (),
    tags: Iterable[str] = (),
    authors: Iterable[str] = (),
    keywords: Iterable[str] = (),
    created: str = "",
    modified: str = "",
    language: str = "",
    kind: str = "",
    others: Iterable[tuple[str, Iterable[str]]] = (),
    problems: Iterable[str] = (),
) -> FrontMatter:
    """Return front matter of what is there: the one place where that of a document is made.

    ``keywords`` may hold several in one text, with commas between them; they become tags as well.  Properties are the
    authors, the keywords as they are written, and ``others``.
    """
    words = separated(keywords)
    properties: Properties = tuple(
        (name, texts)
        for name, given in islice(chain((("author", authors), ("keywords", words)), others), _MOST)
        if (texts := tuple(text for text in _once(given) if len(text) <= _LONGEST))
    )
    return FrontMatter(
        title=one_line(title)[:_LONGEST],
        aliases=tuple(_once(aliases)),
        tags=tuple(_once((*tags, *map(_tag, words)))),
        created=one_line(created)[:_LONGEST],
        modified=one_line(modified)[:_LONGEST],
        language=one_line(language)[:_LONGEST],
        properties=properties,
        problems=tuple(problems),
        kind=one_line(kind)[:_LONGEST],
    )


def separated(texts: Iterable[str]) -> list[str]:
    """Return what stands in ``texts`` between commas and the like, each once."""
    return _once(part for text in texts for part in re.split(r"[,;\n]", text))


def _tag(word: str) -> str:
    """Return a keyword as a tag: one of several words with hyphens; nothing for a whole sentence."""
    return re.sub(r"\s+", "-", word.lstrip("#")) if len(word) <= _LONGEST_TAG else ""


def one_line(text: str) -> str:
    """Return ``text`` with single spaces, without control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())


def _once(texts: Iterable[str]) -> list[str]:
    """Return those that say something, each once, at most as many as front matter has."""
    return list(dict.fromkeys(line for text in texts if (line := one_line(text))))[:_MOST]
