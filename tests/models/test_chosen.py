"""Which model does what: the order, and what is asked for it."""

from __future__ import annotations

import socket

import pytest

from starlight.config import Settings
from starlight.errors import ConsentNeeded, GeneratorUnavailable
from starlight.models import chosen as choosing
from starlight.models import consent, library
from starlight.models.chosen import available, chosen, named, read_key
from starlight.models.connection import Patience
from starlight.models.discovery import discover
from starlight.models.tasks import TASKS
from tests.models import tiny_gguf
from tests.models.stand_in import StandIn

ALONE = Settings(chat_local_ports=())


@pytest.fixture(autouse=True)
def _end():
    yield
    choosing.close_all()


@pytest.fixture
def loadable(monkeypatch):
    """As where llama-cpp-python is installed."""
    monkeypatch.setattr(choosing, "_can_load", lambda: True)


@pytest.fixture
def models(tmp_path):
    """Two installed models, one larger than the other."""
    small = tiny_gguf.write(tmp_path / "small.gguf", says="Tea.")
    large = tiny_gguf.write(tmp_path / "large.gguf", says="Tea, and a longer text.", shape=tiny_gguf.Shape(n_layers=4))
    library.add(large)
    library.add(small)


def name_of(task: str, settings: Settings, root=None) -> str | None:
    model = chosen(task, settings, root)
    return model and f"{model.name}@{model.host}".removesuffix("@")


def test_without_any_there_is_none():
    assert chosen("answer", ALONE) is None
    assert available(ALONE) == []


def test_the_order(models, loadable):
    with StandIn(kind="ollama", models=("served", "other")) as server:
        ports = (str(server.port),)
        assert name_of("answer", Settings(chat_local_ports=ports)) == "small", "the smallest installed"
        assert server.requests == [], "nobody is looked for where that is not needed"
        at_endpoint = Settings(chat_local_ports=(), chat_endpoint=server.url)
        assert name_of("answer", at_endpoint) == f"@{server.host}"
        library.choose("large")
        assert name_of("answer", at_endpoint) == "large", "what the user chose"
        library.choose("small", "title")
        assert name_of("title", ALONE) == "small"
        assert name_of("summary", ALONE) == "large"
        settings = Settings(chat_local_ports=(), chat_model=f"other@{server.host}", chat_rewrite_model="small")
        assert name_of("title", settings) == f"other@{server.host}", "the setting for all"
        assert name_of("rewrite", settings) == "small", "the setting for one task"
        assert server.requests == []
        for model in ("small", "large"):
            library.remove(model)
        found = Settings(chat_local_ports=ports)
        assert name_of("answer", found) == f"served@{server.host}", "a server of this machine"


def test_models_that_cannot_be_loaded_here_are_passed_over(models, monkeypatch):
    monkeypatch.setattr(choosing, "_can_load", lambda: False)
    assert chosen("answer", ALONE) is None
    (small, _) = available(ALONE)
    assert "llama-cpp-python is not installed" in small.note
    library.choose("small")
    assert name_of("answer", ALONE) == "small", "but one that was chosen says itself what is missing"


def test_one_instance_is_shared(models, loadable):
    assert chosen("answer", ALONE) is chosen("title", ALONE) is named("small", ALONE)
    assert chosen("answer", Settings(chat_local_ports=(), chat_threads=1)) is not chosen("answer", ALONE)
    settings = Settings(chat_endpoint="http://127.0.0.1:1", chat_model="x")
    assert chosen("answer", settings) is chosen("title", settings)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "nothing: there is no such model; `starlight model list`"),
        ("x@models.example.org", "models.example.org:80 is another machine; set `chat.endpoint`"),
        ("x@http://192.0.2.1:8000", "192.0.2.1:8000 is another machine"),
        ("x@0.0.0.0:8000", "0.0.0.0:8000 is another machine"),
        ("x@ftp://h", "is no address of a server"),
        ("../../etc/passwd", "there is no such model"),
    ],
)
def test_a_model_that_is_none(name, said):
    with pytest.raises(GeneratorUnavailable) as fault:
        named(name, ALONE)
    assert said in str(fault.value)
    with pytest.raises(GeneratorUnavailable):
        chosen("answer", Settings(chat_model=name, chat_local_ports=()))


