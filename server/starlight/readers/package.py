"""What files of Office Open XML are beside their text: which part is which, and what they say of themselves.

ECMA-376, part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlight.notes.model import FrontMatter
from starlight.readers.archive import Archive
from starlight.readers.markup import Events, feed_xml
from starlight.readers.metadata import front_matter


@dataclass(slots=True)
class Relationships(Events):
    """Where the parts and links of a document lead; reads ``.rels`` as events."""

    targets: dict[str, str] = field(default_factory=dict)
    """By id."""
    kinds: dict[str, str] = field(default_factory=dict)
    """By the last word of their kind: ``officeDocument``."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if tag == "Relationship":
            target = attributes.get("Target", "")
            self.targets[attributes.get("Id", "")] = target
            self.kinds.setdefault(attributes.get("Type", "").rpartition("/")[2], target)


@dataclass(slots=True)
class Texts(Events):
    """The text of each element of a small part, by its name; reads metadata as events."""

    found: dict[str, list[str]] = field(default_factory=dict)
    _text: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 -- as all events
        """Take an event of the parser."""
        self._text.clear()

    def data(self, text: str) -> None:
        """Take an event of the parser."""
        self._text.append(text)

    def end(self, tag: str) -> None:
        """Take an event of the parser."""
        if text := "".join(self._text).strip():
            self.found.setdefault(tag, []).append(text)
        self._text.clear()

    def first(self, *names: str) -> str:
        """Return the first text of the first of those names that has one."""
        return next((self.found[name][0] for name in names if name in self.found), "")


def relationships(archive: Archive, part: str) -> Relationships:
    """Return the relationships of ``part``; those of the whole where it is empty."""
    folder, _, name = part.rpartition("/")
    found = Relationships()
    if data := archive.find(f"{folder}/_rels/{name}.rels".lstrip("/")):
        feed_xml(data, found)
    return found


def front(archive: Archive) -> FrontMatter:
    """Return what ``docProps/core.xml`` says."""
    said = Texts()
    if data := archive.find("docProps/core.xml"):
        feed_xml(data, said)
    return front_matter(
        title=said.first("title"),
        authors=[name for names in said.found.get("creator", ()) for name in names.split(";")],
        keywords=said.found.get("keywords", ()),
        created=said.first("created"),
        modified=said.first("modified"),
        language=said.first("language"),
        others=[(name, said.found.get(name, ())) for name in ("subject", "category")],
    )
