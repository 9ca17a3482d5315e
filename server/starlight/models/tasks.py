"""What a chat model is asked for."""

from __future__ import annotations

from typing import Literal

Task = Literal["answer", "summary", "summary-line", "title", "rewrite"]
"""Settings and users may name another model for each."""
TASKS: tuple[Task, ...] = ("answer", "summary", "summary-line", "title", "rewrite")
