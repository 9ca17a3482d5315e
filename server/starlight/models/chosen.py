"""Which chat model does what."""

from __future__ import annotations

from collections.abc import Callable

from starlight.config import Settings
from starlight.errors import GeneratorUnavailable
from starlight.models.generator import Generator


def chosen(task: str, settings: Settings, allowed: Callable[[str], bool], name: str = "") -> Generator | None:
    """Return the model for ``task``, or the one called ``name``; None where there is none."""
    if not settings.chat_endpoint:
        if name:
            raise GeneratorUnavailable(f"{name}: there is no such model; `starlight model list` shows those there are")
        return None
    from starlight.models.endpoint import Endpoint
    from starlight.models.remote import Remote, RemoteOptions

    endpoint = Endpoint.parse(settings.chat_endpoint)
    by_task = {"rewrite": settings.chat_rewrite_model, "title": settings.chat_title_model}
    model = name or by_task.get(task) or settings.chat_model
    options = RemoteOptions(trusted=True, context_size=settings.chat_context_size)
    return Remote(endpoint, model, options, allowed=lambda: allowed(endpoint.host))
