"""What all tests share: a home of their own, and folders of notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from starlight.models import embedder as models
from starlight.models.embedder import Embedder
from tests import vaults

# How long an example takes says more about the machine than about us; pytest-timeout watches over the whole test.
settings.register_profile("starlight", deadline=None)
settings.load_profile("starlight")

XDG = {
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
}
"""The variables that say where programs keep what is theirs, and the folder of the test's home for each."""


@pytest.fixture(autouse=True)
def xdg_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, for it and for every process that it starts; indexes lie in it, never in yours."""
    home = tmp_path / "xdg"
    for variable, name in XDG.items():
        folder = home / name
        folder.mkdir(parents=True)
        monkeypatch.setenv(variable, str(folder))
    without_refiner(home / XDG["XDG_CONFIG_HOME"])
    return home


def without_refiner(config: Path) -> Path:
    """Let commands and servers do without the refiner: its process would cost every test half a second.

    Those that are about it delete the file that is returned.
    """
    path = config / "starlight" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[search]\nrefine = false\n")
    return path


@pytest.fixture
def vault(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder of notes from one string with file headers, or add to it: ``vault("== tea.md ==\\n# Tea\\n")``."""

    def make(text: str = "", name: str = "notes") -> Path:
        return vaults.write(tmp_path / name, text)

    return make


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The model that ships with Starlight."""
    return models.load()
