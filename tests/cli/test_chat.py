"""``starlight ask`` and ``starlight chat``: answers in the terminal, with and without a model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading

import pytest

from tests.cli.command import command, snapshot, starlight
from tests.e2e.test_generated import KITCHEN, honest
from tests.models.stand_in import StandIn
from tests.waiting import wait_until

WASHER = "What did the rubber washer cost?"


@pytest.fixture
def settings(xdg_home):
    """Write the settings file of the command line."""

    def write(**chat: object) -> None:
        place = xdg_home / "config" / "starlight"
        place.mkdir(parents=True, exist_ok=True)
        lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in chat.items())
        (place / "config.toml").write_text(f"[chat]\n{lines}\n")

    write(localPorts=[])
    return write


@pytest.fixture
def model(settings):
    with StandIn(says=honest) as server:
        settings(endpoint=server.url)
        yield server


def test_notes_answer_without_a_model(vault, settings):
    done = starlight("ask", WASHER, "--root", vault(KITCHEN))
    assert done.code == 0, done.err
    assert "3 euros" in done.out
    assert "[1] tap.md:1" in done.out
    assert "starlight model list" in done.out


def test_answer_of_a_model_with_its_sources(vault, model):
    done = starlight("ask", WASHER, "--root", vault(KITCHEN))
    assert done.code == 0, done.err
    assert done.out.startswith("It cost 3 euros for one rubber washer. [1]\n")
    assert "[1] tap.md:1" in done.out
    assert "tea.md" not in done.out  # found perhaps, and not cited


def test_json_is_what_the_server_answers(vault, model):
    root = vault(KITCHEN)
    answer = starlight("ask", WASHER, "--root", root, "--json").json()
    assert answer["answer"].startswith("It cost 3 euros")
    assert answer["sources"][0]["uri"] == (root / "tap.md").as_uri()
    assert answer["statements"][0]["support"] == "supported"


def test_several_questions(vault, settings, tmp_path):
    done = starlight(
        "ask", "--queries", "-", "--json", "--root", vault(KITCHEN), stdin=f"{WASHER}\n\nGreen tea?\n".encode()
    )
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["question"] for answer in answers] == [WASHER, "Green tea?"]


@pytest.mark.parametrize("question", ["", "  "])
def test_no_question_is_refused(vault, settings, question):
    starlight("ask", question, "--root", vault(KITCHEN)).failed_with("the question is empty")


def test_scope_holds(vault, settings):
    root = vault(
        KITCHEN + "== garden/peas.md ==\n---\ntags: [plants]\n---\n# Peas\nPeas cost 3 euros, and no rubber.\n"
    )
    for place in ("garden/", "garden", "#plants", "garden/peas.md", "@garden/peas.md"):
        answer = starlight("ask", WASHER, "--root", root, "--scope", place, "--json").json()
        assert {source["path"] for source in answer["sources"]} == {"garden/peas.md"}, place
    starlight("ask", WASHER, "--root", root, "--scope", "a", "--scope", "b").failed_with("one folder at a time")


def test_unknown_model_is_refused(vault, settings):
    starlight("ask", WASHER, "--root", vault(KITCHEN), "--model", "nope").failed_with("nope: there is no such model")


def test_another_machine_is_not_asked_where_nobody_can_agree(vault, settings):
    settings(endpoint="https://models.example.invalid/v1")
    done = starlight("ask", WASHER, "--root", vault(KITCHEN))
    done.failed_with("models.example.invalid", "not agreed", "in a terminal")


def test_a_conversation(vault, model):
    root = vault(KITCHEN)
    typed = [WASHER, "/sources", "/sources 1", "/scope tea.md", "How hot is green tea?", "/scope", "/nope", "/quit"]
    done = starlight("chat", "--root", root, stdin="\n".join(typed).encode())
    assert done.code == 0, done.err
    assert "It cost 3 euros" in done.out
    assert "The kitchen tap dripped" in done.out, "the text of a source"
    assert "70 degrees" in done.out
    assert "Used is tea.md." in done.out
    assert "there is no command /nope" in done.err
    first, second = model.chats()
    assert [each["role"] for each in first.body["messages"]] == ["system", "user"]
    assert [each["role"] for each in second.body["messages"]] == ["system", "user", "assistant", "user"]


def test_a_conversation_is_saved_as_a_new_note_and_over_none(vault, settings):
    root = vault(KITCHEN)
    starlight("index", root)
    before = snapshot(root)
    talk = f"{WASHER}\n/save\n/save\n/save ../../out\n/quit\n".encode()
    done = starlight("chat", "--root", root, stdin=talk)
    assert done.out.count("Saved as chats/") == 3
    saved = sorted(path.name for path in (root / "chats").iterdir())
    assert len(saved) == 3
    text = (root / "chats" / saved[0]).read_text()
    assert f"## {WASHER}" in text
    assert "(../tap.md)" in text
    assert {path: kept for path, kept in snapshot(root).items() if path in before} == before


def test_nothing_to_save_or_to_show_is_said(vault, settings):
    done = starlight("chat", "--root", vault(KITCHEN), stdin=b"/save\n/sources\n/new\n/help\n")
    assert done.code == 0
    assert "nothing to save yet" in done.err
    assert "no answer yet" in done.err
    assert "/scope [PLACE..]" in done.out


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_ctrl_c_stops_the_answer_and_not_the_program(vault, model):
    root = vault(KITCHEN)
    starlight("index", root)
    model.behaviour = "endless"
    said: list[str] = []
    with subprocess.Popen(command("chat", "--root", root), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        reading = threading.Thread(target=lambda: said.extend(iter(lambda: process.stdout.read1().decode(), "")))
        reading.start()
        process.stdin.write(f"{WASHER}\n".encode())
        process.stdin.flush()
        wait_until("it writes", lambda: "more more" in "".join(said), limit=30)
        process.send_signal(signal.SIGINT)
        wait_until("it stopped", lambda: "(stopped)" in "".join(said))
        assert process.poll() is None
        model.behaviour = "well"
        process.stdin.write(b"How hot is green tea?\n/quit\n")
        process.stdin.close()
        assert process.wait(30) == 0
        reading.join(10)
    assert model.hung_up.is_set()
    assert "70 degrees" in "".join(said)


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_ctrl_c_of_one_question_keeps_what_was_written(vault, model):
    root = vault(KITCHEN)
    starlight("index", root)
    model.behaviour = "endless"
    with subprocess.Popen(command("ask", WASHER, "--root", root), stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read(9) == b"It cost 3"
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read().decode()
        assert process.wait(30) == 130
    assert "(stopped)" in rest
    assert "tap.md:1" in rest
