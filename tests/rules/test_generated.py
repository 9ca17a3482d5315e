"""What is generated from ``config.py`` is as it would be generated now.

``UPDATE_GENERATED=1`` writes the files anew before they are compared.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from scripts.generate import VSCODE, generated, main

from starlight.config import options

FILES = list(generated())


@pytest.fixture(autouse=True, scope="module")
def _update():
    if os.environ.get("UPDATE_GENERATED"):
        main()


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_generated_file_is_up_to_date(path: Path):
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    hint = (
        f"{path.name} is not as scripts/generate.py writes it: run UPDATE_GENERATED=1 make test, and look at the diff"
    )
    assert found == generated()[path], hint


def test_settings_that_need_trust_are_restricted():
    """A workspace cannot name a program or a model unless the user trusts it."""
    package = json.loads(VSCODE.read_text(encoding="utf-8"))
    restricted = package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    needed = {f"starlight.{option.key}" for _, option, _ in options() if option.trusted}
    assert needed
    assert set(restricted) == needed | {"starlight.server.path"}
    properties = package["contributes"]["configuration"]["properties"]
    assert {properties[key]["scope"] for key in restricted} == {"machine-overridable"}
