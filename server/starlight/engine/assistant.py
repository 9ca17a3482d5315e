"""Asks the models of a process: which of them answers what, whose turn it is, and what that took."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from starlight.engine.answer import Answer, Event
from starlight.engine.chat import Asking, Gather, Limits, Memory, Request
from starlight.engine.drafting import Desk
from starlight.engine.writing import Helper, Passage, Suggestion, checked
from starlight.errors import GeneratorUnavailable
from starlight.models.generator import Cancellation, Generator

if TYPE_CHECKING:
    from starlight.config import Settings

Task = Literal["answer", "summary", "summary-line", "title", "rewrite"]

NO_MODEL = "No chat model is set up: `starlight model list` shows small ones that run on this machine."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model to be asked: for a task, by name where the request has one, about the notes of some folders."""

    task: Task
    name: str = ""
    roots: tuple[Path, ...] = ()
    """Text from each of them would go to the model: another machine needs the consent for each."""


class Assistant:
    """The models of one process, with what all requests to them share.  Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._desk = Desk()
        self._memories: dict[str, Memory] = {}
        self._generators: dict[Wanted, Generator | None] = {}
        self._lock = threading.Lock()

    def configure(self, settings: Settings) -> None:
        """Take other settings; models are chosen anew where they say something else of them."""
        same = self._settings.of_chat() == settings.of_chat()
        self._settings = settings
        if not same:
            self.close()

    def ask(
        self,
        request: Request,
        roots: Sequence[Path],
        gather: Gather,
        tell: Callable[[Event], None] = lambda _event: None,
        cancellation: Cancellation | None = None,
        *,
        without_model: str = "",
    ) -> Answer:
        """Return the answer to ``request`` from what ``gather`` finds in ``roots``; see ``chat.Asking.answer``.

        ``without_model`` says why no model shall be asked; the notes' own sentences answer then.
        """
        generator, hint = None, without_model
        if not without_model:
            generator, hint = self._generator(Wanted("answer", request.model, tuple(roots)), must=bool(request.model))
        memory = self._memories.setdefault(generator.name if generator else "", Memory())
        return Asking(
            request, gather, generator, self._desk, memory=memory, limits=self._limits(), tell=tell,
            cancellation=cancellation, hint=hint,
        ).answer()  # fmt: skip

    def write(
        self,
        name: str,
        passage: Passage,
        roots: Sequence[Path],
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
        generator, hint = self._generator(Wanted(action.model, model, tuple(roots)), must=True)
        if generator is None:
            raise GeneratorUnavailable(hint)
        helper = Helper(generator, self._desk, tell, cancellation, self._settings.chat_temperature)
        return helper.suggest(name, passage, language, gather)

    def question_of_consent(self, wanted: Wanted) -> tuple[str, str]:
        """Return the host that the model ``wanted`` is on, and what the user is to be asked before text goes there."""
        from starlight.models import consent

        generator, hint = self._generator(wanted, must=True)
        if generator is None:
            raise GeneratorUnavailable(hint)
        is_encrypted = self._settings.chat_endpoint.startswith("https:")
        return generator.host, consent.question(generator.host, encrypted=is_encrypted)

    def consent(self, wanted: Wanted) -> None:
        """Keep that the user has agreed that text goes there, until it is taken back."""
        from starlight.models import consent

        generator, _ = self._generator(wanted, must=True)
        for root in wanted.roots if generator else ():
            consent.allow(root, generator.host if generator else "")

    def why_no_writing(self) -> str:
        """Return why no model can help with writing; empty where one can."""
        generator, hint = self._generator(Wanted("rewrite"))
        return "" if generator else hint

    def models(self) -> dict[str, Any]:
        """Return the answer to ``starlight.models``, as ``docs/protocol.md`` has it."""
        return {"models": [], "hint": NO_MODEL}

    def standing(self) -> dict[str, Any]:
        """Return the field ``answers`` of the status, as ``docs/protocol.md`` has it."""
        with self._lock:
            used = [generator for generator in self._generators.values() if generator]
        loaded = [generator.name for generator in used if getattr(generator, "is_loaded", False)]
        return {
            **asdict(self._desk.calls.counts),
            "model": (loaded or [generator.name for generator in used] or [""])[-1],
            "loaded": bool(loaded),
            "queue": self._desk.turns.waiting,
        }

    def close(self) -> None:
        """Let go of all models; they are chosen and loaded anew when something is asked."""
        with self._lock:
            generators, self._generators = list(self._generators.values()), {}
        for generator in generators:
            if generator:
                generator.close()

    def _generator(self, wanted: Wanted, *, must: bool = False) -> tuple[Generator | None, str]:
        """Return the model that is wanted, or None and why; ``must`` raises where one is named that cannot be used."""
        from starlight.models import consent
        from starlight.models.chosen import chosen

        with self._lock:
            if wanted in self._generators:
                found = self._generators[wanted]
                return found, "" if found else NO_MODEL

        def allowed(host: str) -> bool:
            return bool(wanted.roots) and all(consent.allowed(root, host) for root in wanted.roots)

        try:
            generator = chosen(wanted.task, self._settings, allowed, wanted.name)
        except GeneratorUnavailable as error:
            if must:
                raise
            return None, str(error)
        with self._lock:
            generator = self._generators.setdefault(wanted, generator)
        return generator, "" if generator else NO_MODEL

    def _limits(self) -> Limits:
        settings = self._settings
        return Limits(
            answer=settings.chat_answer_tokens,
            sources=settings.chat_budget or Limits().sources,
            temperature=settings.chat_temperature,
        )
