"""A model in llama.cpp: text into tokens, a prompt into its memory, one token after the other out of it.

Only ``llama_worker`` imports this, after it has taken standard output away from native code: llama.cpp never lives in
a process that serves an editor.  What is called here is llama.cpp's own interface (``llama.h``), through the bindings
of llama-cpp-python: its high-level class can neither be stopped while it reads nor keep two conversations, and sets
aside a score for every word of the vocabulary, 512 times.
"""

from __future__ import annotations

import collections
import contextlib
import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp

from starlight.errors import GenerationFailed, GeneratorUnavailable
from starlight.models.generator import Sampling
from starlight.models.machine import free_memory

_CONVERSATION = 0
"""The one sequence of the window."""
_WORTH_A_COPY = 128
"""Tokens from which a conversation is set aside: fewer are soon read again."""
_MOST_ASIDE = 256_000_000
"""Bytes that what is set aside may take."""
_N_BATCH = 512
_N_BATCH_OFFLOADED = 128
"""Tokens that are read at once.  On a GPU a batch cannot be interrupted, so it is shorter."""
_TOP_K = 40
_ABORTED = 2
_NO_MARKERS = False
_MARKERS = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN
_BREAK = "\N{ZERO WIDTH SPACE}"

_complaints: collections.deque[str] = collections.deque(maxlen=3)
_ERROR_LEVEL = 4


def _listen(level: int, text: bytes, _data: object) -> None:
    if level == _ERROR_LEVEL:
        _complaints.append(text.decode("utf-8", "replace").strip())


_listener = llama_cpp.llama_log_callback(_listen)
"""Kept, as native code calls it."""
llama_cpp.llama_log_set(_listener, None)
llama_cpp.llama_backend_init()


class Interrupted(Exception):
    """Reading was stopped because it was asked for."""


def can_offload() -> bool:
    """Whether this build of llama.cpp computes on something else than the processor."""
    return bool(llama_cpp.llama_supports_gpu_offload())


def _load(path: Path, keep_going: Callable[[], bool], n_gpu_layers: int, *, vocabulary_only: bool = False) -> object:
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = vocabulary_only
    parameters.n_gpu_layers = n_gpu_layers if n_gpu_layers >= 0 else 0x7FFFFFFF
    parameters.progress_callback = llama_cpp.llama_progress_callback(lambda _share, _data: keep_going())
    _complaints.clear()
    model = llama_cpp.llama_model_load_from_file(str(path).encode("utf-8", "surrogateescape"), parameters)
    if model:
        return model
    if not keep_going():
        raise Interrupted
    raise GeneratorUnavailable(
        f"{path}: llama.cpp cannot load it ({' '.join(_complaints) or 'it does not say why'}); "
        "download it again, or choose a model that llama-cpp-python knows"
    )


class Vocabulary:
    """The tokens of a model.  Safe to use from several threads until it is closed."""

    def __init__(self, model: object) -> None:
        self._model = model
        self._vocabulary = llama_cpp.llama_model_get_vocab(model)

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read the vocabulary alone, without the weights.

        Raises:
            GeneratorUnavailable: llama.cpp cannot read it.
        """
        return cls(_load(path, lambda: True, 0, vocabulary_only=True))

    def close(self) -> None:
        """Give its memory back."""
        llama_cpp.llama_model_free(self._model)

    def tokens(self, text: str, *, markers: bool, start: bool = False) -> list[int]:
        """Return the tokens of ``text``: with the ``start`` token, and with ``markers`` understood as such."""
        content = text.encode("utf-8", "replace")
        room = len(content) + 8
        found = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocabulary, content, len(content), found, room, start, markers)
        if count < 0:  # more tokens than bytes: no tokenizer does that, and one that did would be told how many
            room = -count
            found = (llama_cpp.llama_token * room)()
            count = llama_cpp.llama_tokenize(self._vocabulary, content, len(content), found, room, start, markers)
        return list(found[:count])

    def piece(self, token: int) -> bytes:
        """Return the bytes that ``token`` stands for: none for a marker, a part of a character perhaps."""
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, _NO_MARKERS)
            if count >= 0:
                return buffer.raw[:count]
            room = -count

    def is_end(self, token: int) -> bool:
        """Whether ``token`` says that the answer is complete."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

    def start(self) -> str:
        """Return the marker that a text begins with; empty where there is none."""
        return self._name(llama_cpp.llama_vocab_bos(self._vocabulary))

    def end(self) -> str:
        """Return the marker that a text ends with; empty where there is none."""
        return self._name(llama_cpp.llama_vocab_eos(self._vocabulary))

    def plain(self, text: str, template: str) -> str:
        """Return ``text`` with the model's markers broken up: what a note says never ends its message.

        Markers are control tokens, and others that ``template`` speaks of.  HTML's ``<s>`` is one of some models.
        """
        while True:
            before = text
            for token in set(self.tokens(text, markers=True)):
                name = self._name(token)
                if len(name) > 1 and name in text and self._is_marker(token, name, template):
                    text = text.replace(name, name[0] + _BREAK + name[1:])
            if text == before:
                return text

    def _is_marker(self, token: int, name: str, template: str) -> bool:
        kind = llama_cpp.llama_vocab_get_attr(self._vocabulary, token)
        if kind & _MARKERS:
            return True
        return bool(kind & llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED and name.strip() and name in template)

    def _name(self, token: int) -> str:
        text = llama_cpp.llama_vocab_get_text(self._vocabulary, token) if token >= 0 else None
        return (text or b"").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Aside:
    """A conversation outside of the window: its tokens, and what llama.cpp knows of them."""

    tokens: list[int]
    state: ctypes.Array[ctypes.c_uint8]


