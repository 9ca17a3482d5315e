"""Addresses of servers: what people write, and which of them are this machine."""

from __future__ import annotations

import socket

import pytest

from starlight.errors import GeneratorUnavailable, InvalidRequest
from starlight.models.endpoint import Endpoint


@pytest.mark.parametrize(
    ("text", "expected", "host"),
    [
        ("http://127.0.0.1:8000", ("http", "127.0.0.1", 8000, "/v1"), "127.0.0.1:8000"),
        ("127.0.0.1:8000", ("http", "127.0.0.1", 8000, "/v1"), "127.0.0.1:8000"),
        ("localhost:11434/", ("http", "localhost", 11434, "/v1"), "localhost:11434"),
        ("https://models.example.org", ("https", "models.example.org", 443, "/v1"), "models.example.org:443"),
        ("https://Example.org./api/v1/", ("https", "example.org", 443, "/api/v1"), "example.org:443"),
        ("http://h:1/v1/chat/completions", ("http", "h", 1, "/v1"), "h:1"),
        ("http://[::1]:8080/v1", ("http", "::1", 8080, "/v1"), "[::1]:8080"),
        (" http://h ", ("http", "h", 80, "/v1"), "h:80"),
    ],
)
def test_what_people_write(text, expected, host):
    endpoint = Endpoint.parse(text)
    assert (endpoint.scheme, endpoint.name, endpoint.port, endpoint.path) == expected
    assert endpoint.host == host


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no address"),
        ("http://", "no address"),
        ("ftp://h", "no address"),
        ("file:///etc/passwd", "no address"),
        ("http://h:99999", "no address"),
        ("http://h:x", "no address"),
        ("http://a b", "no address"),
        ("http://h/\r\nX: y", "no address"),
        ("http://user:secret@h", "without user"),
        ("http://h?key=secret", "without user"),
        ("http://h#x", "without user"),
    ],
)
def test_what_is_no_address(text, said):
    with pytest.raises(InvalidRequest, match=said) as found:
        Endpoint.parse(text)
    assert "secret@" not in str(found.value)
    assert "key=" not in str(found.value)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("localhost", "loopback"),
        ("127.0.0.1", "loopback"),
        ("127.9.9.9", "loopback"),
        ("[::1]", "loopback"),
        ("[::ffff:127.0.0.1]", "loopback"),
        ("[::ffff:192.0.2.1]", "remote"),
        ("0.0.0.0", "remote"),
        ("192.168.1.5", "remote"),
        ("localhost.example.org", "remote"),
        ("mylocalhost", "remote"),
        ("127.1", "remote"),
        ("2130706433", "remote"),
        ("[fe80::1]", "remote"),
    ],
)
def test_what_is_this_machine(name, place):
    assert Endpoint.parse(f"http://{name}:80").place == place


def test_a_localhost_that_leads_elsewhere_is_refused(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", _leading_to("127.0.0.1", "192.0.2.1"))
    with pytest.raises(GeneratorUnavailable, match=r"localhost leads to 192\.0\.2\.1 here"):
        Endpoint.parse("localhost:80").addresses()
    monkeypatch.setattr(socket, "getaddrinfo", _leading_to("127.0.0.1"))
    assert Endpoint.parse("localhost:80").addresses() == [(socket.AF_INET, ("127.0.0.1", 80))]


def test_a_name_that_nobody_knows(monkeypatch):
    def unknown(*_args, **_how):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(GeneratorUnavailable, match="no machine of that name is known here"):
        Endpoint.parse("http://models.invalid").addresses()


def _leading_to(*addresses):
    return lambda _name, port, **_how: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (at, port)) for at in addresses]
