"""The Neovim plugin in a real Neovim, against the real server.

Each Lua spec in ``neovim/`` is one test, run by mini.test, which starts a fresh Neovim for each of its cases.
The last test types on a real screen, in tmux.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.models.stand_in import StandIn
from tests.parts import EDITORS, need

REPOSITORY = Path(__file__).resolve().parents[2]
PLUGIN = REPOSITORY / "editors" / "neovim"
SPECS = Path(__file__).parent / "neovim"
NVIM = EDITORS / "nvim" / "usr" / "bin" / "nvim"
MINI_TEST = EDITORS / "nvim" / "usr" / "share" / "neovim-mini.test"
MARK = "STARLIGHT_TEST_RUN"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def wait_until(condition: Callable[[], object], seconds: float) -> bool:
    """Whether ``condition`` became true within that time."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def command_if_marked(process: Path, run: str) -> str:
    """The command line of a process that carries this run's mark in its environment, or nothing."""
    try:
        if f"{MARK}={run}".encode() in (process / "environ").read_bytes():
            return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        # It ended while we looked, or belongs to somebody else.
        pass
    return ""


def processes_of(run: str) -> dict[int, str]:
    """Process ids and command lines of all that this run started, whoever their parent is by now."""
    commands = {int(folder.name): command_if_marked(folder, run) for folder in Path("/proc").glob("[0-9]*")}
    return {pid: command for pid, command in commands.items() if command}


def end_all(run: str, patience: float = 15) -> dict[int, str]:
    """Kill what has not ended by itself within that time; return what had to be killed."""
    wait_until(lambda: not processes_of(run), patience)
    left = processes_of(run)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not processes_of(run), 10), f"cannot be killed: {processes_of(run)}"
    return left


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "my notes"
    shutil.copytree(REPOSITORY / "examples" / "notes", folder)
    (folder / ".obsidian").mkdir()
    return folder


def says(messages: list[dict[str, str]]) -> str:
    """A model that knows one sentence for questions, and one for everything else."""
    is_question = "<source 1" in messages[0]["content"]
    return "Unscrew the valve with a 19 mm spanner. [1]" if is_question else "A suggestion of the model."


@pytest.fixture
def environment(tmp_path: Path, vault: Path) -> Iterator[dict[str, str]]:
    """An environment that keeps all files of Neovim and the server in ``tmp_path``; its processes end with the test."""
    need("editors", NVIM.exists() and MINI_TEST.exists(), "scripts/install_neovim.sh")
    run = uuid.uuid4().hex
    home = tmp_path / "home"
    home.mkdir()
    with StandIn(says=says) as model:
        yield from _running(run, tmp_path, vault, home, model.url)


def _running(run: str, tmp_path: Path, vault: Path, home: Path, model: str) -> Iterator[dict[str, str]]:
    yield {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "STARLIGHT_PLUGIN": str(PLUGIN),
        "STARLIGHT_SPECS": str(SPECS),
        "STARLIGHT_VAULT": str(vault),
        "STARLIGHT_MODEL_URL": model,
        MARK: run,
    }
    left = end_all(run)
    assert not left, f"still running after Neovim ended: {left}"


@pytest.mark.parametrize("spec", sorted(SPECS.glob("test_*.lua")), ids=lambda spec: spec.stem)
@pytest.mark.timeout(300)
def test_spec(spec: Path, environment: dict[str, str], tmp_path: Path) -> None:
    runner = [
        NVIM,
        "--clean",
        "--headless",
        "-n",
        "--cmd",
        f"set rtp^={MINI_TEST}",
        "-c",
        f"luafile {SPECS / 'run.lua'}",
    ]
    outcome = subprocess.run(
        runner,
        env=environment | {"STARLIGHT_SPEC": str(spec)},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
    )
    report = COLOUR.sub("", outcome.stdout)
    assert outcome.returncode == 0, report
    # A spec that cannot be loaded has no cases, and would pass.
    cases = re.search(r"Total number of cases: (\d+)", report)
    assert cases, report
    assert int(cases[1]) > 0, report


class Screen:
    """A terminal of 100 by 30, in a tmux of its own."""

    def __init__(self, socket: Path, environment: dict[str, str]) -> None:
        self._tmux = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null"]
        self._environment = environment

    def _run(self, *arguments: str) -> str:
        command = [*self._tmux, *arguments]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout

    def start(self, folder: Path, *command: str) -> None:
        self._run("new-session", "-d", "-x", "100", "-y", "30", "-c", str(folder), *command)

    def type(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def text(self) -> str:
        return self._run("capture-pane", "-p")

    def wait_for(self, part: str, seconds: float = 30) -> str:
        """The screen's text as soon as ``part`` is on it."""
        seen = wait_until(lambda: part in self.text(), seconds)
        assert seen, f"never saw {part!r} on the screen:\n{self.text()}"
        return self.text()

    def stop(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], env=self._environment, capture_output=True)


@pytest.fixture
def screen(environment: dict[str, str], tmp_path: Path) -> Iterator[Screen]:
    need("editors", shutil.which("tmux") is not None, "scripts/install_neovim.sh")
    shown = Screen(tmp_path / "tmux", environment)
    yield shown
    shown.stop()


@pytest.mark.timeout(120)
def test_on_a_real_screen(screen: Screen, vault: Path) -> None:
    screen.start(vault, str(NVIM), "--clean", "-u", str(PLUGIN / "troubleshooting" / "minimal.lua"), "Start here.md")
    screen.wait_for("[[compost]]")
    screen.type(":Starlight search leaking faucet", "Enter")
    listed = screen.wait_for("Type number and <Enter>")
    assert 'About "leaking faucet": ' in listed
    first = next(line for line in listed.splitlines() if line.startswith("1: "))
    assert "Fixing a dripping tap" in first
    assert "howto/dripping-tap.md:" in first
    screen.type("1", "Enter")
    screen.wait_for("Close the stopcock")
    screen.type(":Starlight status", "Enter")
    assert str(vault) in screen.wait_for("q closes")
    screen.type("q")
    screen.type(":qa", "Enter")


@pytest.mark.timeout(60)
def test_no_process_outlives_a_test(environment: dict[str, str]) -> None:
    """What the fixture promises after a failure, tried on a Neovim that nobody stops."""
    command = [NVIM, "--clean", "--headless", "-n", "--cmd", "call jobstart(['sleep', '600'])"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
    run = environment[MARK]
    assert wait_until(lambda: len(processes_of(run)) == 2, 10)
    killed = end_all(run, patience=0)
    assert process.pid in killed
    process.wait(timeout=10)
    assert processes_of(run) == {}
