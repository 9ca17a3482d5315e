"""A question becomes an answer: evidence, a prompt that fits the window, the model's words, and the check of each.

Whatever fails on the way, an answer comes of it: without a model, or where it fails, the notes' own sentences.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from starlight.engine import prompts
from starlight.engine.answer import (
    Answer,
    Event,
    Evidence,
    Finished,
    Gathered,
    Kind,
    LeftOut,
    Scope,
    Source,
    Statement,
    Turn,
    Working,
    Written,
)
from starlight.engine.citations import check
from starlight.engine.drafting import Desk, Draft, Order, draft
from starlight.engine.extract import NOTHING, extract
from starlight.engine.prompts import Count, Plan
from starlight.errors import ConsentNeeded, GeneratorUnavailable, InvalidRequest, PromptTooLong
from starlight.models.generator import Cancellation, Generator, Sampling

log = logging.getLogger(__name__)

Gather = Callable[[int, "Count | None"], Evidence]
"""Gives the evidence for the question, within a budget of tokens, counted by the second argument; None: estimated."""

WITHOUT_MODEL = 1_000
"""The budget of tokens where no model has a window."""


@dataclass(frozen=True, slots=True)
class Request:
    """A question with the conversation that it goes on, and what of the notes may be used."""

    question: str
    conversation: tuple[Turn, ...] = ()
    scope: Scope = field(default_factory=Scope)
    model: str = ""
    """The name of the model to ask; empty for the one that the settings choose."""
    client: str = "ask"
    """Who asks: requests of different clients take turns."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer may be, how much of the notes a model is given to read (in tokens), and how it chooses."""

    answer: int = 512
    sources: int = 3_000
    temperature: float = 0.2


@dataclass(slots=True)
class Memory:
    """What the model was given last, so that the next prompt can begin the same way.  No conversation is kept."""

    sources: tuple[Source, ...] = ()
    answer: int = 0
    """The hash of what it answered."""


