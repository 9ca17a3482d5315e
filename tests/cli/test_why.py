"""``starlight why``: which folder a path belongs to, and the answer as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import starlight


@pytest.fixture
def root(vault: Callable[..., Path]) -> Path:
    root = vault("== tea.md ==\n# Tea\n== out/a.md ==\n== sub/b.md ==\n== .gitignore ==\nout\n")
    assert starlight("index", root).code == 0
    return root


def test_why(root: Path, tmp_path: Path) -> None:
    assert starlight("why", "tea.md", cwd=root).out.startswith("tea.md is indexed, as it was saved on ")
    out = starlight("why", root / "out" / "a.md", cwd=tmp_path).out
    assert out == "out/a.md is not indexed: the folder out is ignored by .gitignore, line 1, pattern `out`.\n"
    assert starlight("why", "../sub/b.md", "--root", "..", cwd=root / "out").out.startswith("sub/b.md is indexed")
    answer = starlight("why", "b.md", "--json", cwd=root / "sub").json()
    assert answer.pop("message").startswith("sub/b.md is indexed")
    assert answer == {"path": "sub/b.md", "root": str(root.resolve()), "reason": "indexed", "passages": 1}


def test_a_folder_by_another_name(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(root)
    assert starlight("why", link / "tea.md").out.startswith("tea.md is indexed")
    (root / "self.md").symlink_to("tea.md")
    assert "it is a symbolic link" in starlight("why", link / "self.md").out


def test_what_lies_outside(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other.md").touch()
    done = starlight("why", tmp_path / "other.md", "--root", root)
    assert (done.code, done.out) == (0, f"{tmp_path}/other.md lies outside of every folder that is indexed.\n")
    assert starlight("why", "x.md", "--root", tmp_path / "nowhere").code == 1
