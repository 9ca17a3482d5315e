"""Which files of a folder are indexed, by its settings, and what each of them is read as."""

from __future__ import annotations

from pathlib import Path

from starlight.config import Settings
from starlight.index.disk import Selection, is_note
from starlight.notes.links import ENDINGS
from starlight.readers import formats
from starlight.readers.formats import Format

NOTHING_HERE = "There are no notes here (files ending in .md or .markdown), and no documents (docs/formats.md)"


def selection(root: Path, settings: Settings) -> Selection:
    """Return the files below ``root`` that are indexed."""
    return Selection.of(root, settings, endings(settings))


def watched(root: Path, settings: Settings) -> Selection:
    """Return those of them that are watched for changes."""
    return Selection.watched(root, settings, endings(settings))


def endings(settings: Settings) -> tuple[str, ...]:
    """Return the endings of the files that are indexed, those of notes first."""
    return (*ENDINGS, *formats.endings(chosen(settings)))


def chosen(settings: Settings) -> tuple[Format, ...]:
    """Return the formats, beside Markdown, that ``settings`` name."""
    return tuple(each for each in formats.FORMATS if {"all", each.name} & set(settings.formats))


def is_readable(path: str) -> bool:
    """Whether a file of that name can be indexed, by its ending, whatever the settings."""
    return is_note(path) or formats.format_of(path) is not None


_AT_ONCE = 1_000_000
"""Bytes of a text that is no Markdown which are read in a moment, whatever they are."""


def is_document(path: str) -> bool:
    """Whether the file at ``path`` is one whose text is another than its own: what it says is shown in a text view."""
    known = formats.format_of(path)
    return known is not None and not known.has_lines


def takes_long(path: str, size: int) -> bool:
    """Whether a file of so many bytes at ``path`` is read in a process of its own, and what it says is kept."""
    return formats.format_of(path) is not None and (is_document(path) or size > _AT_ONCE)


def limit_of(path: str, settings: Settings) -> tuple[int, str]:
    """Return how many bytes the file at ``path`` may have, and the setting that says so."""
    if formats.format_of(path):
        return settings.max_document_bytes, "index.maxDocumentSize"
    return settings.max_bytes, "index.maxFileSize"
