"""``starlight.ask``, ``starlight.stop``, ``starlight.models``: a question into an answer, sent as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from starlight.engine.answer import Answer, Evidence, Turn
from starlight.engine.assistant import Wanted
from starlight.errors import ConsentNeeded, InvalidRequest
from starlight.lsp import convert, gathering
from starlight.lsp.consenting import consenting
from starlight.lsp.errors import translated
from starlight.lsp.gathering import Count, ScopedRoot
from starlight.lsp.generating import Current
from starlight.lsp.protocol import ASK, MODELS, STOP

if TYPE_CHECKING:
    from starlight.engine.chat import Request
    from starlight.lsp.server import StarlightServer


def register(server: StarlightServer) -> None:
    """Register the feature's handlers."""

    @server.command(ASK)
    async def ask(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            from starlight.engine.wire_answers import answer_json

            asked = convert.argument(arguments)
            request = _request(asked)
            await server.session.until_started()
            where = gathering.scoped_roots(server.session, asked.get("scope"))
            with server.session.generations.request(convert.text(asked, "id")) as current:
                answer = await _answered(server, request, where, current)
            server.session.tell_soon()
            return answer_json(answer, server.session.addresses_of)

    @server.command(STOP)
    async def stop(ls: LanguageServer, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            return {"stopped": server.session.generations.stop(convert.text(convert.argument(arguments), "id"))}

    @server.command(MODELS)
    async def models(ls: LanguageServer, *_arguments: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 -- any JSON; see convert
        with translated():
            roots = server.session.indexed()
            return await asyncio.to_thread(server.session.assistant.models, roots[0].folder if roots else None)


async def _answered(server: StarlightServer, request: Request, where: list[ScopedRoot], current: Current) -> Answer:
    loop, session = asyncio.get_running_loop(), server.session
    roots = tuple(each.root.folder for each in where)

    def gather(budget: int, count: Count | None) -> Evidence:
        """Have the folders searched, from the thread of the answer."""
        work = gathering.gather(session, where, request.question, request.conversation, budget, count)
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    async def run(why_not: str = "") -> Answer:
        return await current.run(
            lambda tell, stop: session.assistant.ask(request, roots, gather, tell, stop, without_model=why_not)
        )

    try:
        return await consenting(server, Wanted("answer", request.model, roots), run)
    except ConsentNeeded as error:  # the notes' own sentences answer, and nothing leaves
        return await run(str(error))


def _request(asked: Mapping[str, Any]) -> Request:
    from starlight.engine.chat import Request

    question = asked.get("question")
    if not isinstance(question, str) or not question.strip():
        raise InvalidRequest("`question` must be what you want to know, in words")
    return Request(question, _conversation(asked.get("conversation")), model=convert.text(asked, "model"))


def _conversation(turns: object) -> tuple[Turn, ...]:
    if turns is None:
        return ()
    if not isinstance(turns, list) or not all(map(_is_turn, turns)):
        raise InvalidRequest("`conversation` must be a list of objects, each with `question` and `answer`")
    return tuple(Turn(turn["question"], turn["answer"]) for turn in turns)


def _is_turn(turn: object) -> bool:
    return isinstance(turn, Mapping) and all(isinstance(turn.get(name), str) for name in ("question", "answer"))
