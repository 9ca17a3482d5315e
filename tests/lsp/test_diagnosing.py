"""When open documents are looked at again."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace
from typing import Any

from starlight.lsp.diagnosing import Diagnoser


class _Root:
    """A folder that is open: all that a Diagnoser asks of one."""

    status = SimpleNamespace(state="ready", revision=1)


def test_folders_that_are_no_longer_open_are_let_go() -> None:
    server: Any = SimpleNamespace(workspace=SimpleNamespace(text_documents={}), refresh_soon=lambda: None)
    diagnoser, root = Diagnoser(server), _Root()
    diagnoser.index_changed(root)  # type: ignore[arg-type]
    left = weakref.ref(root)
    del root
    gc.collect()
    assert left() is None
