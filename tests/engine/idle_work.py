"""Notes, a model, and the work of one window that has it write summary lines in idle time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlight.engine.hover import hover
from starlight.engine.summary import Counts
from starlight.engine.summary_ahead import FOREVER, SummaryAhead
from starlight.engine.workspace import Workspace
from starlight.models.generator import Cancellation, Message
from tests.engine.fakes import FakeGenerator

ASIDE = "- A list of things that were bought on that day.\n" * 30
LONG = "# Note {0}\n\n" + ASIDE + "\nIt tells of kettle {0} and of its copper lid.\n"
NOTES = "".join(f"== {number}.md ==\n{LONG.format(number)}" for number in range(3)) + (
    "== short.md ==\n# Short\nIt is shown whole.\n"
    f"== chats/tea.md ==\n---\ntype: starlight-chat\n---\n{LONG.format('tea')}"
    f"== summaries/all.md ==\n---\ntype: starlight-summary\n---\n{LONG.format('all')}"
    "== table.csv ==\na,b\n" + "1,2\n" * 400
)


@dataclass
class Doing:
    """The work of one window on one folder."""

    work: SummaryAhead
    notes: Workspace
    model: FakeGenerator
    opened: list[str] = field(default_factory=list)
    told: list[tuple[str, Counts]] = field(default_factory=list)

    def step(self, stop: Cancellation | None = None) -> float:
        return self.work.step({self.notes: self.opened}, stop or Cancellation())

    def until_done(self) -> None:
        """Let it go on until nothing is left to do."""
        for _ in range(50):
            if self.step() == FOREVER:
                return
        raise AssertionError(f"it is never done: {self.work.state}, {self.work.problem}")

    @property
    def counts(self) -> Counts:
        return self.work.counts(self.notes)

    def read(self) -> list[str]:
        """The notes that the model was asked about since the last call, by what their titles say."""
        found = [prompt[0].content.split("kettle ")[1].split(" ")[0] for prompt in self.model.prompts]
        self.model.prompts.clear()
        return found

    def shown(self, path: str, opened: dict[str, str] | None = None) -> tuple[str, str]:
        """The line of the note at ``path`` in a hover, and the model that wrote it."""
        text = f"[[{path}]]"
        card = self.notes.look({**(opened or {}), "here.md": text}, lambda notes: hover(notes, "here.md", 3), "here.md")
        assert card is not None
        return card.summary.text, card.summary.by


def kettle(messages: Sequence[Message]) -> str:
    """Say the sentence of the note about its kettle."""
    return next(line for line in messages[0].content.split("\n") if line.startswith("It tells")).strip() + " [1]"
