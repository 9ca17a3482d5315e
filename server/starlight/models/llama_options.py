"""How a model in llama.cpp is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from starlight.models.gguf_header import Header


@dataclass(frozen=True, slots=True)
class LlamaOptions:
    """What can be chosen; the defaults fit most machines."""

    context_size: int = 8_192
    """The widest window, in tokens: it takes memory.  0 for all that the model can see at once."""
    threads: int = 0
    """How many compute; 0 for one a physical core."""
    gpu_layers: int = -1
    """How many layers a GPU computes, where llama.cpp was built for one; -1 for all of them."""
    idle_seconds: float = 300.0
    """How long the model stays in memory unasked."""

    def window(self, header: Header) -> int:
        """Return the window that the model of ``header`` gets."""
        if not (self.context_size and header.n_context):
            return self.context_size or header.n_context or 2_048
        return min(self.context_size, header.n_context)