def test_a_configured_machine_needs_consent_of_the_folder(tmp_path, monkeypatch):
    def forbidden(*_args, **_how):
        raise AssertionError("looked up")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    settings = Settings(chat_endpoint="https://models.example.org", chat_model="m", chat_local_ports=())
    model = chosen("answer", settings, tmp_path)
    assert (model.place, model.host) == ("remote", "models.example.org:443")
    with pytest.raises(ConsentNeeded, match="you have not agreed"):
        model.context_size()
    (entry,) = available(settings, tmp_path)
    assert (entry.host, entry.name) == ("models.example.org:443", "")
    assert "only once you have agreed" in entry.note
    assert named("m@models.example.org", settings, tmp_path) is model, "the configured one, by its short name"
    consent.allow(tmp_path, "models.example.org:443")
    with pytest.raises(AssertionError, match="looked up"):
        model.context_size()


def test_keys_go_to_the_configured_server_alone(tmp_path, monkeypatch):
    place = tmp_path / "key"
    place.write_text("k-1\n")
    with StandIn(key="k-1") as server, StandIn(kind="ollama") as other:
        settings = Settings(chat_endpoint=server.url, chat_api_key_file=str(place), chat_local_ports=(str(other.port),))
        assert chosen("answer", settings).context_size()
        assert named(f"tiny@{other.host}", settings).context_size()
        entries = {entry.host: entry for entry in available(settings)}
        assert entries.keys() == {server.host, other.host}
        assert entries[server.host].chosen == TASKS, "the model that it offers, where none is named"
        assert entries[other.host].chosen == ()
    assert server.requests[0].headers["Authorization"] == "Bearer k-1"
    assert all("Authorization" not in request.headers for request in other.requests)


@pytest.mark.parametrize("content", [b"", b"two words", b"a\nb", "schlüssel".encode(), b"\xff"])
def test_a_key_that_is_none_is_told_and_not_shown(tmp_path, content):
    place = tmp_path / "key"
    place.write_bytes(content)
    with pytest.raises(GeneratorUnavailable, match="apiKeyFile") as fault:
        read_key(str(place), "")
    assert "words" not in str(fault.value)


def test_a_key_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TEAM_KEY", " k-2 ")
    assert read_key("", "TEAM_KEY") == "k-2"
    assert read_key("", "") == ""
    with pytest.raises(GeneratorUnavailable, match="apiKeyVariable: MISSING must hold the key"):
        read_key("", "MISSING")
    with pytest.raises(GeneratorUnavailable, match="cannot be read"):
        read_key(str(tmp_path / "nothing"), "")


def test_servers_are_found_and_told_apart():
    with (
        StandIn(kind="ollama", models=("llama3.2:1b", "nomic-embed-text")) as ollama,
        StandIn(kind="llama-server") as llama,
        StandIn(kind="vllm") as vllm,
        StandIn(kind="lm-studio") as studio,
        StandIn() as plain,
        StandIn(extra={"/v1/models": "<html>"}) as no_server,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        closed = free.getsockname()[1]
        free.close()
        servers = [ollama, llama, vllm, studio, plain]
        ports = [*(str(server.port) for server in [*servers, no_server]), str(closed), "x", "0", "99999", "-1"]
        found = discover([*ports, *ports])
        assert [server.kind for server in found] == [server.kind for server in servers]
        entries = available(Settings(chat_local_ports=tuple(ports)))
    assert [entry.name for entry in entries] == ["llama3.2:1b", "tiny", "tiny", "tiny", "tiny"]
    first = entries[0]
    assert (first.place, first.host, first.size_bytes, first.memory_bytes) == ("loopback", ollama.host, 5e6, 7e6)
    assert (first.loaded, first.note, first.chosen) == (True, "Ollama", TASKS)
    assert all(not entry.chosen for entry in entries[1:])


def test_a_server_that_hangs_does_not_hold_the_others_up(monkeypatch):
    monkeypatch.setattr("starlight.models.discovery._PATIENCE", Patience(connect=0.3, first=0.2, between=0.2))
    with socket.create_server(("127.0.0.1", 0)) as hanging, StandIn() as server:
        found = discover([str(hanging.getsockname()[1]), str(server.port)])
    assert [one.endpoint.host for one in found] == [server.host]
