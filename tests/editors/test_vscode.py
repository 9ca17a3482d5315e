"""The VS Code extension in real VS Code: on the screen, and from within the extension host."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.editors.vscode.code_server import HERE, code_server, present
from tests.models.stand_in import StandIn
from tests.parts import need

pytestmark = [pytest.mark.editors, pytest.mark.timeout(600)]

REPOSITORY = Path(__file__).parents[2]
EXTENSION = REPOSITORY / "editors" / "vscode"
NOTES = REPOSITORY / "examples" / "notes"
PROGRAM = Path(sys.executable).with_name("starlight")

FORMATS = REPOSITORY / "tests" / "e2e" / "formats"

MACHINE = {"starlight.server.path": str(PROGRAM)}

# A question without the words of the note that answers it, and a link in the first note.
EXPECTED = {
    "first": "Start here.md",
    "query": "leaky faucet plumbing",
    "file": "howto/dripping-tap.md",
    "link": "dripping-tap",
    "linkTitle": "Fixing a dripping tap",
}
WHALES = """# Whales

They sing. See [the tap](howto/dripping-tap.md).
\f
## Sleep

Half of the brain of a whale sleeps while the other half stays awake.
"""
# With this option VS Code takes a test from the address of its page; without it, it shows messages as toasts.
TEST_DRIVER = ("--vscode-option", "enable-smoke-test-driver")


@pytest.fixture(scope="module")
def vsix() -> Path:
    """The packed extension, built anew when one of its sources has changed since."""
    need("editors", present(), "run scripts/install_vscode.sh")
    need("editors", PROGRAM.exists(), f"install the server beside {sys.executable}")
    packed = EXTENSION / "starlight.vsix"
    single = ("package.json", "package-lock.json", "build.mjs", "README.md", ".vscodeignore", "icon.png")
    sources = [EXTENSION / name for name in single]
    for folder in ("src", "walkthrough"):
        sources += [file for file in (EXTENSION / folder).rglob("*") if file.is_file()]
    if not packed.exists() or packed.stat().st_mtime < max(file.stat().st_mtime for file in sources):
        build = ["bash", str(REPOSITORY / "scripts" / "build_vscode.sh")]
        done = subprocess.run(build, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return packed


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A copy of the example notes, because a test may write to it."""
    return shutil.copytree(NOTES, tmp_path / "notes")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where VS Code and the server keep what is theirs."""
    home = tmp_path / "home"
    home.mkdir()
    return home


def expectations(vault: Path) -> dict[str, Any]:
    return EXPECTED | {"notes": sum(1 for _ in vault.rglob("*.md"))}


def expect(folder: Path, expected: dict[str, Any]) -> None:
    """Write down what a test in the extension host expects, where it looks for it: beside its vault."""
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")


def unpacked(vsix: Path, folder: Path) -> Path:
    """The extension as it is installed: the host test takes it from a folder."""
    shutil.unpack_archive(vsix, folder, "zip")
    return folder / "extension"


def test_screen(vsix: Path, vault: Path, home: Path) -> None:
    with code_server(home, vault, machine=MACHINE, vsix=vsix) as window:
        window.drive("screen.mjs", json.dumps(expectations(vault)), window.machine_settings)


def test_ask(vsix: Path, vault: Path, home: Path) -> None:
    with code_server(home, vault, machine=MACHINE, vsix=vsix) as window:
        window.drive("ask.mjs", json.dumps(expectations(vault)))


def test_related(vsix: Path, vault: Path, home: Path) -> None:
    settings = MACHINE | {"starlight.trace.server": "verbose"}
    user = {"files.autoSave": "off"}
    first = {"first": "beekeeping.md", "firstTitle": "Beekeeping"}
    with code_server(home, vault, machine=settings, user=user, vsix=vsix) as window:
        window.drive("related.mjs", json.dumps(expectations(vault) | first), home / "data" / "logs")


def test_graph(vsix: Path, vault: Path, home: Path) -> None:
    hidden = vault / ".drafts" / "hidden.md"
    hidden.parent.mkdir()
    hidden.write_text("# Hidden\n", encoding="utf-8")
    expected = expectations(vault)
    expected |= {"notes": expected["notes"] - 1, "hidden": hidden.name}
    with code_server(home, vault, machine=MACHINE, vsix=vsix) as window:
        window.drive("graph.mjs", json.dumps(expected))


def test_lenses(vsix: Path, vault: Path, home: Path) -> None:
    settings = MACHINE | {"starlight.codeLens.counts": True}
    heading = (vault / EXPECTED["file"]).read_text(encoding="utf-8").splitlines().index("# Fixing a dripping tap") + 1
    of_note = {"heading": heading, "from": "moving-house.md"}
    with code_server(home, vault, machine=settings, vsix=vsix) as window:
        window.drive("lenses.mjs", json.dumps(expectations(vault) | of_note))


def test_ask_a_model(vsix: Path, vault: Path, home: Path) -> None:
    with StandIn(behaviour="pausing") as model:

        def says(messages: list[dict[str, str]]) -> str:
            if "<source 1" not in messages[0]["content"]:
                return "A suggestion of the model."
            if len(model.chats()) > 1:  # only the first answer waits in the middle, to be stopped there
                model.release.set()
            return (
                "Unscrew the valve with a 19 mm spanner. [1] The washer costs 4,711 euros. [1] "
                "![x](https://host.example/x.png) <script>alert(1)</script> [more](https://host.example/)"
            )

        model.says = says
        settings = MACHINE | {"starlight.chat.endpoint": model.url}
        with code_server(home, vault, machine=settings, vsix=vsix) as window:
            window.drive("ask.mjs", json.dumps({**expectations(vault), "model": True}))


def test_extension_host(vsix: Path, vault: Path, home: Path, tmp_path: Path) -> None:
    """One of the files is a document that VS Code could not show, of a format that is made for tests."""
    document = vault / "whales.paged"
    document.write_text(WHALES, encoding="utf-8")
    expected = expectations(vault)
    of_document = {"query": "asleep brain of whales", "file": document.name, "line": WHALES.splitlines()[-1]}
    expect(tmp_path, expected | {"notes": expected["notes"] + 1, "document": of_document})
    extension = unpacked(vsix, tmp_path / "unpacked")
    variables = {"PYTHONPATH": str(FORMATS)}
    with code_server(home, vault, machine=MACHINE, options=TEST_DRIVER, variables=variables) as window:
        window.drive("host.mjs", extension, HERE / "in_host.js")


def test_two_folders(vsix: Path, home: Path, tmp_path: Path) -> None:
    places = {}
    for name, text in (
        ("one", "The violin needs new strings."),
        ("two", "Bread rises overnight in the fridge."),
    ):
        note = tmp_path / name / f"{name}.md"
        note.parent.mkdir()
        note.write_text(f"# Note\n\n{text}\n", encoding="utf-8")
        places[text] = note.as_uri()
    expect(tmp_path, {"first": "one.md", "notes": len(places), "places": places})
    workspace = tmp_path / "both.code-workspace"
    workspace.write_text(json.dumps({"folders": [{"path": "one"}, {"path": "two"}]}), encoding="utf-8")
    extension = unpacked(vsix, tmp_path / "unpacked")
    with code_server(home, workspace, machine=MACHINE, options=TEST_DRIVER) as window:
        window.drive("host.mjs", extension, HERE / "in_two_folders.js")


def test_fresh_machine(vsix: Path, vault: Path, home: Path) -> None:
    need("package index", package_index_answers(), "the server's packages are downloaded for real")
    with code_server(home, vault, machine={}, vsix=vsix, variables={"PATH": path_without_server()}) as window:
        window.drive("fresh.mjs", json.dumps(expectations(vault)))


def package_index_answers() -> bool:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "index", "versions", "filelock"]
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def test_python_environment(vsix: Path, vault: Path, home: Path, tmp_path: Path) -> None:
    expect(tmp_path, expectations(vault))
    python = pack_python_extension(tmp_path)
    extension = unpacked(vsix, tmp_path / "unpacked")
    variables = {"PATH": path_without_server()}
    with code_server(home, vault, machine={}, vsix=python, options=TEST_DRIVER, variables=variables) as window:
        window.drive("host.mjs", extension, HERE / "in_python_environment.js")


def path_without_server() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not (Path(folder) / "starlight").exists())


def pack_python_extension(folder: Path) -> Path:
    """An extension with the Python extension's name and the part of its interface that Starlight uses."""
    version = "9999.0.0"
    package = {
        "name": "python", "publisher": "ms-python", "version": version, "engines": {"vscode": "^1.91.0"},
        "main": "./main.js", "activationEvents": ["*"],
    }  # fmt: skip
    main = f"""
        const {{ EventEmitter, Uri }} = require("vscode");
        const environments = {{
          getActiveEnvironmentPath: () => ({{ id: "test", path: {str(sys.executable)!r} }}),
          resolveEnvironment: async ({{ path }}) => ({{ executable: {{ uri: Uri.file(path) }} }}),
          onDidChangeActiveEnvironmentPath: new EventEmitter().event,
        }};
        exports.activate = () => ({{ environments }});
    """
    manifest = f"""<?xml version="1.0" encoding="utf-8"?>
        <PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
        <Metadata><Identity Language="en-US" Id="python" Version="{version}" Publisher="ms-python"/></Metadata>
        <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
        </PackageManifest>"""
    packed = folder / "python.vsix"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("extension.vsixmanifest", manifest)
        archive.writestr("extension/package.json", json.dumps(package))
        archive.writestr("extension/main.js", main)
    return packed


def test_untrusted_folder(vsix: Path, vault: Path, home: Path, tmp_path: Path) -> None:
    trap = vault / "starlight"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\nexec '{PROGRAM}' \"$@\"\n", encoding="utf-8")
    trap.chmod(0o755)
    expect(tmp_path, expectations(vault))
    settings = vault / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"starlight.server.path": str(trap)}), encoding="utf-8")
    extension = unpacked(vsix, tmp_path / "unpacked")
    user = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
    with code_server(home, vault, machine=MACHINE, user=user, options=TEST_DRIVER) as window:
        window.drive("host.mjs", extension, HERE / "in_untrusted_host.js")
    assert not (tmp_path / "sprung").exists(), "the folder's own program was run"
