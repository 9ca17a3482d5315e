"""Put before everything else in every Python process that finds this folder on its PYTHONPATH: refuses the network.

An audit hook cannot be taken off again, and processes that ours start inherit it through the environment.
Each process writes into the folder that ``STARLIGHT_TEST_AUDIT`` names: its command line when it starts, and each
attempt to reach the network, which fails.  Local sockets (AF_UNIX) are no network; loopback is allowed only where
``STARLIGHT_TEST_LOOPBACK`` is set.  ``STARLIGHT_TEST_PLANT`` makes the process connect somewhere when it imports
the module of that name, in the middle of its work: the control.
"""

import contextlib
import os
import socket
import sys

_FOLDER = os.environ.get("STARLIGHT_TEST_AUDIT", "")
_LOOPBACK = bool(os.environ.get("STARLIGHT_TEST_LOOPBACK"))
_PLANT = os.environ.get("STARLIGHT_TEST_PLANT", "")
_WITH_ADDRESS = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
_planted = False


def _note(kind: str, what: object) -> None:
    line = f"{what!r}\t{' '.join(sys.orig_argv)}\n"
    file = os.open(f"{_FOLDER}/{kind}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, line.encode())
    os.close(file)


def _is_allowed(event: str, arguments: tuple) -> bool:
    if event in _NAMES:
        address = (arguments[0],)
    elif arguments[0].family == getattr(socket, "AF_UNIX", None):
        return True
    else:
        address = arguments[1]
    return _LOOPBACK and isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1", "localhost")


def _hook(event: str, arguments: tuple) -> None:
    global _planted
    if event == "import" and arguments[0] == _PLANT and not _planted:
        _planted = True
        with contextlib.suppress(PermissionError):
            socket.create_connection(("192.0.2.1", 80), timeout=1)
    if (event in _WITH_ADDRESS or event in _NAMES) and not _is_allowed(event, arguments):
        _note("attempts", (event, arguments[1:] if event in _WITH_ADDRESS else arguments[:2]))
        raise PermissionError(f"{event}: the network is refused in this test")


if _FOLDER:
    sys.addaudithook(_hook)
    _note("started", os.getpid())
