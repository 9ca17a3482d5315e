"""Asks the models of a process: which of them answers what, whose turn it is, and what that took."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlight.engine.answer import Answer, Event
from starlight.engine.chat import Asking, Gather, Limits, Memory, Request
from starlight.engine.drafting import Desk
from starlight.engine.writing import Helper, Passage, Suggestion, checked
from starlight.errors import GeneratorUnavailable
from starlight.models.generator import Cancellation, Generator

if TYPE_CHECKING:
    from starlight.config import Settings

NO_MODEL = "No chat model is set up: `starlight model list` shows small ones that run on this machine."


class Assistant:
    """The models of one process, with what all requests to them share.  Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.desk = Desk()
        self._memories: dict[str, Memory] = {}
        self._generators: dict[tuple[str, str], Generator] = {}
        self._lock = threading.Lock()

    def configure(self, settings: Settings) -> None:
        """Take other settings; models that they name otherwise are let go of."""
        self.settings = settings

    def ask(
        self,
        request: Request,
        gather: Gather,
        tell: Callable[[Event], None] = lambda _event: None,
        cancellation: Cancellation | None = None,
        *,
        without_model: str = "",
    ) -> Answer:
        """Return the answer to ``request`` from what ``gather`` finds; see ``chat.Asking.answer``.

        ``without_model`` says why no model shall be asked; the notes' own sentences answer then.
        """
        generator, hint = (None, without_model) if without_model else self._generator("answer", request.model)
        memory = self._memories.setdefault(generator.name if generator else "", Memory())
        return Asking(
            request, gather, generator, self.desk, memory=memory, limits=self._limits(), tell=tell,
            cancellation=cancellation, hint=hint,
        ).answer()  # fmt: skip

    def write(
        self,
        name: str,
        passage: Passage,
        tell: Callable[[Event], None],
        cancellation: Cancellation,
        *,
        language: str = "",
        gather: Gather | None = None,
        model: str = "",
    ) -> Suggestion:
        """Return what a model makes of ``passage``; see ``writing.Helper.suggest``.

        Raises:
            GeneratorUnavailable: there is no model for this.
        """
        action = checked(name, passage, language)
        generator, hint = self._generator(action.model, model)
        if generator is None:
            raise GeneratorUnavailable(hint)
        helper = Helper(generator, self.desk, tell, cancellation, self.settings.chat_temperature)
        return helper.suggest(name, passage, language, gather)

    def why_no_writing(self) -> str:
        """Return why no model can help with writing; empty where one can."""
        generator, hint = self._generator("rewrite", "")
        return "" if generator else hint

    def standing(self) -> dict[str, Any]:
        """Return the field ``answers`` of the status, as ``docs/protocol.md`` has it."""
        return {**asdict(self.desk.calls.counts), "model": "", "loaded": False, "queue": self.desk.turns.waiting}

    def models(self) -> dict[str, Any]:
        """Return the answer to ``starlight.models``, as ``docs/protocol.md`` has it."""
        return {"models": [], "hint": NO_MODEL}

    def close(self) -> None:
        """Let go of all models."""
        with self._lock:
            generators, self._generators = list(self._generators.values()), {}
        for generator in generators:
            generator.close()

    def _generator(self, task: str, model: str) -> tuple[Generator | None, str]:
        if model:
            raise GeneratorUnavailable(f"{model}: there is no such model; `starlight model list` shows those there are")
        return None, NO_MODEL

    def _limits(self) -> Limits:
        settings = self.settings
        return Limits(
            answer=settings.chat_answer_tokens,
            sources=settings.chat_budget or Limits().sources,
            temperature=settings.chat_temperature,
        )
