"""Messages into objects and back: what every client's first message needs is made before it comes.

cattrs writes a function for each class when it first meets one, in half a millisecond or more.  A client that waits
for the answer to ``initialize`` would wait for some thirty of them.
"""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp
from pygls.protocol import default_converter

_INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "processId": None,
        "rootUri": None,
        "clientInfo": {"name": "any"},
        "capabilities": {"general": {}, "window": {}, "workspace": {}, "textDocument": {}},
        "workspaceFolders": [{"uri": "file:///", "name": ""}],
    },
}
"""What all clients send, without what only some of them can do."""


def converter() -> Any:  # noqa: ANN401 -- of a library that only pygls knows
    """Return the converter of pygls, ready for ``initialize`` and its answer."""
    made = default_converter()  # type: ignore[no-untyped-call]
    made.structure(_INITIALIZE, lsp.InitializeRequest)
    answer = lsp.InitializeResult(lsp.ServerCapabilities(), lsp.ServerInfo("any"))
    made.unstructure(lsp.InitializeResponse(0, answer))
    return made
