"""Workspaces with the real model and real files, and an embedder that says what it was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from starlight.config import Settings
from starlight.engine import idle
from starlight.engine.workspace import Workspace
from starlight.index import disk
from starlight.models.embedder import Embedder
from tests.engine.scans import WHALES, Recognised, Standin

if TYPE_CHECKING:
    from starlight.models.embedder import Vectors


class CountingEmbedder:
    """The real embedder, and what it was asked to embed."""

    def __init__(self, real: Embedder) -> None:
        self._real = real
        self.identity = real.identity
        self.dim = real.dim
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts.extend(texts)
        return self._real.embed(texts)

    def fluency(self, text: str) -> float:
        return self._real.fluency(text)

    def take(self) -> list[str]:
        """Return what was embedded since the last call."""
        taken, self.texts = self.texts, []
        return taken


@pytest.fixture
def counting(embedder: Embedder) -> CountingEmbedder:
    return CountingEmbedder(embedder)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: what a test has just written is not looked at once more."""
    monkeypatch.setattr(disk, "_RACY_NS", 0)


@pytest.fixture
def open_workspace(counting: CountingEmbedder) -> Iterator[Callable[..., Workspace]]:
    """Open a workspace at a folder, not yet indexed; without the refiner, which costs a process."""
    opened: list[Workspace] = []

    def open_(root: Path, settings: Settings | None = None) -> Workspace:
        opened.append(Workspace(root.resolve(), settings or Settings(refine=False), counting))
        return opened[-1]

    yield open_
    for workspace in opened:
        workspace.close()


@pytest.fixture
def indexed(vault: Callable[..., Path], open_workspace: Callable[..., Workspace]) -> Callable[..., Workspace]:
    """Make a vault from a string with file headers, index it, and return its workspace."""

    def index(text: str, settings: Settings | None = None) -> Workspace:
        workspace = open_workspace(vault(text), settings)
        workspace.bring_up_to_date()
        return workspace

    return index


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standin:
    """A program in place of tesseract, which needs no rest."""
    monkeypatch.setattr(idle, "_REST", 0.0)
    return Standin(tmp_path / "program", WHALES)


@pytest.fixture
def begin(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace], program: Standin
) -> Iterator[Callable[..., Recognised]]:
    """Make a folder of PDF files by their names, index it, and begin to recognise its scans."""
    begun: list[Recognised] = []

    def begin_(*, settings: Settings | None = None, **files: bytes) -> Recognised:
        root = vault("== tea.md ==\n# Tea\nBoil it.\n")
        for name, data in files.items():
            (root / f"{name}.pdf").write_bytes(data)
        settings = settings or Settings(refine=False, ocr=True, ocr_program=str(program.program))
        begun.append(Recognised(open_workspace(root, settings)))
        return begun[-1]

    yield begin_
    for each in begun:
        each.close()
