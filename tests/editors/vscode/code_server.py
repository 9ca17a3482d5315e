"""Real VS Code for tests: code-server with folders of its own, driven by the scripts beside this file."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parts import EDITORS

HERE = Path(__file__).parent
CODE_SERVER = EDITORS / "cs" / "node_modules" / ".bin" / "code-server"
NODE = EDITORS / "node24" / "bin" / "node"
PLAYWRIGHT = EDITORS / "pw" / "node_modules" / "playwright-core"
CHROMIUM = shutil.which("chromium")

START_LIMIT_S = 60.0
END_LIMIT_S = 30.0
MARK = "STARLIGHT_TEST_RUN"

QUIET = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.enableExperiments": False,
    "workbench.tips.enabled": False,
    "chat.disableAIFeatures": True,
    "telemetry.telemetryLevel": "off",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "update.mode": "none",
    "git.enabled": False,
    "editor.minimap.enabled": False,
    "editor.hover.delay": 100,
}


def present() -> bool:
    """Whether everything that these tests drive is installed."""
    return CODE_SERVER.exists() and NODE.exists() and PLAYWRIGHT.exists() and CHROMIUM is not None


@dataclass(frozen=True)
class Window:
    """A running code-server, and the folder that is to be opened in it."""

    url: str
    home: Path
    folder: Path
    environment: Mapping[str, str]

    @property
    def machine_settings(self) -> Path:
        """The settings of this machine, such as paths of programs; a change is seen at once."""
        return self.home / "data" / "Machine" / "settings.json"

    def drive(self, script: str, *arguments: object, limit_s: float = 240) -> None:
        """Run one of the scripts beside this file; its output is the message when it fails."""
        command = [str(NODE), str(HERE / script), self.url, str(self.folder), *map(str, arguments)]
        done = subprocess.run(
            command, env=dict(self.environment), capture_output=True, text=True, timeout=limit_s, check=False
        )
        output = f"{done.stdout}\n{done.stderr}".strip()
        print(output)
        assert done.returncode == 0, f"{script} failed:\n{output}\n\nStarlight's log:\n{self.log()}"

    def log(self) -> str:
        """The end of the extension's and the server's log, newest window last."""
        files = sorted(self.home.glob("data/logs/**/starlight.starlight/Starlight.log"))
        return files[-1].read_text(encoding="utf-8")[-4000:] if files else "(none)"


@contextmanager
def code_server(
    home: Path,
    folder: Path,
    *,
    machine: Mapping[str, Any],
    user: Mapping[str, Any] | None = None,
    vsix: Path | None = None,
    options: tuple[str, ...] = (),
    variables: Mapping[str, str] | None = None,
) -> Iterator[Window]:
    """Start code-server on a free port of the loopback, and end it with everything that it started."""
    environment = _environment(home, os.environ | dict(variables or {}))
    window = Window(f"http://127.0.0.1:{_free_port()}", home, folder, environment)
    _write_json(home / "data" / "User" / "settings.json", QUIET | dict(user or {}))
    _write_json(window.machine_settings, machine)
    where = ["--user-data-dir", str(home / "data"), "--extensions-dir", str(home / "extensions")]
    if vsix is not None:
        install = [str(CODE_SERVER), *where, "--install-extension", str(vsix)]
        subprocess.run(install, env=environment, check=True, capture_output=True, timeout=120)
    command = [
        str(CODE_SERVER), *where, "--bind-addr", window.url.removeprefix("http://"), "--auth", "none",
        "--disable-telemetry", "--disable-update-check", "--disable-getting-started-override", *options,
    ]  # fmt: skip
    with (home / "code-server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _until("code-server answers", lambda: _healthy(window.url), START_LIMIT_S)
            yield window
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(END_LIMIT_S)
            finally:
                _end_all(environment[MARK])


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(content), encoding="utf-8")


def _environment(home: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Folders of its own, so that nothing of the user's is touched, and no gallery of extensions."""
    config = home / "code-server.yaml"
    config.write_text("auth: none\n", encoding="utf-8")
    kinds = ("CACHE", "CONFIG", "DATA", "STATE")
    own = {f"XDG_{kind}_HOME": str(home / f"xdg-{kind.lower()}") for kind in kinds}
    path = f"{NODE.parent}{os.pathsep}{base['PATH']}"
    return dict(base) | own | {
        "PATH": path,
        "CODE_SERVER_CONFIG": str(config),
        "EXTENSIONS_GALLERY": '{"serviceUrl":""}',
        "PLAYWRIGHT": str(PLAYWRIGHT),
        "CHROMIUM": str(CHROMIUM),
        "STARLIGHT_SHOTS": os.environ.get("STARLIGHT_SHOTS") or str(home / "shots"),
        MARK: uuid.uuid4().hex,
    }  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _until(what: str, true: Callable[[], bool], limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {limit_s:.0f} s until {what}")
        time.sleep(0.1)


def _end_all(run: str) -> None:
    """Wait until everything of this run has ended; what has not is ended here, and is a failure."""
    try:
        _until("the programs started by code-server end", lambda: not _processes(run), END_LIMIT_S)
    except TimeoutError:
        left = _processes(run)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        raise AssertionError(f"these programs outlived code-server: {sorted(left.values())}") from None


def _processes(run: str) -> dict[int, str]:
    """The processes whose environment carries this run's mark, with their command lines."""
    mark = f"{MARK}={run}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # It may end while it is looked at.
            if mark not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if command.strip():  # A process that has ended, and is not yet waited for, has none.
                found[int(folder.name)] = command.strip()
    return found
