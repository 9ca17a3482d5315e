"""A model on a server: its answers, its faults in words, and that it is let go of at once."""

from __future__ import annotations

import collections
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from starlight.errors import ConsentNeeded, GenerationFailed, GeneratorUnavailable, PromptTooLong
from starlight.models.connection import Patience
from starlight.models.endpoint import Endpoint
from starlight.models.generator import Cancellation, Message, Sampling
from starlight.models.remote import Remote, RemoteOptions
from tests.models.stand_in import StandIn
from tests.parts import need
from tests.waiting import wait_until

QUESTION = [Message("system", "Be brief."), Message("user", "When does the roofer come?")]
PATIENT = Patience(connect=2, first=30, between=30)
HASTY = Patience(connect=2, first=0.3, between=0.2)
KINDS = ["openai", "llama-server", "vllm", "ollama", "lm-studio"]


def remote(server: StandIn, model: str = "tiny", patience: Patience = PATIENT, context: int = 0) -> Remote:
    return Remote(Endpoint.parse(server.url), model, RemoteOptions(context_size=context, patience=patience))


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_every_kind_of_server(kind):
    phases: list[str] = []
    with StandIn(kind=kind, context=2048) as server:
        model = remote(server)
        assert (model.place, model.host, model.name) == ("loopback", server.host, "tiny")
        generation = model.generate(QUESTION, Sampling(seed=3, stop=("END",)), listener=phases.append)
        assert "".join(generation) == server.says
        assert model.context_size() == (4096 if kind == "openai" else 2048)
        (asked,) = server.chats()
    usage = generation.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.ending) == (19, 5, "stop")
    assert usage.cached_tokens == (0 if kind == "ollama" else 4)
    assert 0 < usage.first_token_seconds <= usage.seconds
    assert phases == ["reading", "writing"]
    assert asked.body["messages"][1] == {"role": "user", "content": "When does the roofer come?"}
    said = asked.body["options"] if kind == "ollama" else asked.body
    assert (said["temperature"], said["seed"], said["stop"]) == (0.2, 3, ["END"])


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_are_counted_by_the_server_where_it_can(kind):
    with StandIn(kind=kind) as server:
        model = remote(server)
        assert model.count("one two three") == (3 if kind in ("llama-server", "vllm") else 4)
        seen = len(server.requests)
        assert model.count("one two three") == model.count("one two three")
        assert len(server.requests) == seen, "a text is counted once"
        assert model.count("") == 0


def test_a_server_that_cannot_be_asked_is_not_asked_for_every_text():
    with StandIn(kind="llama-server", extra={"/tokenize": {"error": "no"}}) as server:
        model = remote(server)
        for text in ("a b", "c d", "e f"):
            assert model.count(text) == 2
        assert [request.path for request in server.requests].count("/tokenize") == 1
        del server.extra["/tokenize"]
        model.context_size()
        assert model.count("tintinnabulation") == 1, "once more by the next question"


def test_a_server_that_does_not_count_has_an_estimate_from_above():
    with StandIn() as server:
        count = remote(server).count
        assert 20 < count("It is one of those things that everybody knows and nobody says.") < 40
        assert count("温壶再泡茶") > 5


FAULTS: list[tuple[str, type[Exception], int, str]] = [
    ("slow", GenerationFailed, 0, "has said nothing for 0.3 s"),
    ("silent", GeneratorUnavailable, 0, "has said nothing for 0.3 s; it may be busy or hang"),
    ("pausing", GenerationFailed, 2, "has said nothing for 0.2 s"),
    ("cut", GenerationFailed, 2, "hung up in the middle"),
    ("cut short", GenerationFailed, 2, "hung up in the middle"),
    ("without end", GenerationFailed, 5, "hung up in the middle of its answer; what came until then stands"),
    ("keyed", GeneratorUnavailable, 0, "wants a key, or another one (Incorrect API key); name its file in `chat.apiK"),
    ("without the model", GeneratorUnavailable, 0, "has no model tiny (model not found); `starlight model list` says"),
    ("busy", GeneratorUnavailable, 0, "has too much to do (Rate limit reached); ask again in 7 s"),
    ("failing", GeneratorUnavailable, 0, "failed with status 500 (CUDA out of memory); look at what it logged"),
    ("failing later", GenerationFailed, 2, "failed: out of memory; what came until then stands"),
    ("malformed", GenerationFailed, 2, "sent something that is no part of an answer"),
    ("odd", GenerationFailed, 2, "sent something that is no part of an answer"),
    ("web page", GeneratorUnavailable, 0, "answers with text/html, not as an OpenAI-compatible server does"),
    ("redirecting", GeneratorUnavailable, 0, "sends its callers elsewhere, and text goes only where you said"),
    ("too long", PromptTooLong, 0, "what tiny shall read does not fit its window"),
    ("endless line", GenerationFailed, 0, "sent a line without end"),
    ("keeping alive", GenerationFailed, 0, "keeps the connection open and writes nothing"),
    ("forgetful", GenerationFailed, 5, "read 3 tokens of a prompt of more than 7: it cut the rest away"),
]


