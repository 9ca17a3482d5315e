"""Asks the models of a process: which of them answers what, whose turn it is, and what that took."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlight.engine.answer import Answer, Event
from starlight.engine.drafting import Desk
from starlight.errors import ConsentNeeded, GeneratorUnavailable
from starlight.models.generator import Cancellation, Generator
from starlight.models.tasks import Task

if TYPE_CHECKING:
    from starlight.config import Settings
    from starlight.engine.chat import Gather, Limits, Memory, Request
    from starlight.engine.summarizing import Extract
    from starlight.engine.summary import Length, Subject, Summary
    from starlight.engine.summary_tree import Kept
    from starlight.engine.writing import Passage, Suggestion

_REMEMBERED = 10.0
"""Seconds for which it is known whether there is a model: editors ask after every move of the cursor."""
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
        self._used: dict[int, Generator] = {}
        self._last: Generator | None = None
        self._why_not = _Remembered()
        self._lock = threading.Lock()

    def configure(self, settings: Settings) -> None:
        """Take other settings; models are let go of where they say something else of them."""
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
        from starlight.engine.chat import Asking, Memory

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
        from starlight.engine.writing import Helper, checked

        action = checked(name, passage, language)
        generator, hint = self._generator(Wanted(action.model, model, tuple(roots)), must=True)
        if generator is None:
            raise GeneratorUnavailable(hint)
        helper = Helper(generator, self._desk, tell, cancellation, self._settings.chat_temperature)
        return helper.suggest(name, passage, language, gather)

    def summarize(
        self,
        subject: Subject,
        length: Length,
        kept: Kept,
        extract: Extract,
        tell: Callable[[Event], None] = lambda _event: None,
        cancellation: Cancellation | None = None,
        *,
        model: str = "",
        without_model: str = "",
    ) -> Summary:
        """Return the summary of ``subject``; see ``summarizing.summarize``.

        ``kept`` holds what models made of its parts, ``extract`` gives sentences of the notes where none can be asked;
        ``without_model`` says why none shall be.

        Raises:
            GeneratorUnavailable: ``model`` names one that there is not.
            ConsentNeeded: the text would leave the machine, and nobody has agreed to that.
        """
        generator, hint = None, without_model
        if not without_model:
            generator, hint = self._generator(wanted_summary(subject, length, model), must=bool(model))
        return self.summarize_by(generator, subject, length, kept, extract, tell, cancellation, hint=hint)

    def summarize_by(
        self,
        generator: Generator | None,
        subject: Subject,
        length: Length,
        kept: Kept,
        extract: Extract,
        tell: Callable[[Event], None] = lambda _event: None,
        cancellation: Cancellation | None = None,
        *,
        hint: str = "",
    ) -> Summary:
        """Return the summary of ``subject`` by ``generator``; ``hint`` says why there is none."""
        from starlight.engine.summarizing import Means, summarize

        means = Means(
            generator, self._desk, kept, extract, self._settings.chat_temperature, tell,
            cancellation or Cancellation(), hint,
        )  # fmt: skip
        return summarize(subject, length, means)

    def at_hand(self, task: Task) -> Generator | None:
        """Return the model for ``task`` if it can be asked with no text leaving the machine, and nothing loaded for it.

        A server on this machine is asked which models it has in memory.
        """
        try:
            generator = self._found(Wanted(task))
        except GeneratorUnavailable:
            return None
        if generator is None or generator.place == "remote" or not generator.is_at_hand():
            return None
        with self._lock:
            self._used[id(generator)] = generator
        return generator

    def counter(self, name: str) -> Callable[[str], int]:
        """Return what counts tokens as the model called ``name`` does; nothing leaves the machine for it.

        Raises:
            GeneratorUnavailable: there is no such model.
        """
        from starlight.models.chosen import named

        generator = named(name, self._settings)
        with self._lock:
            self._used[id(generator)] = generator
        return generator.count

    def question_of_consent(self, wanted: Wanted) -> tuple[str, str]:
        """Return the host that the model ``wanted`` is on, and what the user is to be asked before text goes there.

        Raises:
            GeneratorUnavailable: there is no such model.
        """
        from starlight.models import consent

        generator = self._found(wanted)
        if generator is None:
            raise GeneratorUnavailable(NO_MODEL)
        is_encrypted = self._settings.chat_endpoint.startswith("https:")
        return generator.host, consent.question(generator.host, encrypted=is_encrypted)

    def consent(self, wanted: Wanted) -> None:
        """Keep that the user has agreed that text goes there, until it is taken back."""
        from starlight.models import consent

        generator = self._found(wanted)
        for root in wanted.roots if generator else ():
            consent.allow(root, generator.host if generator else "")

    def why_no_writing(self) -> str:
        """Return why no model can help with writing; empty where one can.  What was found holds for a while."""
        return self._why_not.get(lambda: self._generator(Wanted("rewrite"))[1])

    def models(self, root: Path | None = None) -> dict[str, Any]:
        """Return the answer to ``starlight.models``, as ``docs/protocol.md`` has it."""
        from starlight.engine.wire_answers import model_json
        from starlight.models.chosen import available

        entries = available(self._settings, root)
        hint = "" if any(entry.name for entry in entries) else NO_MODEL
        return {"models": [model_json(entry) for entry in entries], "hint": hint}

    def standing(self) -> dict[str, Any]:
        """Return the field ``answers`` of the status, as ``docs/protocol.md`` has it."""
        last = self._last
        return {
            **asdict(self._desk.calls.counts),
            "model": last.name if last else "",
            "loaded": bool(getattr(last, "is_loaded", False)),
            "queue": self._desk.turns.waiting,
        }

    def close(self) -> None:
        """Let go of all models; they are chosen and loaded anew when something is asked."""
        with self._lock:
            generators, self._used, self._last = list(self._used.values()), {}, None
            self._why_not = _Remembered()
        for generator in generators:
            generator.close()

    def _generator(self, wanted: Wanted, *, must: bool = False) -> tuple[Generator | None, str]:
        """Return the model that is wanted, or None and why.

        Raises:
            GeneratorUnavailable: ``must``, and one is named that there is not.
            ConsentNeeded: text of one of the folders would leave the machine, and nobody has agreed to that.
        """
        try:
            generator = self._found(wanted)
        except GeneratorUnavailable as error:
            if must:
                raise
            return None, str(error)
        if generator is None:
            return None, self._why_none()
        _expect_consent(generator, wanted.roots)
        with self._lock:
            self._used[id(generator)] = self._last = generator
        return generator, ""

    def _why_none(self) -> str:
        """Return why there is no model: what is wrong with those that are installed, or that none is."""
        from starlight.models.chosen import available

        faults = [f"{entry.name}: {entry.note}." for entry in available(self._settings) if entry.place == "process"]
        return f"No chat model can be used. {' '.join(faults)}" if faults else NO_MODEL

    def _found(self, wanted: Wanted) -> Generator | None:
        from starlight.models.chosen import chosen, named

        root = wanted.roots[0] if wanted.roots else None
        return named(wanted.name, self._settings, root) if wanted.name else chosen(wanted.task, self._settings, root)

    def _limits(self) -> Limits:
        from starlight.engine.chat import Limits

        settings = self._settings
        return Limits(
            answer=settings.chat_answer_tokens,
            sources=settings.chat_budget or Limits().sources,
            temperature=settings.chat_temperature,
        )


def wanted_summary(subject: Subject, length: Length, model: str = "") -> Wanted:
    """Return the model that summarizes ``subject``."""
    task: Task = "summary-line" if length.is_line else "summary"
    return Wanted(task, model, (Path(subject.root),) if subject.root else ())


def _expect_consent(generator: Generator, roots: Sequence[Path]) -> None:
    """See that the user has agreed for every one of ``roots``: the model itself knows of one folder only."""
    from starlight.models import consent

    for root in roots if generator.place == "remote" else ():
        if not consent.allowed(root, generator.host):
            raise ConsentNeeded(
                f"{generator.host} is another machine: {consent.SENT} would leave this one, "
                f"and you have not agreed to that for {root}"
            )


class _Remembered:
    """A text that takes a while to find, kept for some seconds."""

    def __init__(self) -> None:
        self._found: tuple[float, str] | None = None

    def get(self, find: Callable[[], str]) -> str:
        """Return it, found anew where it is old."""
        if self._found is None or time.monotonic() - self._found[0] > _REMEMBERED:
            self._found = (time.monotonic(), find())
        return self._found[1]
