"""Options and their values as people write them: what is wrong with one, and what it becomes."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JsonType = str  # "string", "number", "integer", "boolean", "array": the names of JSON Schema

FORMATS = (
    "pdf",
    "docx",
    "odt",
    "epub",
    "html",
    "eml",
    "org",
    "text",
    "rst",
    "asciidoc",
    "latex",
    "notebook",
    "csv",
    "subtitles",
)
"""The names of the formats that can be read: those of ``readers.formats``, which settings do not load."""


@dataclass(frozen=True, slots=True)
class Option:
    """What is declared of one option: its wire name, JSON type, meaning and bounds."""

    key: str
    type: JsonType
    doc: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    """What a string, or each of an array, may be; empty for anything."""
    trusted: bool = False
    """True where an untrusted workspace must not set it: it names a model, or a path or server outside of it."""


def fault(option: Option, value: Any) -> str:  # noqa: ANN401
    """Say what is wrong with ``value`` for ``option``; empty where nothing is."""
    type_, minimum, maximum, choices = option.type, option.minimum, option.maximum, option.choices
    if type_ == "array":
        if not (isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)):
            return f"must be a list of strings, not {named(value)}"
        odd = next((item for item in value if choices and item not in choices), None)
        return "" if odd is None else f"must be a list of any of {', '.join(choices)}, which {odd!r} is not"
    if type_ == "boolean":
        return "" if isinstance(value, bool) else f"must be true or false, not {named(value)}"
    if type_ == "string":
        wanted = f"one of {', '.join(choices)}" if choices else "a string"
        good = isinstance(value, str) and (not choices or value in choices)
        return "" if good else f"must be {wanted}, not {named(value)}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"must be a number, not {named(value)}"
    if not math.isfinite(value):
        return "must be a finite number"
    if type_ == "integer" and value != int(value):
        return f"must be a whole number, not {value}"
    if minimum is not None and value < minimum:
        return f"must be at least {minimum:g}, not {value}"
    if maximum is not None and value > maximum:
        return f"must be at most {maximum:g}, not {value}"
    return ""


def converted(option: Option, value: Any) -> Any:  # noqa: ANN401
    """Return ``value``, with which nothing is wrong, as the settings have it."""
    type_ = option.type
    if type_ == "array":
        return tuple(value)
    if type_ == "integer":
        return int(value)
    return float(value) if type_ == "number" else value


def named(value: object) -> str:
    """Return what a person calls ``value``."""
    if isinstance(value, Mapping):
        return "a table"
    return repr(value) if isinstance(value, str | int | float | bool) else f"a {type(value).__name__}"


# Editors keep these of their own in the same section; they are not for the server and not a mistake.
_EDITOR_SECTIONS = frozenset({"server", "trace"})


def flattened(
    raw: Mapping[str, Any], known: Mapping[str, Any], sections: set[str], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield the settings of ``raw``, and of the tables in it that are ``sections``, each with its whole key."""
    for key, value in raw.items():
        name = f"{prefix}{key}"
        if name.partition(".")[0] in _EDITOR_SECTIONS:
            continue
        if isinstance(value, Mapping) and name in sections:
            yield from flattened(value, known, sections, f"{name}.")
        else:
            yield name, value


def unknown(key: str, known: Mapping[str, Any]) -> str:
    """Say that ``key`` is none of ``known``, and which of them may be meant."""
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    return f"there is no setting `{key}`{hint}"
