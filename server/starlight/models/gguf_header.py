"""What the head of a GGUF file says of a model: its shape, its chat template, and the memory that it needs.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.  Only the head is read, so this takes
milliseconds, needs no library, and finds wrong and truncated files before llama.cpp does.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlight.errors import GeneratorUnavailable

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Kinds of values, and how ``struct`` calls them."""
_STRING, _ARRAY = 8, 9
_KEPT = 4_096
"""Longer arrays are vocabularies: of these only the length is kept."""

_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74),
    18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2),
    26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""Types of tensors (``enum ggml_type``): weights in a block, and its bytes.  Of a type that is not here, one byte
counts: a file that is cut off inside of its last tensor is then found by llama.cpp only."""

_FOREIGN = {
    b"version https://git-lfs": "is a pointer of Git LFS, not the model itself; fetch it with `git lfs pull`",
    b"<!DOCTYPE": "is a web page, not a model; download the file itself",
    b"<html": "is a web page, not a model; download the file itself",
}
_CACHE_BYTES = 2
"""Of one number in the cache of keys and values: it is kept in 16 bits."""
_UBATCH = 512
_PROGRAM_BYTES = 120_000_000
"""What Python, llama.cpp and the vocabulary take, whatever the model."""

Value = str | int | float | bool | list[int]


@dataclass(frozen=True, slots=True)
class Need:
    """The memory that a loaded model takes, in bytes; an estimate from above."""

    weights: int
    cache: int
    """Keys and values of a full window."""
    work: int
    """What it computes with, and the program itself."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.work


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of its model."""

    path: Path
    architecture: str
    name: str
    size: int
    """Bytes of the file, or of all files that a model in several parts has."""
    n_context: int
    """Tokens that it was trained to see at once."""
    n_vocabulary: int
    n_layers: int
    n_embedding: int
    n_feed_forward: int
    cache_width: int
    """Numbers that the cache keeps for one token: keys and values, all layers."""
    template: str
    """Its chat template in Jinja; empty where it has none."""

    def need(self, context_size: int) -> Need:
        """Return the memory that it takes with a window of ``context_size`` tokens."""
        widths = 8 * self.n_embedding + 3 * self.n_feed_forward
        work = _PROGRAM_BYTES + 4 * (_UBATCH * widths + 2 * self.n_vocabulary) + 100 * self.n_vocabulary
        return Need(self.size, self.cache_width * context_size * _CACHE_BYTES, work)

    def expect_room(self, context_size: int, free: int | None) -> None:
        """See that it fits the memory that is ``free``, where that is known: it would push out all other programs.

        Raises:
            GeneratorUnavailable: it needs more.
        """
        need = self.need(context_size)
        if free is None or need.total <= free:
            return
        raise GeneratorUnavailable(
            f"{self.path.name} needs {need.total / 1e9:.1f} GB of memory (weights {need.weights / 1e9:.1f}, a window "
            f"of {context_size:,} tokens {need.cache / 1e9:.1f}), and {free / 1e9:.1f} GB are free; close other "
            "programs, choose a smaller model, or lower `chat.contextSize`"
        )


def read_header(path: Path) -> Header:
    """Read the head of the model in the file ``path``.

    Raises:
        GeneratorUnavailable: there is no such file, it is no chat model in GGUF, or a part of it is missing.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _header(path, content)
    except FileNotFoundError:
        raise GeneratorUnavailable(f"{path}: there is no such file; name the GGUF file of a chat model") from None
    except IsADirectoryError:
        raise GeneratorUnavailable(f"{path}: is a folder; name the GGUF file in it") from None
    except OSError as error:
        raise GeneratorUnavailable(f"{path}: cannot be read ({error.strerror or error})") from error
    except (struct.error, OverflowError):
        raise GeneratorUnavailable(f"{path}: ends in its head, or is damaged there; download it again") from None
    except ValueError:  # of mmap
        raise GeneratorUnavailable(f"{path}: is empty; download it again") from None


def _header(path: Path, content: mmap.mmap) -> Header:
    reader = _Reader(path, content)
    reader.expect_gguf()
    n_tensors, n_values = reader.number("Q"), reader.number("Q")
    values = {reader.string(): reader.value() for _ in range(n_values)}
    _expect_chat_model(path, values)
    reader.expect_tensors(n_tensors, max(1, _integer(values, "general.alignment", 32)))
    architecture = str(values["general.architecture"])
    n_layers = _integer(values, f"{architecture}.block_count")
    return Header(
        path=path,
        architecture=architecture,
        name=str(values.get("general.name", path.stem)),
        size=sum(part.stat().st_size for part in _parts(path, _integer(values, "split.count", 1))),
        n_context=_integer(values, f"{architecture}.context_length"),
        n_vocabulary=_integer(values, "tokenizer.ggml.tokens"),
        n_layers=n_layers,
        n_embedding=_integer(values, f"{architecture}.embedding_length"),
        n_feed_forward=_integer(values, f"{architecture}.feed_forward_length"),
        cache_width=_cache_width(values, architecture, n_layers),
        template=str(values.get("tokenizer.chat_template", "")),
    )


