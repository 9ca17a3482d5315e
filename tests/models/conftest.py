"""The library beside the embedder: what it says is right."""

from __future__ import annotations

import pytest
from model2vec import StaticModel

from starlight.models.embedder import DEFAULT_MODEL


@pytest.fixture(scope="session")
def library() -> StaticModel:
    """The model that ships with Starlight, as model2vec loads it."""
    return StaticModel.from_pretrained(DEFAULT_MODEL)
