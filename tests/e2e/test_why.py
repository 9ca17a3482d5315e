"""``starlight.why``."""

from __future__ import annotations

import pytest

from tests.e2e.client import Refused


def test_why(ready, vault, tmp_path):
    root = vault("== tea.md ==\n# Tea\n== out/a.md ==\n== .gitignore ==\nout\n")
    server = ready(root)

    def why(path):
        return server.execute("starlight.why", {"uri": path.as_uri()})

    answer = why(root / "tea.md")
    assert (answer.pop("message")).startswith("tea.md is indexed")
    assert answer == {"path": "tea.md", "root": str(root), "reason": "indexed", "passages": 1}
    assert why(root / "out" / "a.md")["reason"] == "ignored"
    assert why(tmp_path / "other.md")["reason"] == "outside"
    assert server.execute("starlight.why", {"uri": "untitled:Untitled-1"})["reason"] == "outside"
    for argument in ({}, {"uri": 3}, {"uri": ""}):
        with pytest.raises(Refused) as refused:
            server.execute("starlight.why", argument)
        assert refused.value.code == -32602
