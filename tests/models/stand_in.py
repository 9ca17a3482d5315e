"""A stand-in for servers of models: real sockets on loopback, answers by a script.

``with StandIn(says="Tea [1].") as server:`` is an OpenAI-compatible one at ``server.url``; ``kind`` makes it another.
Every request is kept in ``server.requests``.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.models.loopback import Loopback, Quiet

OWNERS = {"llama-server": "llamacpp", "vllm": "vllm", "ollama": "library", "lm-studio": "organization_owner"}

BEHAVIOURS = {
    "well": "streams what it says",
    "whole": "answers at once, in one object",
    "slow": "sends the head, and waits for `release` before the first word",
    "silent": "sends nothing before `release`",
    "pausing": "says half, and waits for `release` before the rest",
    "cut": "hangs up in the middle",
    "cut short": "hangs up in the middle of a chunk",
    "keyed": "401: wants another key",
    "without the model": "404",
    "busy": "429, to be asked again in 7 s",
    "failing": "500, with words",
    "failing later": "an error as an event, after half of it",
    "malformed": "an event that is no JSON, after half of it",
    "odd": "an event that is JSON and makes no sense",
    "web page": "200, and HTML",
    "redirecting": "307, to another host",
    "too long": "400: the prompt does not fit",
    "endless": "never stops",
    "endless line": "one line that never ends",
    "keeping alive": "comments, and nothing else, until hung up on",
    "forgetful": "says it has read 3 tokens",
    "without end": "ends without having said that it ends",
    "lingering": "says all, and keeps the connection",
}


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any = None


@dataclass
class StandIn:
    """The server; ``behaviour`` is one of ``BEHAVIOURS``, and may be changed between two requests."""

    says: str | Callable[[list[dict[str, str]]], str] = "Hello there, and good day."
    behaviour: str = "well"
    kind: str = "openai"
    models: tuple[str, ...] = ("tiny",)
    context: int = 4096
    key: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    """More answers by path: any JSON."""
    requests: list[Request] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client closes the connection before the end."""
    port: int = 0
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> StandIn:
        self._server = Loopback(_Handler, self, self.port, self.tls)
        self.port = self._server.port
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.close()

    def again(self) -> None:
        """Be as at the start, for the next test."""
        self.behaviour = "well"
        self.requests.clear()
        self.hung_up.clear()
        self.release.clear()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/v1"

    def chats(self) -> list[Request]:
        """The requests that asked for an answer."""
        return [request for request in self.requests if request.path.endswith(("/chat/completions", "/api/chat"))]

    def text(self, messages: list[dict[str, str]]) -> str:
        return self.says(messages) if callable(self.says) else self.says

    def about(self, path: str, body: Any) -> Any:
        """The answer to a question about the server itself; None where there is none."""
        if path in self.extra:
            return self.extra[path]
        if path == "/v1/models":
            more = {"max_model_len": self.context} if self.kind == "vllm" else {}
            data = [
                {"id": name, "object": "model", "owned_by": OWNERS.get(self.kind, "somebody"), **more}
                for name in self.models
            ]
            return {"object": "list", "data": data}
        return {
            "llama-server": self._llama_server,
            "vllm": self._vllm,
            "ollama": self._ollama,
            "lm-studio": self._lm_studio,
        }.get(self.kind, lambda _path, _body: None)(path, body)

    def _llama_server(self, path: str, body: Any) -> Any:
        if path == "/tokenize":
            return {"tokens": list(range(len(body["content"].split())))}
        return {"default_generation_settings": {"n_ctx": self.context}} if path == "/props" else None

    def _vllm(self, path: str, body: Any) -> Any:
        return {"count": len(body["prompt"].split()), "max_model_len": self.context} if path == "/tokenize" else None

    def _ollama(self, path: str, body: Any) -> Any:
        if path == "/api/version":
            return {"version": "0.12.3"}
        if path == "/api/tags":
            return {"models": [{"name": name, "size": 5_000_000} for name in self.models]}
        if path == "/api/ps":
            return {"models": [{"name": self.models[0], "size": 7_000_000}]}
        if path == "/api/show" and body["model"] in self.models:
            return {"model_info": {"general.architecture": "llama", "llama.context_length": self.context}}
        return None

    def _lm_studio(self, path: str, body: Any) -> Any:
        if path != "/api/v0/models":
            return None
        data = [
            {
                "id": name,
                "type": "llm",
                "state": "loaded",
                "max_context_length": 32768,
                "loaded_context_length": self.context,
            }
            for name in self.models
        ]
        return {"data": [*data, {"id": "nomic-embed-text", "type": "embeddings", "state": "not-loaded"}]}


