"""Messages into the tokens that a model was trained to see, by the chat template in its file.

The template is a program in Jinja of whoever made the file: it runs in the sandbox of llama-cpp-python.
"""

from __future__ import annotations

from collections.abc import Sequence

from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from starlight.errors import GeneratorUnavailable
from starlight.models.generator import Message
from starlight.models.llama_model import Vocabulary

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
"""What is used where a file has no template: most models have seen it.
https://github.com/openai/openai-python/blob/release-v0.28.0/chatml.md
"""
_CHATML_STOP = "<|im_end|>"


class Prompt:
    """The template of one model."""

    def __init__(self, template: str, vocabulary: Vocabulary) -> None:
        self._template = template or CHATML
        self._vocabulary = vocabulary
        self.stop = () if template else (_CHATML_STOP,)
        """Texts that end an answer, where the model's own tokens do not."""
        self._formatter: Jinja2ChatFormatter | None = None

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """Return the tokens of ``messages``, up to where the answer begins.

        A template that knows no system message gets it as the beginning of the user's.

        Raises:
            GeneratorUnavailable: the template cannot be used.
        """
        plain = [{"role": m.role, "content": self._vocabulary.plain(m.content, self._template)} for m in messages]
        try:
            text = self._render(plain)
        except Exception:  # noqa: BLE001 -- whatever that program does
            try:
                text = self._render(_without_system(plain))
            except Exception as error:
                raise GeneratorUnavailable(
                    f"the model's chat template cannot be used ({error}); choose another model"
                ) from error
        start = self._vocabulary.start()
        return self._vocabulary.tokens(text, markers=True, start=not (start and text.startswith(start)))

    def _render(self, messages: list[dict[str, str]]) -> str:
        if self._formatter is None:
            self._formatter = Jinja2ChatFormatter(
                template=self._template, eos_token=self._vocabulary.end(), bos_token=self._vocabulary.start()
            )
        # Models that can think aloud first are asked not to: it costs minutes, and is not the answer.
        return str(self._formatter(messages=messages, enable_thinking=False).prompt)


def _without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same in turns of user and assistant only."""
    turns: list[dict[str, str]] = []
    for message in messages:
        role = "assistant" if message["role"] == "assistant" else "user"
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += "\n\n" + message["content"]
        else:
            turns.append({"role": role, "content": message["content"]})
    return turns
