"""``starlight ask`` and ``starlight chat``: answers as they come, and a conversation that Ctrl-C does not end."""

from __future__ import annotations

import contextlib
import functools
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from starlight import terminal
from starlight.engine.answer import EVERYTHING, Answer, Event, Finished, Scope, Turn, Working
from starlight.engine.assistant import Wanted, wanted_summary
from starlight.engine.conversations import Cited, Saved, note_of
from starlight.engine.selected import is_readable
from starlight.errors import ConsentNeeded, InvalidRequest, StarlightError
from starlight.models.generator import Cancellation

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from starlight.engine.answering import Answering
    from starlight.engine.summary import Length, Subject, Summary
    from starlight.engine.workspace import Workspace

STOPPED = 130

HELP = """\
/sources [N]      the sources of the last answer, or the text of one
/scope [PLACE..]  what may be used: folder/, #tag, note.md; `all` for everything
/model [NAME]     the model that answers; without a name, those there are
/save [TITLE]     save this conversation as a new note
/new              forget this conversation
/quit             leave (also Ctrl-D)"""


def ask(workspace: Workspace, question: str, scope: Scope, model: str, *, as_json: bool) -> int:
    """Answer one question; returns the exit code."""
    answer = _answered(workspace, question, scope=scope, model=model, quiet=as_json)
    if as_json:
        terminal.print_json(answer_json(answer, workspace.root))
    return STOPPED if answer.stopped else 0


def answer_json(answer: Answer, root: Path) -> dict[str, Any]:
    """Return the JSON form of an answer from the notes below ``root``."""
    from starlight.engine.wire_answers import answer_json as json_of

    return json_of(answer, lambda source: {"uri": (root / source.path).as_uri()})


def scope_of(places: Sequence[str]) -> Scope:
    """Return the scope that some places name: ``folder/``, ``#tag``, ``note.md``, ``paper.pdf``.

    Raises:
        InvalidRequest: more than one of them is a folder.
    """
    tags = tuple(place[1:] for place in places if place.startswith("#"))
    others = [place.removeprefix("@").removeprefix("./") for place in places if not place.startswith("#")]
    notes = tuple(place for place in others if is_readable(place))
    folders = [place.strip("/") for place in others if place not in notes]
    if len(folders) > 1:
        raise InvalidRequest(f"one folder at a time: {', '.join(folders)}")
    return Scope(folder=folders[0] if folders else "", tags=tags, notes=notes)


def chat(workspace: Workspace, places: Sequence[str], model: str) -> int:
    """Hold a conversation until the user leaves; returns the exit code."""
    with contextlib.suppress(ImportError):  # Windows has none; lines are edited by the console there
        import readline  # noqa: F401 -- that it is imported is what it takes
    conversation = Conversation(workspace, places, model)
    if sys.stdin.isatty():
        sys.stdout.write(f"Ask about the notes in {workspace.root}; /help lists the commands.\n")
    for line in _lines():
        try:
            if not conversation.take(line):
                break
        except StarlightError as error:
            sys.stderr.write(f"starlight: {terminal.printable(str(error))}\n")
    return 0