@pytest.mark.parametrize(("behaviour", "kind", "n_pieces", "said"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_every_fault_is_explained_and_what_came_stands(behaviour, kind, n_pieces, said):
    pieces: list[str] = []
    with StandIn(behaviour=behaviour) as server:
        with pytest.raises(kind) as fault:
            collections.deque(map(pieces.append, remote(server, patience=HASTY).generate(QUESTION)))
        assert str(fault.value).startswith(server.host)
    assert said in str(fault.value)
    assert len(pieces) == n_pieces


@pytest.mark.parametrize(
    ("behaviour", "n_pieces", "ending"), [("endless", 85, "length"), ("lingering", 5, "stop"), ("whole", 1, "stop")]
)
def test_an_odd_server_still_gives_an_answer(behaviour, n_pieces, ending):
    with StandIn(behaviour=behaviour) as server:
        generation = remote(server).generate(QUESTION, Sampling(max_tokens=10))
        assert len(list(generation)) == n_pieces
        if behaviour == "endless":
            wait_until("the server is let go of", server.hung_up.is_set)
    assert generation.usage.ending == ending
    assert generation.usage.completion_tokens > 0


def test_nobody_answers():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    model = Remote(Endpoint.parse(f"127.0.0.1:{port}"), "tiny")
    for use in (lambda: model.generate(QUESTION), model.context_size):
        with pytest.raises(GeneratorUnavailable, match=f"127.0.0.1:{port}: nobody answers there; start the server"):
            use()
    assert model.count("some words") > 0


@pytest.mark.parametrize("models", ["<html>", [1, 2]])
def test_something_else_answers(models):
    with (
        StandIn(extra={"/v1/models": models}) as server,
        pytest.raises(GeneratorUnavailable, match="is no OpenAI-compatible server"),
    ):
        remote(server).context_size()


def test_a_model_that_is_not_there_is_named_with_those_that_are():
    with StandIn(models=("small", "large:latest", "nomic-embed-text")) as server:
        with pytest.raises(GeneratorUnavailable, match="has no model tiny; it has small, large:latest"):
            remote(server).generate(QUESTION)
        assert list(remote(server, "large").generate(QUESTION)), "Ollama's short names"
        assert list(remote(server, "").generate(QUESTION)), "and the first that can chat, where none is named"
        assert [request.body["model"] for request in server.chats()] == ["large:latest", "small"]


@pytest.mark.parametrize("behaviour", ["silent", "slow", "pausing", "endless"])
@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_cancelled_answer_ends_at_once_and_the_server_is_hung_up_on(behaviour, kind):
    cancellation, came = Cancellation(), threading.Event()
    pieces: list[str] = []
    with StandIn(behaviour=behaviour, kind=kind) as server:
        model = remote(server)
        model.context_size()
        usages = []

        def answer() -> None:
            generation = model.generate(QUESTION, Sampling(max_tokens=10**9), cancellation)
            for piece in generation:
                pieces.append(piece)
                came.set()
            usages.append(generation.usage)

        thread = threading.Thread(target=answer)
        thread.start()
        if behaviour in ("pausing", "endless"):
            wait_until("it writes", came.is_set)
        wait_until("it was asked", server.chats)
        cancellation.cancel()
        thread.join(10)
        assert not thread.is_alive()
        wait_until("the server sees that nobody listens", server.hung_up.is_set)
    assert usages[0].ending == "cancelled"
    assert bool(pieces) == (behaviour in ("pausing", "endless"))


def test_cancelled_before_it_began():
    cancellation = Cancellation()
    cancellation.cancel()
    with StandIn() as server:
        generation = remote(server).generate(QUESTION, cancellation=cancellation)
        assert list(generation) == []
        assert server.chats() == []
    assert generation.usage.ending == "cancelled"


def test_an_answer_that_is_not_read_to_its_end_is_let_go_of():
    with StandIn(behaviour="endless") as server:
        pieces = iter(remote(server).generate(QUESTION))
        next(pieces)
        pieces.close()
        wait_until("the server sees that nobody listens", server.hung_up.is_set)


def test_the_window_of_ollama_is_asked_for_and_nothing_is_cut_in_silence():
    shown = {"model_info": {"llama.context_length": 32768}, "parameters": 'stop "<|end|>"\nnum_ctx   6000'}
    with StandIn(kind="ollama", context=32768) as server:
        assert remote(server).context_size() == 8192, "more than its default of old, less than would eat all memory"
        assert remote(server, context=12_000).context_size() == 12_000
        assert remote(server, context=99_000).context_size() == 32_768
        server.extra["/api/show"] = shown
        model = remote(server)
        assert model.context_size() == 6_000
        list(model.generate(QUESTION))
        assert server.chats()[-1].body["options"]["num_ctx"] == 6_000
        assert server.chats()[-1].body["truncate"] is False
        n_asked = len(server.chats())
        with pytest.raises(PromptTooLong, match="and tiny sees 6,000; raise `chat"):
            model.generate([Message("user", "word " * 6_000)])
        assert len(server.chats()) == n_asked, "what does not fit is not sent"


def test_a_key_is_sent_where_one_is_named():
    with StandIn(key="k-123") as server:
        endpoint = Endpoint.parse(server.url)
        with pytest.raises(GeneratorUnavailable, match="wants a key"):
            Remote(endpoint, "tiny").context_size()
        assert list(Remote(endpoint, "tiny", key=lambda: "k-123").generate(QUESTION))
    assert all("Authorization" not in request.headers for request in server.requests[:1])


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with StandIn() as server:
        assert list(remote(server).generate(QUESTION))


@pytest.fixture
def far(monkeypatch) -> Iterator[tuple[StandIn, list[str]]]:
    """A server that seems to be on another machine, and the names that were looked up."""
    looked_up: list[str] = []

    def lead_there(name, port, **_how):
        looked_up.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lead_there)
    with StandIn(kind="vllm", context=2048) as server:
        yield server, looked_up


def _far_model(server: StandIn, *, trusted: bool, allowed: Callable[[], bool]) -> Remote:
    endpoint = Endpoint.parse(f"http://models.example.org:{server.port}")
    return Remote(endpoint, "tiny", RemoteOptions(trusted=trusted), allowed=allowed)


@pytest.mark.parametrize(("trusted", "allowed"), [(False, False), (False, True), (True, False)])
def test_another_machine_hears_nothing_before_it_may(far, trusted, allowed):
    server, looked_up = far
    model = _far_model(server, trusted=trusted, allowed=lambda: allowed)
    assert model.place == "remote"
    for use in (lambda: model.generate(QUESTION), model.context_size):
        with pytest.raises(ConsentNeeded, match=f"models.example.org:{server.port} is another machine"):
            use()
    assert model.count("a note") > 0
    assert (looked_up, server.requests) == ([], []), "not even its name is looked up"


def test_another_machine_answers_once_it_may_and_stops_when_that_is_taken_back(far):
    server, looked_up = far
    agreed = [True]
    model = _far_model(server, trusted=True, allowed=lambda: agreed[0])
    assert list(model.generate(QUESTION))
    assert set(looked_up) == {"models.example.org"}
    assert len(looked_up) == len(server.requests), "each connection goes to what was looked up for it"
    n_asked = len(server.requests)
    model.count("a passage that is only weighed")
    assert len(server.requests) == n_asked, "texts that are only counted stay here"
    agreed[0] = False
    with pytest.raises(ConsentNeeded):
        model.generate(QUESTION)
    assert len(server.requests) == n_asked


def test_http_where_tls_is_expected():
    with StandIn() as server:
        model = Remote(Endpoint.parse(f"https://{server.host}"), "tiny")
        with pytest.raises(GeneratorUnavailable, match="does not speak TLS"):
            model.context_size()


def test_certificates_are_checked(tmp_path, monkeypatch):
    need("openssl", bool(shutil.which("openssl")), "needs the command openssl")
    certificate, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with StandIn(tls=context) as server:
        model = Remote(Endpoint.parse(f"https://{server.host}"), "tiny")
        with pytest.raises(GeneratorUnavailable, match="its certificate is not trusted"):
            model.context_size()
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert "".join(model.generate(QUESTION)) == server.says


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
