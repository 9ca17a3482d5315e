"""Formulas in MathML, as documents hold them beside their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlight.readers.markup import Events


@dataclass(slots=True)
class Formula(Events):
    """The letters of a formula, or how it was typed; takes events of MathML, and has no text of anything else."""

    _depth: int = 0
    _is_math: bool = False
    _letters: list[str] = field(default_factory=list)
    _typed: list[str] = field(default_factory=list)
    _is_typed: bool = False

    def text(self) -> str:
        """Return the formula on one line."""
        return " ".join("".join(self._typed or self._letters).split())

    @property
    def is_whole(self) -> bool:
        """Whether it has ended."""
        return not self._depth

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 -- as all events
        """Take an event of the parser."""
        self._is_math = self._is_math or (tag == "math" and not self._depth)
        self._is_typed = self._is_typed or tag == "annotation"
        self._depth += 1

    def data(self, text: str) -> None:
        """Take an event of the parser."""
        if self._is_math:
            (self._typed if self._is_typed else self._letters).append(text)

    def end(self, tag: str) -> None:
        """Take an event of the parser."""
        self._is_typed = self._is_typed and tag != "annotation"
        self._depth = max(self._depth - 1, 0)