class Conversation:
    """What was said so far, and how it goes on."""

    def __init__(self, workspace: Workspace, places: Sequence[str], model: str) -> None:
        self._workspace = workspace
        self._scope = scope_of(places)
        self._places = tuple(places)
        self._model = model
        self._answers: list[Answer] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "help": self._help,
            "sources": self._sources,
            "scope": self._set_scope,
            "model": self._set_model,
            "save": self._save,
            "new": self._new,
        }

    def take(self, line: str) -> bool:
        """Do what ``line`` says, a command or a question; false where it says to leave.

        Raises:
            StarlightError: it cannot be done, and the conversation goes on.
        """
        line = line.strip()
        if not line:
            return True
        if not line.startswith("/"):
            self._ask(line)
            return True
        name, _, rest = line[1:].partition(" ")
        if name in ("quit", "exit", "q"):
            return False
        if name not in self._commands:
            raise InvalidRequest(f"there is no command /{name}; /help lists them")
        self._commands[name](rest.strip())
        return True

    def _ask(self, question: str) -> None:
        talk = [Turn(answer.question, answer.text) for answer in self._answers if answer.text]
        answer = _answered(self._workspace, question, talk, self._scope, self._model)
        self._answers.append(answer)

    def _help(self, _rest: str) -> None:
        sys.stdout.write(f"{HELP}\n")

    def _sources(self, number: str) -> None:
        if not self._answers:
            raise InvalidRequest("there is no answer yet")
        answer = self._answers[-1]
        if not number:
            terminal.print_sources(answer)
            return
        found = [source for source in answer.sources if str(source.number) == number.strip("[]")]
        if not found:
            raise InvalidRequest(f"the last answer has no source {number}")
        terminal.print_source(found[0])

    def _set_scope(self, rest: str) -> None:
        if rest:
            places = () if rest == "all" else tuple(rest.split())
            self._scope, self._places = scope_of(places), places
        sys.stdout.write(f"Used is {terminal.printable(', '.join(self._places)) or 'every note'}.\n")

    def _set_model(self, name: str) -> None:
        if name:
            self._model = name
        known = self._workspace.assistant.models(self._workspace.root)
        for model in known["models"]:
            sys.stdout.write(f"  {terminal.printable(model['name'])}  {terminal.printable(model['note'])}\n")
        chosen = self._model or self._workspace.assistant.standing()["model"] or "none"
        sys.stdout.write(f"Answering: {terminal.printable(chosen)}\n{known['hint']}".rstrip() + "\n")

    def _new(self, _rest: str) -> None:
        self._answers = []
        sys.stdout.write("A new conversation.\n")

    def _save(self, title: str) -> None:
        if not self._answers:
            raise InvalidRequest("there is nothing to save yet")
        turns = [_saved(answer) for answer in self._answers]
        root, folder = self._workspace.root, self._workspace.settings.chat_folder
        path, text = note_of(turns, folder, title, lambda path: (root / path).exists())
        place = root / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8") as file:  # never over another note
                file.write(text)
        except OSError as error:
            raise InvalidRequest(f"{place}: cannot be written ({error.strerror})") from error
        sys.stdout.write(f"Saved as {terminal.printable(path)}\n")


def _saved(answer: Answer) -> Saved:
    used = {number for statement in answer.statements for number in statement.sources}
    sources = [each for each in answer.sources if each.number in used]
    cited = (Cited(each.number, each.path, each.start_line, each.end_line) for each in sources)
    return Saved(answer.question, answer.text, tuple(cited))


def _answered(
    workspace: Workspace,
    question: str,
    talk: Sequence[Turn] = (),
    scope: Scope = EVERYTHING,
    model: str = "",
    *,
    quiet: bool = False,
) -> Answer:
    """Show an answer as it comes; the user is asked before text leaves the machine, and a no costs the model only."""
    ask = functools.partial(workspace.ask, question, conversation=talk, scope=scope, model=model)
    try:
        return _shown(ask(), quiet=quiet)
    except ConsentNeeded as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ConsentNeeded(f"{error}; ask in a terminal, where you can say yes to that") from error
        why_not = "" if agreed(workspace, Wanted("answer", model, (workspace.root,))) else str(error)
    return _shown(ask(without_model=why_not), quiet=quiet)


def summary(workspace: Workspace, subject: Subject, length: Length, model: str, *, quiet: bool) -> Summary:
    """Have a chat model summarize ``subject`` and show how far it is; Ctrl-C stops it, and what was made stays."""

    def run(why_not: str = "") -> Summary:
        stop = Cancellation()
        with interrupting(stop.cancel), terminal.Answering(quiet=quiet) as show:

            def tell(event: Event) -> None:
                if isinstance(event, Working):
                    show.take(event)

            return workspace.written_summary(subject, length, tell, stop, model=model, without_model=why_not)

    try:
        return run()
    except ConsentNeeded as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ConsentNeeded(f"{error}; ask in a terminal, where you can say yes to that") from error
        why_not = "" if agreed(workspace, wanted_summary(subject, length, model)) else str(error)
    return run(why_not)


def agreed(workspace: Workspace, wanted: Wanted) -> bool:
    """Ask the user whether text may go to the machine of a model, and keep a yes."""
    _, question = workspace.assistant.question_of_consent(wanted)
    sys.stderr.write(f"{terminal.printable(question)} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        return False
    workspace.assistant.consent(wanted)
    return True


def _shown(answering: Answering, *, quiet: bool = False) -> Answer:
    """Show an answer as it comes; Ctrl-C stops it, a second one the program."""
    with interrupting(answering.stop), terminal.Answering(quiet=quiet) as show:
        for event in answering.events():
            show.take(event)
            if isinstance(event, Finished):
                return event.answer
    return answering.answer


@contextlib.contextmanager
def interrupting(stop: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl-C ``stop`` what is done, and a second one the program."""
    asked = False

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        stop()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _lines() -> Iterator[str]:
    """Yield what the user types; Ctrl-C clears the line, Ctrl-D ends."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    while (line := _typed()) is not None:
        yield line


def _typed() -> str | None:
    try:
        return input("› ")
    except EOFError:
        sys.stdout.write("\n")
        return None
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        return ""
