"""The library beside the embedder: what it says is right; and chat models with their processes."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from model2vec import StaticModel

from starlight.models.embedder import DEFAULT_MODEL
from starlight.models.llama import Llama
from starlight.models.llama_options import LlamaOptions
from tests.models import tiny_gguf
from tests.parts import need

_OPTIONS = LlamaOptions(threads=1)
"""Tests run beside each other, and threads of one model wait for each other: on a core that is taken, that is long."""


@pytest.fixture(scope="session")
def library() -> StaticModel:
    """The model that ships with Starlight, as model2vec loads it."""
    return StaticModel.from_pretrained(DEFAULT_MODEL)


@pytest.fixture
def llama(tmp_path: Path) -> Iterator[Callable[..., Llama]]:
    """Make a client of a model: of the file that is named, or of one that says what is given; all are closed."""
    need("llama", importlib.util.find_spec("llama_cpp") is not None, "make llama")
    clients: list[Llama] = []

    def make(path: Path | None = None, *, options: LlamaOptions = _OPTIONS, **model: object) -> Llama:
        path = path or tiny_gguf.write(tmp_path / f"model{len(clients)}.gguf", **model)
        clients.append(Llama(path, options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