class Asking:
    """One question on its way to an answer.  Use it on one thread; ``cancellation`` may be asked for from any."""

    def __init__(
        self,
        request: Request,
        gather: Gather,
        generator: Generator | None,
        desk: Desk,
        *,
        memory: Memory | None = None,
        limits: Limits | None = None,
        tell: Callable[[Event], None] = lambda _event: None,
        cancellation: Cancellation | None = None,
        hint: str = "",
    ) -> None:
        self._request = request
        self._gather = gather
        self._generator = generator
        self._desk = desk
        self._memory = memory or Memory()
        self._limits = limits or Limits()
        self._tell = tell
        self._cancellation = cancellation or Cancellation()
        self._hints = [hint] if hint else []

    def answer(self) -> Answer:
        """Return the answer; ``tell`` hears the events of it, on this thread, ``Finished`` last.

        Raises:
            InvalidRequest: there is no question.
            ConsentNeeded: the question would leave the machine, and nobody has agreed to that.
            StarlightError: the notes cannot be searched.
        """
        if not self._request.question.strip():
            raise InvalidRequest("the question is empty; say what you want to know")
        answer = self._answered()
        self._tell(Finished(answer))
        log.info("an answer: %s, %s, %d sources", answer.kind, answer.verdict, len(answer.sources))
        log.debug("question: %s\nanswer: %s", answer.question, answer.text)
        return answer

    def _answered(self) -> Answer:
        plan = self._planned()
        evidence = self._gathered(plan)
        if self._cancellation.is_cancelled:
            return self._finished(evidence, Draft(), "generated" if plan else "extractive")
        if evidence.verdict == "nothing" or not evidence.sources:
            self._tell(Written(NOTHING))
            return self._finished(evidence, Draft(NOTHING), "extractive")
        if plan and self._generator:
            made = self._drafted(self._generator, plan, evidence)
            if made.problem:
                self._hints.append(made.problem)
            if made.text or self._cancellation.is_cancelled:
                return self._finished(evidence, made, "generated")
        text = extract(evidence, self._request.question)
        self._tell(Written(text))
        return self._finished(evidence, Draft(text), "extractive")

    def _planned(self) -> Plan | None:
        """Return how the model's window is divided; None where there is no model, or it cannot take the question."""
        generator, asked, limits = self._generator, self._request, self._limits
        if generator is None:
            return None
        try:
            window = generator.context_size()
            plan = prompts.plan(
                asked.question, asked.conversation, window, limits.answer, limits.sources, generator.count
            )
        except ConsentNeeded:
            raise
        except (GeneratorUnavailable, PromptTooLong) as error:
            self._hints.append(f"{generator.name} was not asked: {error}")
            self._generator = None
            return None
        if plan.dropped:
            turns = "the first turn" if plan.dropped == 1 else f"the first {plan.dropped} turns"
            self._hints.append(f"To fit the model's window, {turns} of the conversation did not go with the question.")
        return plan

    def _gathered(self, plan: Plan | None) -> Evidence:
        self._tell(Working("searching", "searching"))
        if plan and self._generator:
            count = self._generator.count
            evidence = self._arranged(self._gather(plan.sources, count), plan, count)
        else:
            evidence = self._gather(WITHOUT_MODEL, None)
        self._tell(Gathered(evidence))
        return evidence

    def _arranged(self, evidence: Evidence, plan: Plan, count: Count) -> Evidence:
        """Return ``evidence`` as the prompt has it: what the model read last stands first, and all of it fits."""
        sources = prompts.arranged(evidence.sources, self._memory.sources)
        kept = prompts.fitting(sources, plan.sources, count)
        cut = [LeftOut(each.path, each.start_line, each.end_line, "no room") for each in sources[len(kept) :]]
        return replace(evidence, sources=kept, left_out=(*evidence.left_out, *cut))

    def _drafted(self, generator: Generator, plan: Plan, evidence: Evidence) -> Draft:
        asked, sources = self._request, evidence.sources
        n_notes = len({(source.root, source.path) for source in sources})
        goes_on = self._goes_on(sources, plan.conversation)
        order = Order(
            prompts.messages(asked.question, sources, plan.conversation, same_numbers=goes_on),
            Sampling(max_tokens=plan.answer, temperature=self._limits.temperature),
            f"reading {n_notes} note{'s' if n_notes > 1 else ''}",
            asked.client,
            self._tell,
            self._cancellation,
        )
        made = draft(generator, order, self._desk)
        if made.text:
            self._memory.sources, self._memory.answer = sources, hash(made.text)
        return made

    def _goes_on(self, sources: Sequence[Source], conversation: Sequence[Turn]) -> bool:
        """Whether the last answer of ``conversation`` was over the first of ``sources``, by the same numbers."""
        before = self._memory.sources
        return (
            bool(conversation)
            and hash(conversation[-1].answer) == self._memory.answer
            and [*map(prompts.same, sources[: len(before)])] == [*map(prompts.same, before)]
        )

    def _finished(self, evidence: Evidence, made: Draft, kind: Kind) -> Answer:
        says_nothing = made.text.strip().startswith(NOTHING.rstrip("."))
        statements: tuple[Statement, ...] = ()
        if made.text and not says_nothing:
            self._tell(Working("checking", "checking the citations"))
            statements = check(made.text, evidence.sources)
        generator = self._generator if kind == "generated" else None
        if generator and statements:
            self._hints += _doubts(statements)
        return Answer(
            question=self._request.question,
            text=made.text,
            kind=kind,
            verdict="nothing" if says_nothing else evidence.verdict,
            sources=evidence.sources,
            statements=statements,
            left_out=evidence.left_out,
            complete=evidence.complete,
            model=generator.name if generator else "",
            host=generator.host if generator else "",
            left_machine=bool(generator and generator.place == "remote"),
            stopped=self._cancellation.is_cancelled,
            hint=" ".join(self._hints),
            usage=made.usage,
        )


def _doubts(statements: Sequence[Statement]) -> list[str]:
    """Return what to say of an answer in which nothing is supported."""
    if all(each.support == "uncited" for each in statements):
        return ["The model cited nothing: compare its answer with the sources yourself."]
    if not any(each.support in ("supported", "weak") for each in statements):
        return ["No sentence of this answer is supported by the source that it cites."]
    return []
