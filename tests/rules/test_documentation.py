"""What the documentation must have: every command and option, and no path of one machine."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator

import pytest

from starlight import __version__
from starlight.cli import parser
from tests.rules.repository import ROOT, files

DOCUMENTS = [ROOT / "README.md", *files(".md", below=ROOT / "docs")]
OF_ONE_MACHINE = re.compile(r"(?<![\w.~$}])(?:/(?:root|work|home|Users|tmp|mnt)/(?!you\b)\w|[A-Z]:\\Users\\\w)")


def _commands() -> dict[str, argparse.ArgumentParser]:
    return dict(_below("starlight", parser()))


def _below(name: str, command: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, command
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner, choice in action.choices.items():
                yield from _below(f"{name} {inner}", choice)


def _words() -> list[tuple[str, str]]:
    """Every command, and every option of each."""
    words = [(name, name) for name in _commands()]
    for name, command in _commands().items():
        words += [(name, action.option_strings[-1]) for action in command._actions if action.option_strings]
    return [(name, word) for name, word in words if word != "--help"]


@pytest.mark.parametrize(("command", "word"), _words(), ids=[f"{c} {w}" for c, w in _words()])
def test_every_command_and_option_is_described(command, word):
    texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS]
    assert any(re.search(rf"{re.escape(word)}(?![\w-])", text) for text in texts), f"{word} of {command}"


@pytest.mark.parametrize("command", _commands())
def test_every_option_helps(command):
    for action in _commands()[command]._actions:
        assert action.help or isinstance(action, argparse._SubParsersAction), action


def test_documentation_names_no_path_of_one_machine():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in [*files(".md"), *files(".txt", below=ROOT / "editors")]
        if not path.is_relative_to(ROOT / "examples")  # these are somebody's notes, and may name that person's folders
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OF_ONE_MACHINE.search(line)
    ]
    assert found == []


def test_control_such_a_path_is_seen():
    assert OF_ONE_MACHINE.search("see /" + "home/ann/notes")
    assert OF_ONE_MACHINE.search("`/" + "tmp/x`")
    assert OF_ONE_MACHINE.search("C:" + r"\Users\ann")
    assert not OF_ONE_MACHINE.search("~/notes, ./work/x, /path/to/starlight, $HOME/home/x")


def test_links_between_documents_lead_somewhere():
    wrong = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [*DOCUMENTS, ROOT / "CONTRIBUTING.md", *files(".md", below=ROOT / "editors")]
        for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert wrong == []


def test_tests_that_the_architecture_names_exist():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests|server|editors|docs|scripts)/[\w/.]+)`", text))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_module_stands_once_on_the_map():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = []
    for row in re.findall(r"^\| (`.+?) \|", text, re.MULTILINE):
        folder = ""
        for above, name in re.findall(r"`(\w+/)?(\w+\.py)`", row):
            folder = above or folder  # it holds for the names behind it, too
            named.append(f"{folder}{name}")
    package = ROOT / "server" / "starlight"
    modules = [path.relative_to(package) for path in files(".py", below=package) if not path.stem.startswith("__")]
    assert sorted(named) == sorted(path.as_posix() for path in modules if path.parent.name != "features")


def test_there_is_one_version():
    package = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "editors" / "vscode" / "package-lock.json").read_text(encoding="utf-8"))
    assert package["version"] == lock["version"] == lock["packages"][""]["version"] == __version__
