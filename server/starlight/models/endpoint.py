"""Where a server of models is: its address, and whether that is this machine.

This machine is what ``localhost`` and the loopback addresses (127.0.0.0/8 and ::1, RFC 6890) lead to, and nothing
else: a name of one's own may lead elsewhere tomorrow, so it counts as another machine wherever it leads today.
Connections go to the very addresses that were looked at, so a second answer of the name service changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlight.errors import GeneratorUnavailable, InvalidRequest
from starlight.models.generator import Place

_PORTS = {"http": 80, "https": 443}
_CHAT = "/chat/completions"

Address = tuple[socket.AddressFamily, Any]
"""A family and an address of it, as sockets connect to."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base address of an OpenAI-compatible server; ``path`` is what stands before ``/chat/completions``."""

    scheme: str
    name: str
    """Its host: a name, or an address without brackets."""
    port: int
    path: str = "/v1"

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Return the endpoint that a person means by ``text``: an address with or without scheme, port and path.

        Raises:
            InvalidRequest: it is none.
        """
        text = text.strip()
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            name, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)
            name.encode("idna" if not name.isascii() else "ascii")
        except (ValueError, UnicodeError) as error:
            raise InvalidRequest(f"{text}: is no address of a server ({error})") from error
        if parts.scheme not in _PORTS or not name or any(char.isspace() or not char.isprintable() for char in text):
            raise InvalidRequest(f"{text}: is no address of a server; write it like http://127.0.0.1:8000/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise InvalidRequest(
                f"{parts.scheme}://{name}: must be an address without user, password, `?` and `#`; "
                "a key is read from the file that `chat.apiKeyFile` names"
            )
        return cls(parts.scheme, name, port, parts.path.rstrip("/").removesuffix(_CHAT).rstrip("/") or "/v1")

    @property
    def host(self) -> str:
        """Name and port, as people write them."""
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"

    @property
    def root(self) -> str:
        """The path below which a server has what is not of the OpenAI-compatible interface."""
        return self.path.removesuffix("/v1")

    @property
    def place(self) -> Place:
        """Whether text that goes there leaves the machine."""
        return "loopback" if self.name == "localhost" or _is_loopback(self.name) else "remote"

    def addresses(self) -> list[Address]:
        """Look the name up and return the addresses to connect to, best first.

        Raises:
            GeneratorUnavailable: the name is unknown, or ``localhost`` leads to another machine.
        """
        try:
            found = socket.getaddrinfo(self.name, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise GeneratorUnavailable(
                f"{self.name}: no machine of that name is known here ({getattr(error, 'strerror', '') or error}); "
                "check the address, and that there is a network"
            ) from error
        addresses: list[Address] = [(family, address) for family, _, _, _, address in found]
        if self.place == "loopback":
            for _, address in addresses:
                if not _is_loopback(address[0]):
                    raise GeneratorUnavailable(
                        f"{self.name} leads to {address[0]} here, which is another machine; write 127.0.0.1 instead"
                    )
        return addresses


def _is_loopback(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
