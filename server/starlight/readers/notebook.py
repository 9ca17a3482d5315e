"""Jupyter notebooks (https://nbformat.readthedocs.io): the text of their cells, and of what code gave, in short."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from starlight.errors import NoteError
from starlight.readers import decoding, fields
from starlight.readers.document import Document, Mark

_MAX_OUTPUT = 2_000
"""Characters of what the code of a cell gave."""
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_RUN = re.compile(r"^[ \t]*(`{3,})", re.MULTILINE)


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the text of the cells; ``marks`` say where each begins.

    Raises:
        NoteError: it is no notebook.
    """
    notebook = _load(data)
    about = notebook.get("metadata")
    about = about if isinstance(about, dict) else {}
    parts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for number, cell in enumerate(_cells(notebook), 1):
        text = _cell(cell, _language(about)).strip("\n")
        if not text.strip():
            continue
        marks.append(Mark(at, number))
        parts.append(text)
        at += len(text) + 2
    return Document("\n\n".join(parts), fields.front(_named(about)), "cell", tuple(marks))


def _load(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(decoding.decode(data))
    except (ValueError, RecursionError) as error:
        raise NoteError(f"is not a notebook: not valid JSON ({error})") from error
    if not isinstance(notebook, dict) or not (
        notebook.get("cells") or notebook.get("worksheets") or "cells" in notebook
    ):
        raise NoteError("is not a notebook: it has no cells")
    return notebook


def _cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the cells; before format 4 they stand in worksheets."""
    sheets = notebook.get("worksheets")
    holders = [notebook, *(sheets if isinstance(sheets, list) else ())]
    for holder in holders:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            yield cell if isinstance(cell, dict) else {}


def _language(about: dict[str, Any]) -> str:
    for holder, name in (("language_info", "name"), ("kernelspec", "language")):
        of = about.get(holder)
        if isinstance(of, dict) and isinstance(of.get(name), str):
            return re.sub(r"[^\w+#.-]", "", of[name])
    return ""


def _named(about: dict[str, Any]) -> dict[str, list[str]]:
    authors = about.get("authors")
    named = [each["name"] for each in (authors if isinstance(authors, list) else ()) if _has_name(each)]
    found = {"title": [about["title"]]} if isinstance(about.get("title"), str) else {}
    return {**found, **({"author": named} if named else {})}


def _has_name(author: object) -> bool:
    return isinstance(author, dict) and isinstance(author.get("name"), str)


def _cell(cell: dict[str, Any], language: str) -> str:
    """Return a cell as Markdown."""
    source = _joined(cell.get("source") if "source" in cell else cell.get("input"))
    kind = cell.get("cell_type")
    if kind == "code":
        outputs = cell.get("outputs")
        given = "\n".join(filter(None, map(_output, outputs if isinstance(outputs, list) else ())))
        parts = (_fenced(source, language), _fenced(given[:_MAX_OUTPUT], "") if given.strip() else "")
        return "\n\n".join(filter(None, parts))
    if kind == "heading":  # of format 3
        level = cell.get("level")
        return f"{'#' * (level if isinstance(level, int) and 0 < level < 7 else 1)} {' '.join(source.split())}"
    return source if kind == "markdown" else _fenced(source, "")


def _output(output: object) -> str:
    """Return the text of what code gave; pictures and pages have none."""
    if not isinstance(output, dict):
        return ""
    if output.get("output_type") in ("pyerr", "error"):
        return f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"
    data = output.get("data")
    text = _joined(output.get("text")) or (_joined(data.get("text/plain")) if isinstance(data, dict) else "")
    return _TERMINAL.sub("", text[: 2 * _MAX_OUTPUT])


def _fenced(source: str, language: str) -> str:
    if not source.strip():
        return ""
    fence = "`" * (max((len(run) for run in _RUN.findall(source)), default=2) + 1)
    return f"{fence}{language}\n{source.rstrip()}\n{fence}"


def _joined(text: object) -> str:
    """Return a text that may stand as a list of its lines."""
    parts = text if isinstance(text, list) else [text]
    joined = "".join(part for part in parts if isinstance(part, str))
    return joined.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
