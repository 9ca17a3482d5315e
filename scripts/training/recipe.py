"""A distilled table becomes a trained one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer

from .gather import gathered
from .lessons import Classroom, is_held_out
from .student import Plan, Student, scaled
from .teacher import Teacher

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .passages import Passage
    from .student import Table

TRAINED_SHARE = 0.8
"""Of the trained table in the mean with the distilled one, which keeps what the corpus does not speak of (Wortsman et
al., "Robust fine-tuning of zero-shot models", 2022)."""


def trained(start: Table, tokenizer: Tokenizer, teacher: Path, passages: Sequence[Passage], plan: Plan) -> Table:
    """Return the table after training on ``passages``, on an accelerator if there is one; ``teacher`` is a folder."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    every = [*passages, *gathered(passages)]
    theirs = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    room = Classroom(theirs, tokenizer, Teacher(teacher, device))
    watched = room.watched([passage for passage in every if is_held_out(passage)], plan.seed + 1)
    lessons = room.lessons([passage for passage in every if not is_held_out(passage)], plan.seed)
    student = Student(start, lessons, plan)
    print(f"untrained: {watched(student.table.detach())}", flush=True)
    table = TRAINED_SHARE * scaled(student.train(watched)) + (1 - TRAINED_SHARE) * scaled(start)
    print(f"blended: {watched(torch.from_numpy(table).to(device))}", flush=True)
    return table
