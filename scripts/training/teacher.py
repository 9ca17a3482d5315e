"""The teacher: a sentence transformer, and its vectors of many texts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

MAX_TOKENS = 256
"""What all-MiniLM-L6-v2 was trained on, the two marks around a text included."""
_TOKENS_AT_ONCE = {"cuda": 131_072, "cpu": 4_096}


def tokenize(tokenizer: Tokenizer, texts: Sequence[str]) -> list[NDArray[np.int32]]:
    """Return the token ids of each text, without marks, whole."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    found: list[NDArray[np.int32]] = []
    for start in range(0, len(texts), 20_000):
        batch = tokenizer.encode_batch_fast(texts[start : start + 20_000], add_special_tokens=False)
        found += [np.asarray(encoding.ids, np.int32) for encoding in batch]
    return found


class Teacher:
    """A BERT whose last layer's mean over tokens is the vector of a text (Reimers and Gurevych, 2019)."""

    def __init__(self, folder: Path, device: str) -> None:
        from transformers import AutoModel

        self.device = device
        self.dtype = torch.float16 if device == "cuda" else torch.float32
        self._model = AutoModel.from_pretrained(folder, dtype=self.dtype, add_pooling_layer=False).to(device).eval()

    @torch.inference_mode()
    def vectors(self, texts: Sequence[NDArray[np.int32]], first: int, last: int) -> torch.Tensor:
        """Return one normalized row a text, on the device.

        ``first`` and ``last`` are the ids of the marks around a text.
        """
        started = time.perf_counter()
        room = MAX_TOKENS - 2
        lengths = np.array([min(len(text), room) + 2 for text in texts])
        order = np.argsort(-lengths, kind="stable")
        rows: torch.Tensor | None = None
        start = 0
        while start < len(order):
            width = lengths[order[start]]
            chosen = order[start : start + max(1, _TOKENS_AT_ONCE[self.device] // width)]
            ids = np.zeros((len(chosen), width), np.int64)
            for row, number in zip(ids, chosen, strict=True):
                length = lengths[number]
                row[0], row[1 : length - 1], row[length - 1] = first, texts[number][:room], last
            pooled = self._pooled(torch.from_numpy(ids), torch.from_numpy(lengths[chosen]))
            if rows is None:
                rows = torch.empty((len(texts), pooled.shape[1]), dtype=self.dtype, device=self.device)
            rows[torch.from_numpy(chosen).to(self.device)] = pooled
            start += len(chosen)
        took = time.perf_counter() - started
        print(f"teacher: {len(texts):,} texts, {lengths.sum():,} tokens, {took:.1f} s", flush=True)
        if rows is None:
            raise ValueError("no texts")
        return rows

    def _pooled(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        mask = torch.arange(ids.shape[1])[None, :] < lengths[:, None]
        ids, mask = ids.to(self.device), mask.to(self.device)
        hidden = self._model(input_ids=ids, attention_mask=mask.long()).last_hidden_state.float()
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=1).to(self.dtype)
