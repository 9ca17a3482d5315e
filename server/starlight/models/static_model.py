"""A model2vec model from the files in a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from model2vec import StaticModel
    from numpy.typing import NDArray

_TABLE = "embeddings"


def static_model(folder: Path) -> StaticModel:
    """Return the model in ``folder``; the library says in many ways what is wrong with its files.

    What it reads models with loads the client of a hub first, which takes as long as all else and is never used here.
    Where the files hold nothing but a table of vectors and a tokenizer, the model is made of these.
    """
    from model2vec import StaticModel

    table = _only_table(folder)
    if table is None:
        return StaticModel.from_pretrained(folder)
    from tokenizers import Tokenizer

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return StaticModel(table, tokenizer, config=config, normalize=bool(config.get("normalize")))


def _only_table(folder: Path) -> NDArray[np.generic] | None:
    """Return the vectors, one row a token; None where there are weights beside them, or tokens that share a row."""
    from safetensors import safe_open

    with safe_open(str(folder / "model.safetensors"), framework="numpy") as file:
        if set(file.keys()) != {_TABLE}:
            return None
        table: NDArray[np.generic] = file.get_tensor(_TABLE)
        return table
