"""A document as JSON: what the process that read it sends, and what is kept of it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from starlight.notes.model import FrontMatter
from starlight.readers.document import Document, Mark


def to_json(document: Document) -> str:
    """Return ``document`` as one line of JSON."""
    value = {
        "text": document.text,
        "front": dataclasses.asdict(document.front),
        "unit": document.unit,
        "marks": document.marks,
        "ids": dict(document.ids),
    }
    # Half of a pair of surrogates, which JSON of others may hold, is no text that could be stored.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def from_json(content: str | bytes) -> Document:
    """Return the document that ``to_json`` wrote.

    Raises:
        ValueError: it is none.
    """
    try:
        value = json.loads(content)
        marks = tuple(Mark(int(start), int(number)) for start, number in value["marks"])
        return Document(str(value["text"]), _front(value["front"]), value["unit"], marks, dict(value["ids"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no document: {error!r}") from error


def _front(value: dict[str, Any]) -> FrontMatter:
    properties = tuple((str(name), tuple(map(str, texts))) for name, texts in value.pop("properties"))
    listed = {name: tuple(each) for name, each in value.items() if isinstance(each, list)}
    return FrontMatter(**{**value, **listed, "properties": properties})
