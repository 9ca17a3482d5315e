"""Looks for servers of models on this machine: at a few ports, all at once, and only when somebody asks for a model."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from starlight.errors import GeneratorUnavailable
from starlight.models.connection import Patience
from starlight.models.endpoint import Endpoint
from starlight.models.servers import Server, recognise

_PATIENCE = Patience(connect=0.3, first=2.0, between=2.0)
"""A server of this machine that is there says so at once."""


def discover(ports: Iterable[str]) -> list[Server]:
    """Return the servers of models at ``ports`` of this machine, in that order; what is no port is passed over."""
    endpoints = [Endpoint("http", "127.0.0.1", int(port)) for port in dict.fromkeys(ports) if _is_port(port)]
    if not endpoints:
        return []
    with ThreadPoolExecutor(len(endpoints), thread_name_prefix="discover") as pool:
        return [server for server in pool.map(_recognised, endpoints) if server]


def _recognised(endpoint: Endpoint) -> Server | None:
    try:
        return recognise(endpoint, patience=_PATIENCE)
    except GeneratorUnavailable:
        return None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65_536
