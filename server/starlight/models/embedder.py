"""Texts into vectors.

``Embedder`` is all that the engine knows; ``StaticEmbedder`` (model2vec) is the one there is.
Nothing else imports model2vec, and that only when the first text is embedded.
Why there are two ways to a vector: docs/decisions/0009-fast-exact-embedding.md.
"""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from starlight.errors import ModelUnavailable
from starlight.models.pieces import Piece, known_pieces, n_letters, place_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from model2vec import StaticModel
    from numpy.typing import NDArray

    from starlight.models.bag import BagEncoder

    Vectors = NDArray[np.float32]
    """Shape (n, dim), rows of length 1, or of length 0 for a text without a known word."""

DEFAULT_MODEL = Path(__file__).parent.parent / "data" / "default_model"

_BLOCK = 64
"""Texts embedded at a time; other threads have their turn in between."""
_KEPT_FLUENCIES = 64
"""Texts of which it is remembered how well they are known: around a cursor the same ones are asked for again."""
_FLUENT = 1.5
"""Letters a token beyond the first from which a text counts as known; English has 3 to 4."""
_WHOLE = 0.1, 0.45
"""Share of Latin letters in words that are one token, up to which a text does not count as known, and from which it
does; English, terms of medicine among it, has .75 to .97, German .26 to .37."""
_TELLING = 4
"""Words from which their share says something: a single one may be a rare word of any language."""
_LOADING = threading.Lock()
_DENSE = "\u3040"


class Embedder(Protocol):
    """Turns texts into vectors."""

    identity: str
    """Changes whenever the same text would get another vector."""
    dim: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text, of length 1 (0 for a text without a known word)."""
        ...

    def fluency(self, text: str) -> float:
        """Return how well the model knows the words of ``text``, from 0 (not at all) to 1."""
        ...


def _weight(piece: Piece) -> int:
    """How many letters it counts as: one of Chinese or Japanese says as much as two, but alone it may be no word."""
    length = len(piece.text)
    return 2 * length if length > 1 and piece.text[0] >= _DENSE else length


def _whole(pieces: Sequence[Piece]) -> float:
    """Return how far the share of words that are one piece speaks for it, where there is Latin script; else 1."""
    latin = [piece for piece in pieces if piece.is_latin]
    whole = sum(len(piece.text) for piece in latin if piece.is_whole)
    return place_between(whole / sum(len(piece.text) for piece in latin), *_WHOLE) if latin else 1.0


def directions(vectors: Vectors) -> Vectors:
    """Return the rows of ``vectors`` at length 1, or 0 where they are that."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), np.float32)


class WordsAlone:
    """An embedder that knows no query's words: a search with it goes by words alone, whatever the vectors are of."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.identity = embedder.identity
        self.dim = embedder.dim

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text; see ``Embedder``."""
        return self._embedder.embed(texts)

    def fluency(self, text: str) -> float:  # noqa: ARG002 -- of a protocol
        """Return 0: no word is known."""
        return 0.0


def load(path: str = "") -> Embedder:
    """Return the embedder of the model at ``path``; the model that ships with Starlight where it is empty.

    The model's files are read when the first text is embedded.

    Raises:
        ModelUnavailable: there is no model2vec model at ``path``.
    """
    with _LOADING:
        # Whole, before other threads need it: of two that load it at once, one by way of sqlite-vec, Python lets one
        # go on with half of it lest they wait for each other, and then it stays so.
        import numpy as np  # noqa: F401
    return StaticEmbedder(Path(path).expanduser() if path else DEFAULT_MODEL)


