"""Settings that can be worked with."""

from __future__ import annotations

from dataclasses import replace

from starlight.config import Settings
from starlight.errors import ModelUnavailable
from starlight.models import embedder as models


def with_usable_model(settings: Settings) -> tuple[Settings, str]:
    """Return ``settings`` with a model that is there, and what was wrong with the one they name.

    A model that cannot be used costs itself only: the one that ships takes its place.
    """
    if not settings.model_path:
        return settings, ""
    try:
        models.load(settings.model_path)
    except ModelUnavailable as error:
        return replace(settings, model_path=""), f"{error}; the model that ships is used"
    return settings, ""
