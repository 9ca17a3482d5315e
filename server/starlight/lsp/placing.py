"""A summary goes into its note or becomes one: by an edit of the editor, which can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from starlight.engine.answer import Source
from starlight.engine.relinking import Refactoring
from starlight.engine.selected import is_document
from starlight.engine.summary_placing import as_callout, as_field, as_note, found_again
from starlight.errors import InvalidRequest
from starlight.lsp import convert
from starlight.lsp.editing import workspace_edit
from starlight.lsp.looking import View, look
from starlight.lsp.root import Root

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer


@dataclass(frozen=True, slots=True)
class Placed:
    """A summary and where it shall go: into the note at ``path``, or a new one of that ``title``."""

    root: Root
    path: str
    how: str
    """One of ``summary_placing.WAYS``."""
    title: str
    text: str
    sources: Sequence[Source] = ()
    line: int | None = None
    """Of the heading or the selection that it is of, from 1."""
    line_text: str = ""
    """What that line said, by which it is found again; empty where nobody knows."""
    said: str = ""
    """How much was read."""


async def place(server: StarlightServer, placed: Placed) -> dict[str, Any]:
    """Have the client make the edit, and return the answer to ``starlight.insertSummary``.

    Raises:
        InvalidRequest: it cannot go there.
    """
    folder = server.session.settings.summary_folder
    around = convert.uri_of(placed.root.folder / (placed.path or "summary.md"))

    def change(view: View) -> tuple[str, lsp.WorkspaceEdit]:
        made = _change(view, placed, folder)
        path = made.created[0][0] if made.created else placed.path
        return view.uri(path), workspace_edit(server, view, made)

    found = await look(server, around, change)
    if found is None:
        raise InvalidRequest(f"{placed.path}: is in no folder that is open in this editor")
    uri, edit = found
    return {"uri": uri, "edit": edit, "applied": await _apply(server, edit)}


def _change(view: View, placed: Placed, folder: str) -> Refactoring:
    catalogue = view.catalogue
    if placed.how == "note":
        path, text = as_note(placed.title, placed.text, placed.sources, placed.said, folder, catalogue.exists)
        return Refactoring(created=((path, text),))
    before = None if is_document(placed.path) else catalogue.text(placed.path)
    if before is None:
        raise InvalidRequest(f"{placed.path or placed.title}: a summary of it can only be a note of its own")
    if placed.how == "frontMatter":
        return Refactoring((as_field(placed.path, before, placed.text),))
    line = placed.line
    if line is not None and placed.line_text:
        line = found_again(placed.path, before, line, placed.line_text)
    return Refactoring((as_callout(placed.path, before, placed.text, placed.sources, line),))


async def _apply(server: StarlightServer, edit: lsp.WorkspaceEdit) -> bool:
    """Have the editor make the edit; false where it does not, or cannot be asked."""
    workspace = server.client_capabilities.workspace
    if not (workspace and workspace.apply_edit):
        return False
    params = lsp.ApplyWorkspaceEditParams(edit, "Insert the summary")
    return (await server.workspace_apply_edit_async(params)).applied
