"""Answers of a model in llama.cpp, through the protocol: installed, loaded when asked, stopped, and gone in the end."""

from __future__ import annotations

import importlib.util

import pytest

from starlight.models import library
from tests.e2e.test_generated import GREEN, KITCHEN, WASHER, ask, begin, events_of, text_of
from tests.models import tiny_gguf
from tests.parts import need

SAYS = "It cost 3 euros for one rubber washer [1]."
SETTINGS = {"chat": {"localPorts": [], "threads": 1}}


@pytest.fixture
def install(tmp_path):
    """Put a model into the user's library that says what is given."""
    need("llama", importlib.util.find_spec("llama_cpp") is not None, "make llama")

    def make(name: str = "tiny", **model: object) -> None:
        library.add(tiny_gguf.write(tmp_path / f"{name}.gguf", **model), name)

    return make


@pytest.fixture
def kitchen(ready, vault, install):
    def make(**model: object):
        install(**model)
        return ready(vault(KITCHEN), settings=SETTINGS)

    return make


def test_model_is_found_loaded_and_answers(kitchen):
    server = kitchen(says=SAYS)
    (model,) = server.execute("starlight.models")["models"]
    assert (model["name"], model["place"], model["loaded"]) == ("tiny", "process", False)
    assert "answer" in model["chosen"]
    answer = ask(server, id="a")
    assert answer["answer"] == SAYS
    assert (answer["kind"], answer["model"], answer["host"], answer["left_machine"]) == ("generated", "tiny", "", False)
    assert answer["statements"][0]["support"] == "supported"
    assert text_of(server, "a") == SAYS
    phases = [event["phase"] for event in events_of(server, "a") if "phase" in event]
    assert list(dict.fromkeys(phases)) == ["searching", "reading", "loading", "writing", "checking"]
    standing = server.status()["answers"]
    assert (standing["model"], standing["loaded"], standing["local_calls"]) == ("tiny", True, 1)
    assert server.close() == 0


def test_second_question_does_not_pay_for_the_notes_again(kitchen):
    server = kitchen(says=SAYS)
    first = ask(server)
    conversation = [{"question": first["question"], "answer": first["answer"]}]
    second = ask(server, conversation=conversation)
    assert [source["path"] for source in second["sources"]] == [source["path"] for source in first["sources"]]
    usage = second["usage"]
    assert usage["cached_tokens"] > first["usage"]["prompt_tokens"] * 0.9


def test_stop_and_cancel_reach_the_model(kitchen):
    server = kitchen(says=" washer and more", forever=True)
    asked = begin(server, question=WASHER, id="a")
    server.wait("it writes", lambda: text_of(server, "a"))
    assert server.search("green tea")["hits"]
    assert server.execute("starlight.stop", {"id": "a"}) == {"stopped": True}
    answer = server.answer(asked)
    assert answer["stopped"] is True
    assert answer["answer"].startswith("washer and more")
    begin(server, question=GREEN, id="b")
    server.wait("it writes again", lambda: text_of(server, "b"))
    assert server.close() == 0, "an answer that is being written does not hold the end up"


def test_file_that_is_no_model_costs_only_itself(kitchen, tmp_path):
    server = kitchen(says=SAYS)
    installed = library.find("tiny")
    installed.path.write_bytes(installed.path.read_bytes()[:5_000])
    answer = ask(server)
    assert answer["kind"] == "extractive"
    assert "3 euros" in answer["answer"]
    assert "tiny: " in answer["hint"]


def test_question_longer_than_the_window(kitchen):
    server = kitchen(says=SAYS, shape=tiny_gguf.Shape(n_context=512))
    answer = ask(server, "rubber washer " * 600)
    assert answer["kind"] == "extractive"
    assert "does not fit the model's window of 512 tokens" in answer["hint"]
