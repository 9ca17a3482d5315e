"""The catalogue: small instruct models in GGUF that can be fetched by name: what they are, not how good they are.

Repository, file, size and SHA-256 are as the repositories state them; licence and languages as on the model cards.
Nothing here was judged by its answers.
"""

from __future__ import annotations

from dataclasses import dataclass

_WINDOW = 8_192
_PROGRAM_BYTES = 300_000_000
"""What a process takes besides weights and cache, about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that can be fetched."""

    name: str
    repository: str
    file: str
    revision: str
    """The commit of the repository: what it holds there does not change."""
    size_bytes: int
    sha256: str
    parameters: str
    licence: str
    languages: str
    cache_bytes: int
    """Keys and values of one token, in 16 bits: by the layers, key heads and their width on the model card."""

    @property
    def memory_bytes(self) -> int:
        """What it takes once it is loaded with a window of 8,192 tokens, about."""
        return self.size_bytes + _WINDOW * self.cache_bytes + _PROGRAM_BYTES

    @property
    def source(self) -> str:
        """Where it comes from, as ``starlight model get`` takes it."""
        return f"{self.repository}/{self.file}"


_MANY = "29 and more, among them English, Chinese, French, Spanish, German, Russian, Japanese, Arabic"
_MORE = "some 100"

ENTRIES = (
    Entry(
        name="qwen2.5-0.5b-instruct",
        repository="Qwen/Qwen2.5-0.5B-Instruct-GGUF",
        file="qwen2.5-0.5b-instruct-q4_k_m.gguf",
        revision="9217f5db79a29953eb74d5343926648285ec7e67",
        size_bytes=491_400_032,
        sha256="74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db",
        parameters="0.5 billion",
        licence="Apache-2.0",
        languages=_MANY,
        cache_bytes=24 * 2 * 2 * 64 * 2,
    ),
    Entry(
        name="qwen3-0.6b",
        repository="Qwen/Qwen3-0.6B-GGUF",
        file="Qwen3-0.6B-Q8_0.gguf",
        revision="23749fefcc72300e3a2ad315e1317431b06b590a",
        size_bytes=639_446_688,
        sha256="9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031",
        parameters="0.6 billion",
        licence="Apache-2.0",
        languages=_MORE,
        cache_bytes=28 * 2 * 8 * 128 * 2,
    ),
    Entry(
        name="qwen2.5-1.5b-instruct",
        repository="Qwen/Qwen2.5-1.5B-Instruct-GGUF",
        file="qwen2.5-1.5b-instruct-q4_k_m.gguf",
        revision="91cad51170dc346986eccefdc2dd33a9da36ead9",
        size_bytes=1_117_320_736,
        sha256="6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
        parameters="1.5 billion",
        licence="Apache-2.0",
        languages=_MANY,
        cache_bytes=28 * 2 * 2 * 128 * 2,
    ),
    Entry(
        name="smollm2-1.7b-instruct",
        repository="HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF",
        file="smollm2-1.7b-instruct-q4_k_m.gguf",
        revision="2d4a76a30b4af41ecd395c35725ac11688d4cfe4",
        size_bytes=1_055_609_536,
        sha256="decd2598bc2c8ed08c19adc3c8fdd461ee19ed5708679d1c54ef54a5a30d4f33",
        parameters="1.7 billion",
        licence="Apache-2.0",
        languages="English",
        cache_bytes=24 * 2 * 32 * 64 * 2,
    ),
    Entry(
        name="qwen3-1.7b",
        repository="Qwen/Qwen3-1.7B-GGUF",
        file="Qwen3-1.7B-Q8_0.gguf",
        revision="90862c4b9d2787eaed51d12237eafdfe7c5f6077",
        size_bytes=1_834_426_016,
        sha256="061b54daade076b5d3362dac252678d17da8c68f07560be70818cace6590cb1a",
        parameters="1.7 billion",
        licence="Apache-2.0",
        languages=_MORE,
        cache_bytes=28 * 2 * 8 * 128 * 2,
    ),
    Entry(
        name="granite-3.3-2b-instruct",
        repository="ibm-granite/granite-3.3-2b-instruct-GGUF",
        file="granite-3.3-2b-instruct-Q4_K_M.gguf",
        revision="7cdf86ccd1f1bb3491c9b7017b033f2e51367397",
        size_bytes=1_545_303_328,
        sha256="ac71e9e32c0bea919b409c5918f69ca74339854b0319c5065e4e9fb6d95c4852",
        parameters="2 billion",
        licence="Apache-2.0",
        languages="12: English, German, Spanish, French, Japanese, Portuguese, Arabic, Czech, Italian, Korean, Dutch, "
        "Chinese",
        cache_bytes=40 * 2 * 8 * 64 * 2,
    ),
    Entry(
        name="smollm3-3b",
        repository="ggml-org/SmolLM3-3B-GGUF",
        file="SmolLM3-Q4_K_M.gguf",
        revision="4965cb60b150737b68a0408c36aeefb65078f894",
        size_bytes=1_915_305_312,
        sha256="8334b850b7bd46238c16b0c550df2138f0889bf433809008cc17a8b05761863e",
        parameters="3 billion",
        licence="Apache-2.0",
        languages="English, French, Spanish, German, Italian, Portuguese",
        cache_bytes=36 * 2 * 4 * 128 * 2,
    ),
    Entry(
        name="qwen3-4b",
        repository="Qwen/Qwen3-4B-GGUF",
        file="Qwen3-4B-Q4_K_M.gguf",
        revision="bc640142c66e1fdd12af0bd68f40445458f3869b",
        size_bytes=2_497_280_256,
        sha256="7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5",
        parameters="4 billion",
        licence="Apache-2.0",
        languages=_MORE,
        cache_bytes=36 * 2 * 8 * 128 * 2,
    ),
)


def entry(name: str) -> Entry | None:
    """Return the model that the list calls ``name``."""
    return next((found for found in ENTRIES if found.name == name), None)