def _expect_chat_model(path: Path, values: dict[str, Value]) -> None:
    architecture, kind = values.get("general.architecture"), values.get("general.type", "model")
    if not isinstance(architecture, str):
        raise GeneratorUnavailable(f"{path}: does not say which architecture it has; choose another file")
    if kind != "model" or architecture == "clip":
        raise GeneratorUnavailable(f"{path}: is an addition to a model ({kind}); name the file of the model itself")
    if f"{architecture}.pooling_type" in values or architecture.endswith("bert"):
        raise GeneratorUnavailable(f"{path}: is an embedding model ({architecture}): it cannot write; choose another")
    if not _integer(values, "tokenizer.ggml.tokens") and _integer(values, "split.no"):
        raise GeneratorUnavailable(f"{path}: is a later part of a model in several files; name the first part")


def _integer(values: dict[str, Value], key: str, otherwise: int = 0) -> int:
    """The whole number of ``key``; the largest, where there is one a layer."""
    value = values.get(key, otherwise)
    if isinstance(value, list):
        return max(value, default=otherwise)
    return int(value) if isinstance(value, int) else otherwise


def _cache_width(values: dict[str, Value], architecture: str, n_layers: int) -> int:
    heads = max(1, _integer(values, f"{architecture}.attention.head_count", 1))
    width = _integer(values, f"{architecture}.embedding_length") // heads
    key = _integer(values, f"{architecture}.attention.key_length", width)
    value = _integer(values, f"{architecture}.attention.value_length", width)
    key_heads = f"{architecture}.attention.head_count_kv"
    of_layers = values.get(key_heads)
    n_heads = sum(of_layers) if isinstance(of_layers, list) else n_layers * _integer(values, key_heads, heads)
    return n_heads * (key + value)


def _parts(path: Path, n_parts: int) -> Iterator[Path]:
    """Every file of a model in ``n_parts`` files, which are called ``NAME-00001-of-00003.gguf``.

    Raises:
        GeneratorUnavailable: one of them is missing.
    """
    if n_parts < 2:
        yield path
        return
    for number in range(1, n_parts + 1):
        part = path.with_name(re.sub(r"-\d{5}-of-\d{5}", f"-{number:05}-of-{n_parts:05}", path.name))
        if not part.is_file():
            raise GeneratorUnavailable(f"{part}: is missing, and is a part of the model; download it too")
        yield part


class _Reader:
    """Takes values from the head, one after the other."""

    def __init__(self, path: Path, content: mmap.mmap) -> None:
        self._path = path
        self._content = content
        self._at = 0

    def expect_gguf(self) -> None:
        """Take what every such file begins with."""
        start = self._content[:32]
        if start[:4] != b"GGUF":
            what = next((what for mark, what in _FOREIGN.items() if start.startswith(mark)), "is not a GGUF file")
            raise GeneratorUnavailable(f"{self._path}: {what}")
        self._at = 4
        version = self.number("I")
        if version & 0xFFFF == 0:
            raise GeneratorUnavailable(f"{self._path}: is for machines of another byte order; choose another file")
        if version not in (2, 3):
            raise GeneratorUnavailable(f"{self._path}: has version {version} of GGUF, and 2 and 3 are known")

    def expect_tensors(self, n_tensors: int, alignment: int) -> None:
        """Take the list of tensors, and see that the file holds what it says."""
        end = 0
        for _ in range(n_tensors):
            self.string()
            shape = [self.number("Q") for _ in range(self.number("I"))]
            block, size = _BLOCKS.get(self.number("I"), (0, 1))
            count = 1
            for length in shape:
                count *= length
            end = max(end, self.number("Q") + (count // block * size if block else size))
        needed = -(-self._at // alignment) * alignment + end
        there = len(self._content)
        if there < needed:
            raise GeneratorUnavailable(
                f"{self._path}: is cut off ({there / 1e6:,.1f} of {needed / 1e6:,.1f} MB are there); download it again"
            )

    def number(self, kind: str) -> int:
        """Take one number."""
        (value,) = struct.unpack_from(f"<{kind}", self._content, self._at)
        self._at += struct.calcsize(f"<{kind}")
        return value  # type: ignore[no-any-return]

    def string(self) -> str:
        """Take a text."""
        return self._bytes(self.number("Q")).decode("utf-8", "replace")

    def value(self) -> Value:
        """Take a value of any kind; of a long array, or one of texts, its length."""
        kind = self.number("I")
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self._array()
        return self.number(self._kind(kind))

    def _array(self) -> Value:
        kind, count = self.number("I"), self.number("Q")
        if kind == _STRING:
            self._skip_strings(count)
            return count
        letter = self._kind(kind)
        if count > _KEPT or letter in "fd":
            self._bytes(count * struct.calcsize(f"<{letter}"))
            return count
        return [self.number(letter) for _ in range(count)]

    def _skip_strings(self, count: int) -> None:
        unpack, content, at = struct.Struct("<Q").unpack_from, self._content, self._at
        for _ in range(count):
            at += 8 + unpack(content, at)[0]
        self._at = at

    def _bytes(self, count: int) -> bytes:
        taken = self._content[self._at : self._at + min(count, len(self._content))]
        if len(taken) < count:
            raise struct.error
        self._at += count
        return taken

    def _kind(self, kind: int) -> str:
        if kind not in _NUMBERS:
            raise struct.error
        return _NUMBERS[kind]
