"""Summary lines in idle time through the protocol: made, shown, told, stopped at a key, never by another machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.client import LIMIT, Server
from tests.engine.summaries import first_sentences
from tests.models.stand_in import StandIn
from tests.waiting import wait_until

ASIDE = "- A list of things that were bought on that day.\n" * 30
NOTES = (
    "".join(f"== {n}.md ==\n# Note {n}\n\n{ASIDE}\nThe kettle {n} has a copper lid.\n" for n in range(3))
    + "== here.md ==\n[[1]]\n"
)
IMPATIENT = (
    "from starlight.engine import idle; idle.QUIET = 0.2; idle.on_battery = lambda: {on_battery}; "
    "from starlight.cli import main; main(['serve'])"
)
"""A server that waits a moment only until nobody uses the notes."""


class Said:
    def __init__(self, role: str, content: str) -> None:
        self.role, self.content = role, content


def kettle(sent: list[dict[str, str]]) -> str:
    """Say the sentence about the kettle, of whichever text is sent."""
    found = [line for line in sent[0]["content"].split("\n") if line.startswith("The kettle")]
    return f"{found[0].strip()[:-1]} [1]." if found else first_sentences([Said(**each) for each in sent])  # type: ignore[arg-type]


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(says=kettle, kind="llama-server") as server:
        yield server


@pytest.fixture
def serving(start, vault, stand_in) -> Callable[..., Server]:
    def make(*, on_battery: bool = False, background: bool = True, endpoint: str = "") -> Server:
        server = start([sys.executable, "-c", IMPATIENT.format(on_battery=on_battery)])
        chat = {"endpoint": endpoint or stand_in.url, "localPorts": []}
        server.notes = vault(NOTES)
        server.initialize(server.notes, settings={"chat": chat, "summary": {"background": background}})
        server.wait_state("ready")
        return server

    return make


def lines(server: Server) -> dict[str, Any]:
    told = server.of("starlight/status")
    return told[-1]["summary_lines"] if told else {}


def wait_lines(server: Server, **wanted: object) -> dict[str, Any]:
    """Wait until the status says that of summary lines."""

    def there() -> dict[str, Any] | None:
        now = lines(server)
        return now if all(now.get(key) == value for key, value in wanted.items()) else None

    return server.wait(f"summary lines with {wanted}", there)


def test_lines_are_made_and_shown_and_told(serving, stand_in):
    server = serving()
    done = wait_lines(server, made=3, total=3, state="")
    assert (done["model"], done["words"]) == ("tiny", "summary lines: 3 of 3")
    assert len(stand_in.chats()) == 3
    uri = (server.notes / "here.md").as_uri()
    where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 3}}
    server.open(server.notes / "here.md", "[[1]]\n")
    shown = server.request("textDocument/hover", where)["contents"]["value"]
    assert "> The kettle 1 has a copper lid. · `tiny`" in shown
    assert "Summary lines by a model: 3 of 3 notes" in server.status()["report"]
    assert server.status()["roots"][0]["lines"] == {"made": 3, "total": 3}
    assert {each["summary_lines"]["words"] for each in server.of("starlight/status")} >= {
        "summary lines: 1 of 3 (making)"
    }


def test_a_note_that_is_saved_anew_gets_another_line(serving, stand_in):
    server = serving()
    wait_lines(server, made=3, state="")
    path = server.notes / "1.md"
    path.write_text(path.read_text().replace("kettle 1", "kettle eleven"))
    server.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    wait_until("a fourth call", lambda: len(stand_in.chats()) == 4, LIMIT)
    wait_lines(server, made=3, state="")
    assert "kettle eleven" in stand_in.chats()[-1].body["messages"][0]["content"]


def test_a_key_stops_what_is_written_at_once_and_it_goes_on(serving, stand_in):
    stand_in.behaviour = "slow"
    server = serving()
    wait_until("the model is asked", stand_in.chats, LIMIT)
    stand_in.behaviour = "well"
    server.open(server.notes / "here.md", "[[1]] a")
    assert stand_in.hung_up.wait(20), "the call goes on"
    wait_lines(server, made=3, state="")


def test_a_question_stops_what_is_written_at_once(serving, stand_in):
    stand_in.behaviour = "slow"
    server = serving()
    wait_until("the model is asked", stand_in.chats, LIMIT)
    stand_in.behaviour = "well"
    made = server.execute("starlight.summarize", {"uri": (server.notes / "0.md").as_uri(), "sentences": 1})
    assert stand_in.hung_up.wait(20), "the call goes on"
    assert made["answer"] == "The kettle 0 has a copper lid [1]."
    wait_lines(server, made=3, state="")


def test_turned_off_it_ends_at_once(serving, stand_in):
    stand_in.behaviour = "slow"
    server = serving()
    wait_until("the model is asked", stand_in.chats, LIMIT)
    server.answers["workspace/configuration"] = lambda _params: [{"summary": {"background": False}}]
    server.notify("workspace/didChangeConfiguration", {"settings": None})
    assert stand_in.hung_up.wait(20), "the call goes on"
    server.execute("starlight.pause", {})
    wait_lines(server, words="", total=0)


def test_on_battery_nothing_is_asked(serving, stand_in):
    server = serving(on_battery=True)
    assert wait_lines(server, state="on battery")["words"] == "summary lines: 0 of 3 (on battery)"
    assert stand_in.chats() == []


def test_it_is_off_until_somebody_wants_it(serving, stand_in):
    server = serving(background=False)
    server.search("kettle")
    assert server.status()["summary_lines"] == {
        "state": "", "made": 0, "total": 0, "model": "", "message": "", "words": "",
    }  # fmt: skip
    assert "Summary lines" not in server.status()["report"]
    assert stand_in.requests == []


def test_another_machine_is_never_asked(serving, stand_in):
    server = serving(endpoint="http://192.0.2.7:8000/v1")
    assert wait_lines(server, state="no model")["made"] == 0
    assert stand_in.requests == []


def test_a_server_that_fails_is_told_once(serving, stand_in):
    stand_in.behaviour = "failing"
    server = serving()
    resting = wait_lines(server, state="resting")
    assert "CUDA out of memory" in resting["message"]
    server.wait("a warning", lambda: server.of("window/showMessage"))
    assert len(stand_in.chats()) == 1
    assert [each["message"] for each in server.of("window/showMessage") if "summary lines" in each["message"]] == [
        f"Starlight: no summary lines are written for a while. {resting['message']}"
    ]


def test_the_command_line_says_how_far_it_is(serving, cache, capfd):
    server = serving()
    wait_lines(server, made=3, state="")
    from starlight.cli import main

    assert main(["status", str(server.notes)]) == 0
    assert "Summary lines by a model: 3 of 3 notes" in capfd.readouterr().out