class StaticEmbedder:
    """A model2vec model: the mean of the vectors of a text's tokens (Tulkens & van Dongen, 2024).

    For any thread: they take turns, as neither the library's tokenizer nor our memory of words can be shared.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()
        self._model: StaticModel | None = None
        self._bags: BagEncoder | None = None
        self._known_fluency = functools.lru_cache(_KEPT_FLUENCIES)(self._fluency)
        config = self._config()
        width = config.get("hidden_dim")
        self.dim = width if isinstance(width, int) else self._width()
        self.identity = f"{folder.name}-{self._digest()}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text; see ``Embedder``."""
        return directions(self.sums(texts))

    def sums(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text, of its direction; where the model ``adds`` up words, the sum of theirs."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _BLOCK):
            with self._turn:
                vectors[start : start + _BLOCK] = self._encode(texts[start : start + _BLOCK])
        return vectors

    def adds(self) -> bool:
        """Whether the vector of a text is known to be the sum of those of its words."""
        with self._turn:
            self._loaded()
            return self._bags is not None

    def knows(self, word: str) -> bool:
        """Whether a word is one token, and more than a letter."""
        with self._turn:
            model = self._loaded()
            ids = model.tokenizer.encode(word, add_special_tokens=False).ids
        return len(word) > 1 and len(ids) == 1 and ids[0] != model.unk_token_id

    def fluency(self, text: str) -> float:
        """Return how well the model knows the words of ``text``, by how long its tokens are and how many are words.

        A tokenizer spells the words of a language that it was not made for letter by letter, or not at all; those of
        a language with the same letters in pieces of two or three.
        """
        return self._known_fluency(text)

    def _fluency(self, text: str) -> float:
        from starlight.models.bag import without_surrogates

        text = without_surrogates(text)
        with self._turn:
            model = self._loaded()
            encoding = model.tokenizer.encode(text, add_special_tokens=False)
        pieces, letters = known_pieces(text, encoding, (model.unk_token_id,)), n_letters(text)
        if not pieces or not letters:
            return 0.0
        spelled = place_between(sum(map(_weight, pieces)) / len(pieces) - 1, 0.0, _FLUENT)
        known = min(sum(len(piece.text) for piece in pieces) / letters, 1.0)
        return known * spelled * (_whole(pieces) if len(set(encoding.word_ids)) >= _TELLING else 1.0)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """The directions of the texts' vectors, sooner than the library's where that gives the same."""
        from starlight.models.bag import library_vectors

        model = self._loaded()
        return self._bags.encode(texts) if self._bags else library_vectors(model, texts)

    def _loaded(self) -> StaticModel:
        if self._model is None:
            from starlight.models.bag import bag_encoder
            from starlight.models.static_model import static_model

            try:
                # A local path, always: any other name would be looked up in a hub.
                self._model = static_model(self._folder.resolve(strict=True))
            except Exception as error:  # the library says what is wrong with its files in many ways
                raise ModelUnavailable(f"{self._folder}: the model cannot be loaded ({error})") from error
            self._bags = bag_encoder(self._model)
        return self._model

    def _config(self) -> dict[str, object]:
        try:
            config = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelUnavailable(
                f"{self._folder}: not a model2vec model (config.json: {error}); name a folder with config.json, "
                "tokenizer.json and model.safetensors, or leave `model.path` empty for the model that ships"
            ) from error
        return config if isinstance(config, dict) else {}

    def _width(self) -> int:
        """Columns of the embedding matrix, from the header of the safetensors file."""
        try:
            with (self._folder / "model.safetensors").open("rb") as file:
                header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            return int(header["embeddings"]["shape"][1])
        except (OSError, ValueError, KeyError, IndexError, OverflowError, MemoryError) as error:
            raise ModelUnavailable(f"{self._folder}: model.safetensors cannot be read ({error})") from error

    def _digest(self) -> str:
        """A short digest of the model's files: their bytes are what its vectors depend on."""
        digest = hashlib.blake2b(digest_size=6)
        try:
            for name in ("config.json", "tokenizer.json", "model.safetensors"):
                digest.update((self._folder / name).read_bytes())
        except OSError as error:
            raise ModelUnavailable(f"{error.filename}: cannot be read ({error.strerror})") from error
        return digest.hexdigest()
