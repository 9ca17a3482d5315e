"""What a model suggests, as the client takes it: code actions to ask for it, and an edit that somebody must accept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from starlight.lsp import convert
from starlight.lsp.protocol import WRITE

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

    from starlight.engine.writing import Action, Suggestion
    from starlight.lsp.server import StarlightServer

_ANNOTATION = "starlight"
_SHOWN = 600
"""Characters of a suggestion that a question shows, where the client has no better preview."""
_REPLACE, _KEEP = "Use it", "Leave the note as it is"


def shows_disabled(server: StarlightServer) -> bool:
    """Whether the client shows actions that cannot be done, with the reason."""
    document = server.client_capabilities.text_document
    return bool(document and document.code_action and document.code_action.disabled_support)


async def offered(server: StarlightServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Return the code actions that have a model write something about a selection."""
    if not wants(params.context, lsp.CodeActionKind.RefactorRewrite):
        return []
    reason = await asyncio.to_thread(server.session.assistant.why_no_writing)
    if reason and not (shows_disabled(server) and asked_for(params.context)):
        return []
    is_empty = params.range.start == params.range.end
    return actions(params, server.session.settings.chat_languages, reason, is_empty=is_empty)


def wants(context: lsp.CodeActionContext, kind: lsp.CodeActionKind) -> bool:
    """Whether the client looks for code actions of that kind."""
    return context.only is None or any(
        f"{kind.value}.".startswith(f"{each}.") for each in map(_text, context.only) if each
    )


def _text(kind: lsp.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, lsp.CodeActionKind) else kind


def asked_for(context: lsp.CodeActionContext) -> bool:
    """Whether a person asked, and not the editor by itself after every move of the cursor."""
    return context.trigger_kind != lsp.CodeActionTriggerKind.Automatic


def actions(
    params: lsp.CodeActionParams, languages: Sequence[str], reason: str, *, is_empty: bool
) -> list[lsp.CodeAction]:
    """Return the code actions for a selection; ``reason`` says why none can be done, where that is so."""
    from starlight.engine.writing import ACTIONS

    return [
        lsp.CodeAction(
            title=title,
            kind=lsp.CodeActionKind.RefactorRewrite,
            disabled=lsp.CodeActionDisabled(reason) if reason else None,
            command=None if reason else _command(title, action, language, params),
        )
        for action in ACTIONS.values()
        if not (is_empty and action.needs_selection)
        for title, language in _titles(action, languages)
    ]


def _titles(action: Action, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    for language in languages if "{language}" in action.title else ("",):
        yield f"Starlight: {action.title.format(language=language)}", language


def _command(title: str, action: Action, language: str, params: lsp.CodeActionParams) -> lsp.Command:
    asked = {"action": action.name, "uri": params.text_document.uri, "range": params.range, "apply": True}
    return lsp.Command(title, WRITE, arguments=[{**asked, "language": language} if language else asked])


class Edit:
    """A suggestion for one document, which may have changed while it was made."""

    def __init__(self, server: StarlightServer, document: TextDocument, version: int | None, *, is_same: bool) -> None:
        self._server = server
        self._document = document
        self._version = version
        self._is_same = is_same and convert.open_document(server.workspace, document.uri) is not None

    async def answer(self, suggestion: Suggestion, before: str, *, apply: bool) -> dict[str, Any]:
        """Return the answer to ``starlight.write``; where ``apply`` says so, the user is asked and the edit made."""
        from starlight.engine.wire_answers import suggestion_json

        edit, hint = self._edit(suggestion, before)
        applied = await self._apply(edit, suggestion) if edit and apply else False
        return {
            **suggestion_json(suggestion, self._server.session.addresses_of),
            "original": before[suggestion.start : suggestion.end],
            "version": self._version,
            "edit": edit,
            "applied": applied,
            "hint": " ".join(filter(None, (suggestion.hint, hint))),
        }

    def _edit(self, suggestion: Suggestion, before: str) -> tuple[lsp.WorkspaceEdit | None, str]:
        """Return the edit; none, and why, where it could cost the user text."""
        if not self._is_same:
            return None, "The note changed while this was written, so nothing in it is replaced: ask again."
        if suggestion.end > suggestion.start and not suggestion.is_whole:
            return None, "The text is not whole, so it does not replace yours."
        if not suggestion.text:
            return None, ""
        span = convert.range_of(before, suggestion.start, suggestion.end, self._document.position_codec)
        return self._workspace_edit(span, suggestion), ""

    def _workspace_edit(self, span: lsp.Range, suggestion: Suggestion) -> lsp.WorkspaceEdit:
        from starlight.engine.writing import ACTIONS

        workspace = self._server.client_capabilities.workspace
        can = workspace.workspace_edit if workspace else None
        if not (can and can.document_changes):
            return lsp.WorkspaceEdit(changes={self._document.uri: [lsp.TextEdit(span, suggestion.text)]})
        document = lsp.OptionalVersionedTextDocumentIdentifier(uri=self._document.uri, version=self._version)
        if not can.change_annotation_support:
            edit = lsp.TextEdit(span, suggestion.text)
            return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(document, [edit])])
        annotated = lsp.AnnotatedTextEdit(_ANNOTATION, span, suggestion.text)
        label = ACTIONS[suggestion.action].title.format(language="another language")
        annotation = lsp.ChangeAnnotation(label, needs_confirmation=True, description=f"by {suggestion.model}")
        return lsp.WorkspaceEdit(
            document_changes=[lsp.TextDocumentEdit(document, [annotated])],
            change_annotations={_ANNOTATION: annotation},
        )

    async def _apply(self, edit: lsp.WorkspaceEdit, suggestion: Suggestion) -> bool:
        """Have the editor make the edit, once its user has seen it."""
        workspace = self._server.client_capabilities.workspace
        if not (workspace and workspace.apply_edit):
            return False
        if not edit.change_annotations:  # with them, the editor itself shows the change and asks
            shown = suggestion.text.strip()
            shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} …"
            if await self._server.ask(f"{suggestion.model} suggests:\n\n{shown}", (_REPLACE, _KEEP)) != _REPLACE:
                return False
        label = f"Starlight: {suggestion.action}"
        return (await self._server.workspace_apply_edit_async(lsp.ApplyWorkspaceEditParams(edit, label))).applied
