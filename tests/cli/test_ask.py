"""`starlight ask`: an answer without a model, and the evidence for questions, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.models.counting import at_most
from tests.cli.command import starlight
from tests.models.stand_in import StandIn

NOTES = """== kitchen/pancakes.md ==
# Pancakes

Whisk eggs, milk and flour. Fry them in butter until they are golden.
== roof.md ==
# Roof

The roofer comes on Tuesday. \x1b[31mRed\x1b[0m tiles were refused by him.
"""
SOURCE = {
    "number": int, "path": str, "start_line": int, "end_line": int, "title": str, "heading": str, "text": str,
    "tokens": int, "score": float, "reasons": list,
}  # fmt: skip


@pytest.fixture
def root(vault: Callable[..., Path], xdg_home: Path) -> Path:
    settings = xdg_home / "config" / "starlight" / "config.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("[chat]\nlocalPorts = []\n")  # no server of models that may run on this machine
    return vault(NOTES)


def test_an_answer_with_its_sources(root: Path) -> None:
    done = starlight("ask", "--root", root, "When does the roofer come?")
    assert (done.code, done.err) == (0, f"Indexing {root}\n")
    answer, _, source, *_ = done.out.splitlines()
    assert answer == "The roofer comes on Tuesday. [1]"
    assert source == "  [1] roof.md:1  Roof"
    found = starlight("ask", "--root", root, "When does the roofer come?", "--json").json()
    assert (found["answer"], found["kind"], found["verdict"]) == (answer, "extractive", "found")


def test_what_the_notes_do_not_say(root: Path) -> None:
    done = starlight("ask", "--root", root, "quantum chromodynamics of gluons")
    assert done.out.startswith("Your notes do not say.\n")


def test_the_evidence_of_many_questions(root: Path) -> None:
    questions = ["Who was refused red tiles?", "", "How are pancakes fried?", "\ufeff \t"]
    done = starlight(
        "ask", "--root", root, "--queries", "-", "--evidence", "--budget", "20", "--json",
        stdin="\n".join(questions).encode() + b"\n",
    )  # fmt: skip
    assert done.code == 0
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [each["query"] for each in found] == questions
    assert found[1]["evidence"] == found[3]["evidence"] == []
    for each in found:
        assert sum(source["tokens"] for source in each["evidence"]) <= 20
        for source in each["evidence"]:
            assert {name: type(source[name]) for name in source} == SOURCE
        assert "answer" not in each
    assert found[2]["evidence"][0]["path"] == "kitchen/pancakes.md"


def test_tokens_are_counted_as_the_model_that_is_named_counts(root: Path, xdg_home: Path) -> None:
    with StandIn() as server:
        settings = xdg_home / "config" / "starlight" / "config.toml"
        settings.write_text(f'[chat]\nlocalPorts = []\nendpoint = "{server.url}"\n')
        question = ("ask", "--root", root, "--evidence", "--budget", "30", "--json", "Who was refused red tiles?")
        found = starlight(*question, "--model", "tiny").json()["evidence"]
        assert found
        assert all(source["tokens"] == at_most(source["text"]) for source in found)
        assert sum(source["tokens"] for source in found) <= 30
    settings.write_text("[chat]\nlocalPorts = []\n")
    starlight(*question, "--model", "none").failed_with("none")


def test_evidence_for_people(root: Path) -> None:
    done = starlight("ask", "--root", root, "--evidence", "Which tiles?")
    assert done.out.startswith("[1] roof.md:1  Roof\n  # Roof\n")
    assert "\x1b" not in done.out, "notes give the terminal no orders"


def test_what_makes_no_sense(root: Path) -> None:
    for options in ((), ("--evidence",)):
        starlight("ask", "--root", root, " ", *options).failed_with("the question is empty")
    starlight("ask", "--root", root, "tiles", "--budget", "0").failed_with("--budget must be at least 1 token, not 0")
    starlight("ask", "--root", root).failed_with("--queries FILE with one a line")
    starlight("ask", "--root", root / "none", "tiles").failed_with(str(root / "none"))