class Model:
    """A loaded model with its window, and one conversation beside it.

    A short task between two questions does not cost the second its beginning.  For use by one thread.
    """

    def __init__(
        self, path: Path, *, n_context: int, n_threads: int, n_gpu_layers: int, keep_going: Callable[[], bool]
    ) -> None:
        """Load it.

        Raises:
            GeneratorUnavailable: llama.cpp cannot.
            Interrupted: ``keep_going`` said no.
        """
        self._model = _load(path, keep_going, n_gpu_layers)
        self.vocabulary = Vocabulary(self._model)
        self.n_context = n_context
        self._n_batch = _N_BATCH_OFFLOADED if n_gpu_layers and can_offload() else _N_BATCH
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = n_context
        parameters.n_batch = parameters.n_ubatch = self._n_batch
        parameters.n_threads = parameters.n_threads_batch = n_threads
        parameters.n_seq_max = parameters.n_outputs_max = 1  # scores are asked for one token at a time
        parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_AUTO
        self._context = llama_cpp.llama_init_from_model(self._model, parameters)
        if not self._context:
            llama_cpp.llama_model_free(self._model)
            raise GeneratorUnavailable(f"{path}: llama.cpp cannot make a window for it ({' '.join(_complaints)})")
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._batch = llama_cpp.llama_batch_init(self._n_batch, 0, 1)
        self._known: list[int] = []
        self._aside: _Aside | None = None
        self._keep_going = keep_going
        self._abort = llama_cpp.ggml_abort_callback(lambda _data: not self._keep_going())
        self._never = llama_cpp.ggml_abort_callback()

    def close(self) -> None:
        """Give its memory back."""
        llama_cpp.llama_batch_free(self._batch)
        llama_cpp.llama_free(self._context)
        self.vocabulary.close()

    def read(self, prompt: Sequence[int], keep_going: Callable[[], bool]) -> int:
        """Read ``prompt``; returns how many of its tokens were known.

        Raises:
            Interrupted: ``keep_going`` said no; what was read until then stays known.
            GenerationFailed: llama.cpp could not.
        """
        n_known = self._place(prompt)
        self._keep_going = keep_going
        # Asked after each step of a batch; left out while tokens are written, where it would take longer than a step.
        llama_cpp.llama_set_abort_callback(self._context, self._abort, None)
        try:
            for start in range(n_known, len(prompt), self._n_batch):
                if not keep_going():
                    raise Interrupted
                self._add(prompt[start : start + self._n_batch])
        finally:
            llama_cpp.llama_set_abort_callback(self._context, self._never, None)
        return n_known

    def add(self, token: int) -> None:
        """Read one token more.

        Raises:
            GenerationFailed: llama.cpp could not.
        """
        self._add([token])

    @contextlib.contextmanager
    def picking(self, sampling: Sampling) -> Iterator[Callable[[], int]]:
        """Give what picks the next token, after what was read last."""
        sampler = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        if sampling.temperature <= 0:
            llama_cpp.llama_sampler_chain_add(sampler, llama_cpp.llama_sampler_init_greedy())
        else:
            seed = llama_cpp.LLAMA_DEFAULT_SEED if sampling.seed is None else sampling.seed & 0x7FFFFFFF
            for part in (
                llama_cpp.llama_sampler_init_top_k(_TOP_K),
                llama_cpp.llama_sampler_init_top_p(sampling.top_p, 1),
                llama_cpp.llama_sampler_init_temp(sampling.temperature),
                llama_cpp.llama_sampler_init_dist(seed),
            ):
                llama_cpp.llama_sampler_chain_add(sampler, part)
        try:
            yield lambda: int(llama_cpp.llama_sampler_sample(sampler, self._context, -1))
        finally:
            llama_cpp.llama_sampler_free(sampler)

    def _place(self, prompt: Sequence[int]) -> int:
        """Go on with the conversation that ``prompt`` begins as; returns how many of its tokens are known.

        One that would lose most of what it knows is set aside, outside of the window: what lies in the window beside
        a conversation makes each step of it slower.
        """
        shared, aside = _shared(self._known, prompt), self._aside
        other = _shared(aside.tokens, prompt) if aside else 0
        if aside and other > shared and not _loses_most(aside.tokens, other, prompt):
            self._aside = self._copied()
            shared = other if self._put_back(aside) else 0
        elif _loses_most(self._known, shared, prompt):
            self._aside = self._copied() or aside
        n_known = min(shared, len(prompt) - 1)  # the last one is read again, for what comes after it
        return n_known if self._forget(n_known) else 0

    def _copied(self) -> _Aside | None:
        """Return what is in the window; None where that is too little to be kept, or too much."""
        if len(self._known) < _WORTH_A_COPY:
            return None
        size = llama_cpp.llama_state_seq_get_size(self._context, _CONVERSATION)
        if size > min(_MOST_ASIDE, (free_memory() or _MOST_ASIDE) // 2):
            return None
        state = (ctypes.c_uint8 * size)()
        if llama_cpp.llama_state_seq_get_data(self._context, state, size, _CONVERSATION) != size:
            return None
        return _Aside(list(self._known), state)

    def _put_back(self, aside: _Aside) -> bool:
        """Let the window hold what was set aside; False where llama.cpp will not have it, and it is empty."""
        self._forget(0)
        state = aside.state
        if not llama_cpp.llama_state_seq_set_data(self._context, state, len(state), _CONVERSATION):
            self._forget(0)
            return False
        self._known = aside.tokens
        return True

    def _forget(self, n_kept: int) -> bool:
        """Cut what is known to its first ``n_kept`` tokens; False where that cannot be, and all is forgotten."""
        is_cut = llama_cpp.llama_memory_seq_rm(self._memory, _CONVERSATION, n_kept, -1)
        if not is_cut:  # a recurrent model cannot forget the end alone
            llama_cpp.llama_memory_seq_rm(self._memory, _CONVERSATION, -1, -1)
        del self._known[n_kept if is_cut else 0 :]
        return bool(is_cut)

    def _add(self, tokens: Sequence[int]) -> None:
        batch, last, n_known = self._batch, len(tokens) - 1, len(self._known)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = n_known + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = _CONVERSATION
            batch.logits[index] = index == last
        batch.n_tokens = len(tokens)
        code = llama_cpp.llama_decode(self._context, batch)
        if code == 0:
            self._known.extend(tokens)
            return
        self._forget(n_known)
        if code == _ABORTED:
            raise Interrupted
        raise GenerationFailed(f"llama.cpp could not go on (code {code}; {' '.join(_complaints)})")


def _loses_most(known: Sequence[int], n_shared: int, prompt: Sequence[int]) -> bool:
    return 2 * n_shared < min(len(known), len(prompt))


def _shared(known: Sequence[int], prompt: Sequence[int]) -> int:
    """The length of the beginning that both have."""
    for index, (one, other) in enumerate(zip(known, prompt, strict=False)):
        if one != other:
            return index
    return min(len(known), len(prompt))
