"""Standard output of the server carries protocol messages and nothing else, also while native libraries print."""

from __future__ import annotations

import sys

from tests.e2e.client import Server
from tests.waiting import wait_until

TEA = "== tea.md ==\n# Tea\nBoil the water.\n"
NOISE = """
import os, sys, threading
from starlight.lsp import run
{keep}
take = run._take_stdout
def planted():
    protocol = take()
    beat = threading.Event()
    def noise():
        while not beat.wait(0.002):
            os.write(1, b"noise from a native library\\n")
            print("and from Python")
    threading.Thread(target=noise, daemon=True).start()
    return protocol
run._take_stdout = planted
from starlight.cli import main
raise SystemExit(main(["serve"]))
"""


def test_nobody_else_writes_to_standard_output(start, vault):
    server = start([sys.executable, "-c", NOISE.format(keep="")])
    server.initialize(vault(TEA))
    server.wait_state("ready")
    assert server.search("water")["hits"]
    wait_until("the noise was made", lambda: "noise from a native library" in server.log)
    assert "and from Python" in server.log
    assert server.close() == 0
    assert server.stray == b""


def test_control_the_client_would_see_it(vault):
    """The same noise with standard output left as it is: the test above could fail."""
    keep = "run._take_stdout = lambda: os.fdopen(os.dup(1), 'wb')"
    server = Server([sys.executable, "-c", NOISE.format(keep=keep)])
    server.begin("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    wait_until("stray bytes arrive", lambda: b"noise from a native library" in server.stray)
    server.process.kill()
    server.wait_ended()