class _Handler(Quiet):
    _behaviour = ""
    """That of the request that is being answered."""

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null"))

    def _answer(self, body: Any) -> None:
        script = self.server.script
        # Before it can be seen that it was asked: a test that has seen it may go on to the next behaviour.
        self._behaviour = script.behaviour
        script.requests.append(Request(self.command, self.path, dict(self.headers), body))
        if script.key and self.headers.get("Authorization") != f"Bearer {script.key}":
            self._json(401, {"error": {"message": "no such key"}})
        elif self.path.endswith("/chat/completions") or (script.kind == "ollama" and self.path == "/api/chat"):
            self._chat(script, body)
        else:
            said = script.about(self.path, body)
            self._json(404 if said is None else 200, {"error": "not found"} if said is None else said)

    def _chat(self, script: StandIn, body: Any) -> None:
        refusal = _REFUSALS.get(self._behaviour)
        if self._behaviour == "silent":
            self._hold(script)
        if refusal:
            self._json(*refusal)
        elif self._behaviour == "web page":
            self._send(200, "text/html", b"<html>Welcome</html>")
        elif body["model"] not in script.models:
            self._json(404, {"error": {"message": f"model '{body['model']}' not found"}})
        elif self._behaviour == "whole":
            text = script.text(body["messages"])
            choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self._json(200, {"object": "chat.completion", "choices": [choice], "usage": _usage(body, text)})
        else:
            with contextlib.suppress(OSError):
                self._stream(script, body)

    def _stream(self, script: StandIn, body: Any) -> None:
        ollama = self.path == "/api/chat"
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if ollama else "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        say = self._ollama_event if ollama else self._event
        text = script.text(body["messages"])
        tokens = [word if number == 0 else f" {word}" for number, word in enumerate(text.split(" "))]
        for number, token in enumerate(self._tokens(script, tokens)):
            if number == len(tokens) // 2:
                self._halfway(script)
            say({"content": token}, "")
        if self._behaviour != "without end":
            usage = _usage(body, text, 3 if self._behaviour == "forgetful" else None)
            say({}, "stop", usage) if ollama else self._end(usage, lingering=self._behaviour == "lingering")
        if self._behaviour == "lingering":
            self._hold(script)
        self._chunk(b"")

    def _tokens(self, script: StandIn, tokens: list[str]) -> Iterator[str]:
        if self._behaviour == "slow":
            self._hold(script)
        while self._behaviour == "keeping alive":
            self._chunk(b": still here\n\n")
            if self._is_alone(0.01):
                raise ConnectionError
        while self._behaviour == "endless line":
            self._chunk(b"data: " + b"x" * 100_000)
        yield from tokens
        while self._behaviour == "endless":
            if self._is_alone(0.05):  # no sooner: who reads it may be slow, and its end is to come by being stopped
                raise ConnectionError
            yield " more"

    def _halfway(self, script: StandIn) -> None:
        if self._behaviour == "pausing":
            self._hold(script)
        if self._behaviour in ("cut", "cut short"):
            if self._behaviour == "cut short":
                self.wfile.write(b"40\r\ndata: {")
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionError
        if self._behaviour == "malformed":
            self._chunk(b'data: {"choices": [{"delta"\n\n')
        if self._behaviour == "odd":
            self._chunk(b"data: [1, 2]\n\n")
        if self._behaviour == "failing later":
            self._chunk(b'data: {"error": {"message": "out of memory"}}\n\n')

    def _hold(self, script: StandIn) -> None:
        """Wait for ``release``, and see whether the client hangs up meanwhile."""
        self.wfile.flush()
        while not script.release.is_set():
            if self._is_alone(0.01):
                raise ConnectionError

    def _is_alone(self, seconds: float) -> bool:
        """Whether the client has closed the connection."""
        readable, _, _ = select.select([self.connection], [], [], seconds)
        try:
            gone = bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            gone = True
        if gone:
            self.server.script.hung_up.set()
        return gone

    def _event(self, delta: dict[str, Any], ending: str, usage: dict[str, Any] | None = None) -> None:
        choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": ending or None}]
        said = {"object": "chat.completion.chunk", "choices": choices, **({"usage": usage} if usage else {})}
        self._chunk(f"data: {json.dumps(said, ensure_ascii=False)}\n\n".encode())

    def _end(self, usage: dict[str, Any], *, lingering: bool) -> None:
        self._event({}, "stop")
        if not lingering:
            self._event({}, "", usage)
            self._chunk(b"data: [DONE]\n\n")

    def _ollama_event(self, delta: dict[str, Any], ending: str, usage: dict[str, Any] | None = None) -> None:
        said: dict[str, Any] = {
            "message": {"role": "assistant", "content": delta.get("content", "")},
            "done": bool(ending),
        }
        if usage:
            counts = {"prompt_eval_count": usage["prompt_tokens"], "eval_count": usage["completion_tokens"]}
            said |= {"done_reason": ending, **counts}
        self._chunk(json.dumps(said).encode() + b"\n")

    def _chunk(self, data: bytes) -> None:
        try:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        except OSError:
            self.server.script.hung_up.set()
            raise

    def _json(self, status: int, said: Any, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(said).encode(), headers)

    def _send(self, status: int, kind: str, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


_REFUSALS: dict[str, tuple[Any, ...]] = {
    "keyed": (401, {"error": {"message": "Incorrect API key"}}),
    "without the model": (404, {"error": {"message": "model not found"}}),
    "busy": (429, {"error": {"message": "Rate limit reached"}}, {"Retry-After": "7"}),
    "failing": (500, {"error": {"message": "CUDA out of memory"}}),
    "redirecting": (307, {}, {"Location": "http://192.0.2.7/v1/chat/completions"}),
    "too long": (400, {"error": {"message": "the request exceeds the available context size"}}),
}


def _usage(body: Any, text: str, read: int | None = None) -> dict[str, Any]:
    words = sum(len(message["content"].split()) for message in body["messages"])
    prompt = 2 * words + 5 if read is None else read
    cached = {"cached_tokens": min(4, prompt)}
    return {"prompt_tokens": prompt, "completion_tokens": len(text.split(" ")), "prompt_tokens_details": cached}
