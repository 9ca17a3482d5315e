"""What the tests ask models that are made here, and what these answer."""

from __future__ import annotations

from starlight.models.generator import Message, Sampling
from tests.models import tiny_gguf

ANSWER = "The roof was mended in May [1], and it cost 1,250 euros [2]."
GREEDY = Sampling(temperature=0, max_tokens=100)
ENDLESS = Sampling(temperature=0, max_tokens=1_000_000)
SLOW = tiny_gguf.Shape(128, 4, 4, 8, 512)
"""Reads 3,000 tokens in a good part of a second."""


def asked(text: str, system: str = "You answer from notes.") -> list[Message]:
    """Two messages."""
    return [Message("system", system), Message("user", text)]
