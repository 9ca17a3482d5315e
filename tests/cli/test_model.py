"""``starlight model``: listed, added, fetched, chosen, tried, removed, and taken back."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.models import consent, library
from tests.cli.command import Done, starlight, started
from tests.models import tiny_gguf
from tests.models.stand_in import StandIn
from tests.models.stand_in_hub import StandInHub
from tests.waiting import wait_until

PLACE = "somebody/tiny-GGUF/tiny-q8.gguf"
CHUNK = 10_000_000
"""What huggingface_hub writes at once, or a little more."""


@pytest.fixture
def configure(xdg_home: Path) -> Callable[[str], None]:
    """Write the section ``chat`` of the settings file."""

    def write(text: str) -> None:
        folder = xdg_home / "config" / "starlight"
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text(f"[chat]\n{text}\n")

    write("localPorts = []")
    return write


@pytest.fixture(autouse=True)
def _no_servers(configure: Callable[[str], None]) -> None:
    """Nobody looks for servers on the machine of whoever runs the tests."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tiny_gguf.write(tmp_path / "tiny.gguf", says="Tea.")


@pytest.fixture
def hub(file: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    with StandInHub({PLACE: file.read_bytes(), "somebody/notes/text.gguf": b"# Tea\n"}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def test_the_list_without_any_says_what_can_be_fetched() -> None:
    done = starlight("model", "list")
    assert (done.code, done.err) == (0, "")
    for part in (
        "No chat model is installed",
        "qwen2.5-0.5b-instruct",
        "Apache-2.0",
        "memory 0.9 GB",
        "from Qwen/Qwen",
    ):
        assert part in done.out
    listed = starlight("model", "list", "--json").json()
    assert listed.keys() == {"models", "choices", "catalogue", "consents"}
    assert listed["models"] == []
    assert {"name", "size_bytes", "memory_bytes", "licence", "languages", "repository", "file", "sha256"} <= set(
        listed["catalogue"][0]
    )


def test_a_file_is_added_chosen_and_removed(file: Path) -> None:
    assert "tiny: added (" in starlight("model", "add", file).out
    starlight("model", "add", file).failed_with("there is a model of that name", "--name")
    assert starlight("model", "add", file, "--name", "two", "--in-place").code == 0
    assert "tiny is used for everything" in starlight("model", "use", "tiny").out
    assert "two is used for title" in starlight("model", "use", "two", "--task", "title").out
    listed = starlight("model", "list", "--json").json()
    assert listed["choices"] == {"all": "tiny", "title": "two"}
    by_name = {model["name"]: model for model in listed["models"]}
    assert by_name["two"]["chosen"] == ["title"]
    assert by_name["tiny"]["chosen"] == ["answer", "summary", "summary-line", "rewrite"]
    assert by_name["tiny"]["memory_bytes"] > by_name["tiny"]["size_bytes"] == file.stat().st_size
    assert f"two: forgotten; {file} stays" in starlight("model", "remove", "two").out
    assert starlight("model", "remove", "tiny").out == "tiny: removed\n"
    assert file.exists()
    assert library.choices() == {}
    starlight("model", "remove", "tiny").failed_with("there is no such model")
    starlight("model", "use", "tiny").failed_with("there is no such model")
    starlight("model", "use").failed_with("say which model to use")
    starlight("model", "add", file.with_name("nothing.gguf")).failed_with("nothing.gguf", "there is no such file")


def test_a_choice_is_forgotten(file: Path) -> None:
    starlight("model", "add", file)
    starlight("model", "use", "tiny", "--task", "title")
    assert "no model is chosen for title" in starlight("model", "use", "--clear", "--task", "title").out
    assert library.choices() == {}


def test_a_model_on_a_server_is_listed_chosen_and_tried(configure: Callable[[str], None]) -> None:
    with StandIn(kind="ollama", says="It guides ships.") as server:
        configure(f'localPorts = ["{server.port}"]')
        assert f"tiny@{server.host}  5.0 MB, memory 7.0 MB  loaded; does answer, " in starlight("model", "list").out
        done = starlight("model", "test")
        assert done.out.startswith("It guides ships.\n")
        assert f"tiny at {server.host}: 3 tokens, the first after " in done.out
        starlight("model", "use", f"tiny@{server.host}")
        configure("localPorts = []")
        tried = starlight("model", "test", "--json").json()
        assert (tried["model"], tried["text"], tried["host"]) == ("tiny", "It guides ships.", server.host)
        assert {"tokens_per_second", "first_token_seconds", "prompt_tokens", "seconds"} <= tried.keys()
        server.behaviour = "busy"
        starlight("model", "test").failed_with(server.host, "has too much to do")
    starlight("model", "test").failed_with(server.host, "nobody answers there")


def test_without_any_there_is_nothing_to_try() -> None:
    starlight("model", "test").failed_with("there is no model yet")


def test_another_machine_is_not_asked_and_consent_is_taken_back(
    configure: Callable[[str], None], tmp_path: Path
) -> None:
    configure('localPorts = []\nendpoint = "http://192.0.2.1:8000"\nmodel = "m"')
    starlight("model", "test", cwd=tmp_path).failed_with("192.0.2.1:8000 is another machine", "you have not agreed")
    consent.allow(tmp_path, "192.0.2.9:8000")
    assert "192.0.2.9:8000  from" in starlight("model", "list", cwd=tmp_path).out
    assert f"{tmp_path} no longer sends text to 192.0.2.9:8000" in starlight("model", "forget", "192.0.2.9").out
    starlight("model", "forget", "192.0.2.9").failed_with("no folder may send text there anyway")
    assert consent.given() == []


def test_a_model_is_fetched_and_checked(hub: StandInHub, file: Path) -> None:
    done = starlight("model", "get", PLACE)
    assert (done.code, done.out) == (0, "tiny-q8: fetched and checked; `starlight model test tiny-q8` tries it\n")
    model = library.find("tiny-q8")
    assert model
    assert model.path.read_bytes() == file.read_bytes()
    assert (model.record.source, len(model.record.sha256)) == (PLACE, 64)
    assert left_over() == []
    assert {path.split("/")[-1] for _, path, _ in hub.requests} == {"tiny-q8.gguf"}, "nothing else is asked for"
    assert all("agent/" not in agent and "torch" not in agent for agent in hub.agents)
    starlight("model", "get", PLACE).failed_with("there is a model of that name")


def test_a_download_that_breaks_off_goes_on(hub: StandInHub, file: Path) -> None:
    hub.files[PLACE] += bytes(3 * CHUNK)
    hub.break_at = 2 * CHUNK
    assert starlight("model", "get", PLACE, "--name", "mine").code == 0
    first, second = hub.ranges()
    assert first == ""
    assert CHUNK <= int(second.removeprefix("bytes=").rstrip("-")) <= 2 * CHUNK
    model = library.find("mine")
    assert model
    assert model.path.read_bytes() == hub.files[PLACE]


def test_ctrl_c_keeps_what_came(hub: StandInHub, file: Path) -> None:
    hub.files[PLACE] += bytes(3 * CHUNK)
    hub.stop_at = 2 * CHUNK
    with started("model", "get", PLACE) as process:
        wait_until("a part has been sent", hub.waiting.is_set, limit=30)
        wait_until("some of it is on the disk", lambda: any(part.stat().st_size for part in left_over()), limit=30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, b"")
    assert b"what came is kept: run the same command again to go on" in err
    assert b"Traceback" not in err
    (part,) = [path for path in left_over() if path.suffix == ".part"]
    there = part.stat().st_size
    assert there > 0
    hub.stop_at = 0
    hub.release.set()
    assert starlight("model", "get", PLACE).code == 0
    assert hub.ranges()[-1] == f"bytes={there}-"
    model = library.find("tiny-q8")
    assert model
    assert model.path.read_bytes() == hub.files[PLACE]


def left_over() -> list[Path]:
    return [path for path in library.folder().glob(".*") if path.suffix == ".part"]


def test_what_is_not_as_promised_is_thrown_away(hub: StandInHub) -> None:
    hub.lie = True
    starlight("model", "get", PLACE).failed_with("is not what the hub promised", "thrown away")
    assert library.installed() == []
    assert left_over() == []
    hub.lie = False
    starlight("model", "get", "somebody/notes/text.gguf").failed_with("somebody/notes/text.gguf", "thrown away")
    assert library.installed() == []


def test_a_hub_with_another_file_than_the_catalogue_s_is_not_trusted(hub: StandInHub) -> None:
    hub.files["Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf"] = hub.files[PLACE]
    done = starlight("model", "get", "qwen3-0.6b")
    assert done.code == 1
    assert "the hub has another file there than the one that the catalogue was made with" in done.err
    assert hub.ranges() == [], "nothing of it is fetched"
    assert "/resolve/23749fefcc72300e3a2ad315e1317431b06b590a/" in hub.requests[0][1]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("nothing", "is not in the catalogue (qwen2.5-0.5b-instruct"),
        ("a/b/../c.gguf", "is not in the catalogue"),
        ("somebody/tiny-GGUF/other.gguf", "there is no such file on http://127.0.0.1:"),
        ("nobody/tiny-GGUF/other.gguf", "there is no such file on http://127.0.0.1:"),
    ],
)
def test_what_the_hub_has_not(hub: StandInHub, wanted: str, said: str) -> None:
    starlight("model", "get", wanted).failed_with(wanted, said)


def test_a_hub_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    starlight("model", "get", PLACE).failed_with("http://127.0.0.1:9 cannot be reached", "nothing is lost")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    starlight("model", "get", PLACE).failed_with("the environment says that this machine is offline")


def test_without_the_library_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "huggingface_hub.py").write_text("raise ImportError('not here')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    starlight("model", "get", "qwen3-0.6b").failed_with(
        "huggingface_hub is not installed", "pip install 'starlight-notes[chat]'", "starlight model add FILE"
    )


def test_names_are_checked_before_anything_is_fetched(hub: StandInHub) -> None:
    done: Done = starlight("model", "get", PLACE, "--name", "a/b")
    done.failed_with("cannot be the name of a model")
    assert hub.requests == []
