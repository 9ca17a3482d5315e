"""``starlight.summarize``, ``starlight.insertSummary``: a summary, sent as it grows, and the edit that places it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.assistant import wanted_summary
from starlight.errors import ConsentNeeded, InvalidRequest
from starlight.lsp import citing, convert, placing, subjects
from starlight.lsp.consenting import consenting
from starlight.lsp.errors import translated
from starlight.lsp.generating import Current
from starlight.lsp.placing import Placed
from starlight.lsp.protocol import INSERT_SUMMARY, SUMMARIZE
from starlight.lsp.subjects import Asked, Found

if TYPE_CHECKING:
    from starlight.engine.summary import Summary
    from starlight.lsp.server import StarlightServer

_SHOWN = 1_500
"""Characters of a summary that a question shows."""
_INSERT, _NOTE, _LEAVE = "Insert into the note", "Make a new note", "Leave it"
_WITHOUT = "No model was asked, as the request says."


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(SUMMARIZE)
    async def summarize(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            from starlight.engine.wire_answers import summary_json

            given = convert.argument(arguments)
            await server.session.until_started()
            asked, length = subjects.asked_of(server, given), subjects.length_of(given)
            with server.session.generations.request(convert.text(given, "id")) as current:
                found = await subjects.found(server, asked)
                without = _WITHOUT if given.get("extractive") is True else ""
                summary = await _summarized(server, found, current, (length, convert.text(given, "model"), without))
            server.session.tell_soon()
            place = {"line": found.first and found.first - 1, "line_text": found.first_text}
            answer = {**summary_json(summary, server.session.addresses_of), **place}
            if given.get("offer") is True:
                answer["applied"] = await _offer(server, asked, found, summary)
            return answer

    @server.command(INSERT_SUMMARY)
    async def insert(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            return await placing.place(server, _placed(server, convert.argument(arguments)))


async def _summarized(server: StarlightServer, found: Found, current: Current, how: tuple[Any, str, str]) -> Summary:
    assistant = server.session.assistant
    length, model, without = how

    async def run(why_not: str = without) -> Summary:
        return await current.run(
            lambda tell, stop: assistant.summarize(
                found.subject, length, found.kept, found.extract, tell, stop, model=model, without_model=why_not
            )
        )

    try:
        return await consenting(server, wanted_summary(found.subject, length, model), run)
    except ConsentNeeded as error:  # the notes' own sentences stand for them, and nothing leaves
        return await run(str(error))


async def _offer(server: StarlightServer, asked: Asked, found: Found, summary: Summary) -> bool:
    """Show the summary to the user, and have it put where they want it; false where that is nowhere."""
    if not summary.text:
        return False
    shown = summary.text if len(summary.text) <= _SHOWN else f"{summary.text[:_SHOWN]} …"
    chosen = await server.ask(f"{shown}\n\n{summary.coverage}", (_INSERT, _NOTE, _LEAVE))
    if chosen not in (_INSERT, _NOTE):
        return False
    how = "note" if chosen == _NOTE else server.session.settings.summary_insert_as
    placed = Placed(
        asked.root, asked.target.path, how, summary.subject.name, summary.text, summary.sources, found.first,
        found.first_text, str(summary.coverage),
    )  # fmt: skip
    return bool((await placing.place(server, placed))["applied"])


def _placed(server: StarlightServer, given: Mapping[str, Any]) -> Placed:
    from starlight.engine.summary_placing import checked

    how = checked(convert.text(given, "as") or server.session.settings.summary_insert_as)
    text, title, uri = (convert.text(given, name) for name in ("answer", "title", "uri"))
    if not text.strip():
        raise InvalidRequest("`answer` must be the text of a summary")
    root, path = subjects.place(server, uri) if uri else (subjects.folder(server, given), "")
    sources, line = given.get("sources") or [], given.get("line")
    if not isinstance(sources, list) or not (line is None or (isinstance(line, int) and line >= 0)):
        raise InvalidRequest("`sources` must be a list, and `line` a whole number")
    cited = [citing.source(source, root) for source in sources]
    line = None if line is None else line + 1
    return Placed(
        root,
        path,
        how,
        title or "Summary",
        text,
        cited,
        line,
        *(convert.text(given, name) for name in ("line_text", "said")),
    )
