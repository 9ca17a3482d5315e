"""The settings file of the command line: TOML of the shape that ``config.resolve`` takes."""

from __future__ import annotations

import sys
from pathlib import Path

from starlight.config import Problem, Settings, resolve


def read_settings_file(path: Path) -> tuple[Settings, list[Problem]]:
    """Return the settings of the TOML file at ``path``; the defaults where there is no such file."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), []
    except (OSError, ValueError) as error:
        return Settings(), [Problem("", f"{path} cannot be read ({error}); the defaults are used")]
    return resolve(raw)
