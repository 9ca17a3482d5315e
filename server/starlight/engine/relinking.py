"""Links that lead where they led, whatever happens to the notes: renamed, moved, called otherwise.

A change is known before it is made: which files are where afterwards, and by which names they can be called.  Every
link that would lead elsewhere then, or nowhere, is written otherwise; a link that leads nowhere now stays as it is.
"""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from starlight.engine.catalogue import Catalogue
from starlight.notes.link_text import Form, encoded, fits_wiki, relative_targets, spelling, wiki_targets
from starlight.notes.links import (
    as_parsed,
    is_relative_to,
    name_key,
    resolve,
    stem_of,
    target_of,
    turned,
    without_ending,
)
from starlight.notes.model import Link


class Edit(NamedTuple):
    """``text`` in place of what stands from ``start`` to before ``end`` of the note at ``path``."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Refactoring:
    """One change of several notes: edits of their texts as they are now, then files that are moved or made."""

    edits: tuple[Edit, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    created: tuple[tuple[str, str], ...] = ()
    """New files: path and text."""


@dataclass(frozen=True)
class After:
    """The notes as they will be."""

    catalogue: Catalogue
    moves: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By the path that a note has now, or that a new one will have: the names that it can be called by then."""
    called: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By path and name (``name_key``): what a link that calls a note so is to call it."""
    created: frozenset[str] = frozenset()

    @functools.cached_property
    def _come(self) -> frozenset[str]:
        return frozenset(self.moves.values()) | self.created

    def exists(self, path: str) -> bool:
        """Whether there will be a file at ``path``."""
        return path in self._come or (path not in self.moves and self.catalogue.exists(path))

    def named(self, key: str) -> list[str]:
        """Return the paths of the notes that can be called so then."""
        kept = [path for path in self.catalogue.named(key) if path not in self.names]
        kept += [path for path, keys in self.names.items() if key in keys]
        return [self.moves.get(path, path) for path in kept]

    def resolve(self, link: Link, source: str) -> str | None:
        """Return the path of the file that ``link`` will lead to; ``source`` is the path of its note then."""
        return resolve(as_parsed(link), source, self.exists, self.named)

    def edits(self, found: Iterable[tuple[str, Link]]) -> list[Edit]:
        """Return what keeps those links leading to where they lead now."""
        decide = functools.cache(self._decide)
        wanted = [(source, link) for source, link in found if decide(source, _asking(link))]
        made: list[Edit] = []
        for source, link in self.catalogue.placed(wanted):
            target = decide(source, _asking(link))
            if target is not None:
                made += self._written(source, link, target)
        return made

    def _decide(self, source: str, link: Link) -> str | None:
        """Return the path or name that such a link is to have for its target; None where it may stay."""
        before = self.catalogue.resolve(link, source)
        if before is None or not link.target:
            return None
        want, there = self.moves.get(before, before), self.moves.get(source, source)
        called = self.called.get((before, name_key(stem_of(target_of(link)))))
        stays = self.resolve(link, there) == want and not called and not _has_old_name(link, before, want)
        if stays and (link.kind == "wiki" or not _loosened(link, (source, before), (there, want))):
            return None
        for order in (link, _target_first(link)) if link.text_first else (link,):
            for option in self._options(link, there, want, called):
                if self.resolve(order._replace(target=_in_link(link, option)), there) == want:
                    return option
        return want

    @staticmethod
    def _options(link: Link, source: str, want: str, called: str | None) -> Iterator[str]:
        if link.kind == "markdown":
            yield from relative_targets(want, source, target_of(link))
            return
        if called and fits_wiki(called):
            yield called
        if link.target.startswith(("./", "../")):
            yield from relative_targets(want, source, link.target)
        yield from wiki_targets(want, link.target)

    def _written(self, source: str, link: Link, target: str) -> Iterator[Edit]:
        text = self.catalogue.text(source) or ""
        found = spelling(text, link)
        if found is None:
            return
        there = self.moves.get(source, source)
        if link.text_first and fits_wiki(target) and not self._holds_text_first(link, target, there):
            shown, bar, _ = text[link.start + 2 : link.end - 2].partition("|")
            label = shown.removesuffix("\\")
            behind = text[found.target[1] : link.end - 2]
            yield Edit(source, link.start + 2, link.end - 2, f"{target}{behind}{shown[len(label) :]}{bar}{label}")
            return
        if found.form != "wiki" or fits_wiki(target):
            yield Edit(source, *found.target, for_form(target, found.form))
            return
        # A wikilink cannot have such a name in it: the same link as Markdown has it.
        path = posixpath.relpath(
            self.resolve(link._replace(target=target), there) or target, posixpath.dirname(there) or "."
        )
        anchor = text[slice(*found.anchor)] if found.anchor else ""
        shown = text[link.start + 2 : link.end - 2].split("|")[0 if link.text_first else -1].replace("\\", "")
        yield Edit(source, link.start, link.end, f"[{shown}]({encoded(path)}{f'#{encoded(anchor)}' if anchor else ''})")

    def _holds_text_first(self, link: Link, target: str, source: str) -> bool:
        """Whether ``link`` would still be read with its text first, had it that target."""
        changed = link._replace(target=target)
        return self.resolve(changed, source) == self.resolve(_target_first(changed), source)


def _asking(link: Link) -> Link:
    """Return ``link`` without what does not decide where it leads."""
    decides = link.text_first or turned(link)
    return link._replace(start=0, end=0, anchor=link.anchor if decides else "", text=link.text if decides else "")


def _target_first(link: Link) -> Link:
    return link._replace(text="", text_first=False)


def _in_link(link: Link, target: str) -> str:
    return target if link.kind == "wiki" else encoded(target)


def for_form(target: str, form: Form) -> str:
    """Return ``target`` as such a link has it."""
    if form == "wiki":
        return target
    return encoded(target).replace("%20", " ") if form == "bracketed" else encoded(target)


def _loosened(link: Link, before: tuple[str, str], after: tuple[str, str]) -> bool:
    """Whether a Markdown link is a path from its note before (source and file) and only names its file after."""
    target = target_of(link)
    return is_relative_to(target, *before) and not is_relative_to(target, *after)


def _has_old_name(link: Link, before: str, want: str) -> bool:
    """Whether ``link`` has the file name that its note had, in the same letters, and no longer has."""
    return stem_of(before) != stem_of(want) and without_ending(target_of(link).rpartition("/")[2]) == stem_of(before)
