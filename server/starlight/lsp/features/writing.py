"""``starlight.write``: writing help, as code actions on a selection have it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.answer import Evidence, Scope
from starlight.engine.assistant import Wanted
from starlight.errors import InvalidRequest
from starlight.lsp import convert, gathering, suggesting
from starlight.lsp.consenting import consenting
from starlight.lsp.errors import translated
from starlight.lsp.gathering import Count, ScopedRoot
from starlight.lsp.generating import Current
from starlight.lsp.protocol import WRITE

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

    from starlight.engine.writing import Passage, Suggestion
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(WRITE)
    async def write(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            asked = convert.argument(arguments)
            document = _document(server, asked)
            before, version = document.source, document.version
            passage = _passage(document, asked)
            with server.session.generations.request(convert.text(asked, "id")) as current:
                suggestion = await _suggested(server, asked, passage, current)
            server.session.tell_soon()
            edit = suggesting.Edit(server, document, version, is_same=document.source == before)
            return await edit.answer(suggestion, before, apply=asked.get("apply") is True)


async def _suggested(
    server: StarlightServer, asked: Mapping[str, Any], passage: Passage, current: Current
) -> Suggestion:
    from starlight.engine.writing import task_of

    loop, session = asyncio.get_running_loop(), server.session
    name, language, model = (convert.text(asked, key) for key in ("action", "language", "model"))
    path = convert.path_of(convert.text(asked, "uri"))
    own = session.root_of(path) if path else None
    roots = (own[0].folder,) if own else ()

    def gather(budget: int, count: Count | None) -> Evidence:
        """Find related notes, from the thread of the model; the note itself is none."""
        if own is None:
            raise InvalidRequest("this note lies in no folder that is open: there are no related notes")
        work = gathering.gather(session, [ScopedRoot(own[0], Scope())], passage.text, (), budget, count)
        found = asyncio.run_coroutine_threadsafe(work, loop).result()
        return gathering.without(found, *own)

    async def run() -> Suggestion:
        return await current.run(
            lambda tell, stop: session.assistant.write(
                name, passage, roots, tell, stop, language=language, gather=gather, model=model
            )
        )

    return await consenting(server, Wanted(task_of(name), model, roots), run)


def _document(server: StarlightServer, asked: Mapping[str, Any]) -> TextDocument:
    uri = convert.text(asked, "uri")
    if convert.is_text_view(uri):
        raise InvalidRequest(convert.UNCHANGEABLE)
    document = convert.open_document(server.workspace, uri)
    if document is None:
        raise InvalidRequest("`uri` must be the URI of a note that is open in the editor")
    return document


def _passage(document: TextDocument, asked: Mapping[str, Any]) -> Passage:
    from starlight.engine.writing import Passage

    text = document.source
    start, end = convert.offsets_of(text, asked.get("range"), document.position_codec)
    return Passage(text, start, end)
