"""`starlight summarize`: for people and for programs."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import command, starlight
from tests.models.stand_in import StandIn
from tests.waiting import wait_until

NOTES = """== garden/bees.md ==
# Bees

Bees fly to apple blossoms in the spring. \x1b[31mRed\x1b[0m ones are seldom seen.

## Hives

Hives stand in the shade of the old apple tree.
== roof.md ==
---
tags: [house]
---
# Roof

The roofer comes on Tuesday.
"""


@pytest.fixture
def root(vault: Callable[..., Path]) -> Path:
    return vault(NOTES)


def test_a_note_with_its_places(root: Path) -> None:
    starlight("index", root)
    done = starlight("summarize", root / "roof.md")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "The roofer comes on Tuesday. [1]"
    assert lines[2] == "  [1] roof.md:6  Roof"
    assert lines[-1] == "Roof: 1 of 1 section, 7 words, without a model"


def test_lengths_and_control_characters(root: Path) -> None:
    done = starlight("summarize", "--root", root, "garden", "--sentences", "3", cwd=root)
    assert sum(line.startswith("- ") for line in done.out.splitlines()) == 3
    assert "\x1b" not in done.out
    line = starlight("summarize", "garden", "--line", cwd=root)
    assert line.out.splitlines()[0].endswith(" [1]")
    share = starlight("summarize", "garden/bees.md", "--share", "100%", "--json", cwd=root).json()
    assert len(share["statements"]) == 3


def test_for_programs(root: Path) -> None:
    found = starlight("summarize", "garden/bees.md", "--root", root, "--section", "Hives", "--json", cwd=root).json()
    assert found["subject"] == {"kind": "section", "name": "Bees › Hives"}
    assert found["answer"] == "Hives stand in the shade of the old apple tree. [1]"
    assert found["sources"][0]["uri"] == (root / "garden" / "bees.md").as_uri()
    assert found["coverage"]["read"] == found["coverage"]["sections"] == 1
    tagged = starlight("summarize", "--root", root, "--tag", "house", "--since", "7d", "--json").json()
    assert (tagged["subject"]["kind"], tagged["answer"]) == ("changes", "The roofer comes on Tuesday. [1]")
    searched = starlight("summarize", "--root", root, "--search", "roofer", "--json").json()
    assert searched["subject"] == {"kind": "search", "name": "roofer"}


def test_what_makes_no_sense(root: Path, tmp_path: Path) -> None:
    starlight("index", root)
    starlight("summarize", "--root", root, "nowhere.md", cwd=root).failed_with("nowhere.md", "no such note")
    starlight("summarize", "--root", root, tmp_path / "else.md").failed_with(
        "else.md", "not in the folder of your notes"
    )
    starlight("summarize", "--root", root, "a" * 300, cwd=root).failed_with("no such note")
    starlight("summarize", "a" * 300, cwd=root).failed_with("no such note")
    starlight("summarize", "--root", root, "--since", "someday").failed_with("someday", "no day")
    starlight("summarize", "--root", root, "--sentences", "0").failed_with("--sentences", "at least 1")
    starlight("summarize", "--root", root, "--sentences", "41").failed_with("--sentences", "at most 40")
    for share in ("0", "1.5", "much", "nan"):
        starlight("summarize", "--root", root, "--share", share).failed_with("--share", share)


def says(sent: list[dict[str, str]]) -> str:
    return "The roofer comes [1]." if "The roofer comes on Tuesday." in sent[0]["content"] else ""


def test_a_model_writes_it_where_that_is_asked_for(root: Path, xdg_home: Path) -> None:
    starlight("index", root)
    with StandIn(says=says) as server:
        settings = xdg_home / "config" / "starlight" / "config.toml"
        settings.write_text(f'[chat]\nlocalPorts = []\nendpoint = "{server.url}"\n')
        done = starlight("summarize", root / "roof.md", "--model")
        again = starlight("summarize", root / "roof.md", "--json", "--model", "tiny").json()
    assert done.code == 0
    assert done.out.splitlines()[0] == "The roofer comes [1]."
    assert done.out.splitlines()[-1] == "Roof: 1 of 1 section, 7 words, tiny, 1 step"
    assert (again["coverage"]["calls"], again["coverage"]["reused"]) == (0, 1)


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_ctrl_c_keeps_what_was_written_and_is_told_by_the_exit_code(root: Path, xdg_home: Path) -> None:
    starlight("index", root)
    with StandIn(says=says) as server:
        server.behaviour = "endless"
        settings = xdg_home / "config" / "starlight" / "config.toml"
        settings.write_text(f'[chat]\nlocalPorts = []\nendpoint = "{server.url}"\n')
        asked = command("summarize", root / "roof.md", "--model")
        with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            wait_until("it is asked", lambda: bool(server.chats()), limit=30)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
            assert process.returncode == 130


def test_without_a_model_it_is_said_why(root: Path) -> None:
    starlight("index", root)
    done = starlight("summarize", root / "roof.md", "--model")
    assert done.out.splitlines()[0] == "The roofer comes on Tuesday. [1]"
    assert "No chat model" in done.out + done.err
