"""A small transformer in an ONNX file: texts into vectors, and how well it knows their language.

The one module that knows ONNX Runtime; it is imported in the refiner's process only (``refiner_worker``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from starlight.errors import ModelUnavailable
from starlight.models.pieces import Piece, known_pieces, n_letters, place_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Encoding

MODEL_FILE, TOKENIZER_FILE, PROMPTS_FILE = "model.onnx", "tokenizer.json", "config_sentence_transformers.json"
_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
WINDOW = 256
"""Tokens that are read at a time; what all-MiniLM-L6-v2 was trained with at most."""
_SHORTEST = 64
"""Tokens of a further window: what is shorter is near to anything by chance."""
_MOST_WINDOWS = 3
"""Of one text: passages seldom have more."""
_WHOLE = 0.4, 0.65
"""Share of the letters in words that are one piece, from which a language in Latin script counts as known, at all and
in full.  MiniLM has .2 of German, .9 of English, .7 of medical abstracts."""
_LONG = 3.0, 3.8
"""The same for the letters a piece: it has 2.7 of German, 4 to 5 of English."""
_LONG_ELSEWHERE = 1.2, 1.6
"""The same in other scripts: it has 1.0, models for many languages 1.6 and more."""
_DOUBT = 15
"""Letters that are in favour of a query: "leaky faucet" is five pieces."""
_LEAST, _ENOUGH = 0.25, 0.5
"""What is known less is not known, such as a few English words in a text; what is known so far is known in full, such
as the names of diseases in an English one."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text: one vector of length 1 for each window of it, shape (windows, dim)."""

    vectors: NDArray[np.float32]
    fluency: float
    """How well the model knows its language, from 0 (not at all) to 1."""


class Encoder:
    """A model that was loaded.  Use it on one thread.

    One text at a time: the numbers inside are rounded by the largest of all that are computed together, and what a
    text's vector is must not depend on its neighbours.
    """

    def __init__(self, folder: Path, n_threads: int) -> None:
        """Load the model in ``folder``: model.onnx, tokenizer.json, and the prompts of sentence-transformers if any.

        Raises:
            ModelUnavailable: it is none that can be run.
        """
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            self._session = _session(folder / MODEL_FILE, n_threads)
        except Exception as error:  # both libraries say what is wrong with a file in many ways
            raise ModelUnavailable(f"{folder}: the refiner cannot be loaded ({error})") from error
        self._tokenizer.enable_truncation(WINDOW)
        self._tokenizer.no_padding()
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._prompts = _prompts(folder)
        self._unknown = self._tokenizer.token_to_id("[UNK]"), self._tokenizer.token_to_id("<unk>")
        self._probe(folder)

    def query(self, text: str) -> Encoded:
        """Return the vector of a query: of its beginning, where it is long."""
        prompt = self._prompts.get("query", "")
        encoding = self._tokenizer.encode(prompt + text)
        return Encoded(self._vectors([encoding]), self._fluency(text, _DOUBT))

    def passage(self, text: str) -> Encoded:
        """Return the vectors of a passage."""
        prompt = self._prompts.get("passage") or self._prompts.get("document") or ""
        encoding = self._tokenizer.encode(prompt + text)
        more = [window for window in encoding.overflowing if len(window.ids) >= _SHORTEST]
        return Encoded(self._vectors([encoding, *more][:_MOST_WINDOWS]), self._fluency(text, 0))

    def _probe(self, folder: Path) -> None:
        """Read a text as long as any, so that a model that cannot is told once and not at every search."""
        if others := self._inputs - _INPUTS:
            raise ModelUnavailable(
                f"{folder}: the refiner wants {' and '.join(sorted(others))}, which are not known here; take a model "
                f"that needs no more than {', '.join(sorted(_INPUTS))}"
            )
        try:
            self.query("tea " * WINDOW)
        except Exception as error:  # as above
            raise ModelUnavailable(f"{folder}: the refiner cannot read a text ({error})") from error

    def _vectors(self, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
        rows = np.concatenate([self._run(np.array([each.ids], np.int64)) for each in encodings])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths == 0, 1, lengths), np.float32)

    def _run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        outputs = self._session.run(None, {name: given[name] for name in self._inputs})
        pooled = [each for each in outputs if each.ndim == 2]
        return np.asarray(pooled[0] if pooled else outputs[0].mean(axis=1), np.float32)

    def _fluency(self, text: str, doubt: int) -> float:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        read = text[: encoding.offsets[-1][1]] if encoding.offsets else ""
        return fluency(known_pieces(text, encoding, self._unknown), n_letters(read), doubt)


def fluency(pieces: Sequence[Piece], n_read: int, doubt: int = 0) -> float:
    """Return how well a model knows a text of ``n_read`` letters that it cuts into ``pieces``, unknown ones left out.

    A tokenizer spells the words of a language that it was not made for: piece by piece in Latin script, else letter
    by letter.  ``doubt`` is a number of letters in Latin script that are added as known: a few words of a language
    that it knows may all be rare ones.
    """
    latin = [piece for piece in pieces if piece.is_latin]
    other = [piece for piece in pieces if not piece.is_latin]
    n_latin, n_other = (sum(len(piece.text) for piece in each) for each in (latin, other))
    whole = sum(len(piece.text) for piece in latin if piece.is_whole)
    share = max(_share(whole, n_latin, *_WHOLE), _share(n_latin, len(latin), *_LONG))
    known = n_latin * (n_latin * share + doubt) / max(n_latin + doubt, 1)
    known += n_other * _share(n_other, len(other), *_LONG_ELSEWHERE)
    found = known / n_read if n_read else 0.0
    return min(found / _ENOUGH, 1.0) if found >= _LEAST else 0.0


def _share(part: int, of: int, least: float, full: float) -> float:
    return place_between(part / of, least, full) if of else 0.0


def _session(path: Path, n_threads: int) -> Any:  # noqa: ANN401 -- the library has no types
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave their core
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _prompts(folder: Path) -> dict[str, str]:
    """Return what some models want before a query and a passage, where the folder says so."""
    try:
        found = json.loads((folder / PROMPTS_FILE).read_text(encoding="utf-8")).get("prompts")
    except (OSError, ValueError, AttributeError):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}
