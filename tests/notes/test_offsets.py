"""On whole vaults of other people: every link covers what its writer wrote."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from starlight.errors import NoteError
from starlight.index import disk
from starlight.notes import markdown
from starlight.notes.model import Link
from tests.parts import need

DATA = Path(os.environ.get("STARLIGHT_BENCH_DATA") or Path(__file__).parents[3] / "shared" / "data")
VAULTS = sorted(folder for folder in (DATA / "vaults").glob("*") if folder.is_dir())


def covers(link: Link, source: str) -> bool:
    """Whether ``source`` is the text of ``link``."""
    if link.kind == "wiki":
        inside = source.removeprefix("[[").removesuffix("]]")
        return source == f"[[{inside}]]" and link.target in inside and inside.strip().endswith((link.text, "\\"))
    if source.startswith(f"[{link.text}]:"):  # the definition of a reference
        return source.endswith(f"#{link.anchor}" if link.anchor else link.target)
    inside = source.removeprefix("!").removeprefix("[").lstrip()
    return inside.startswith(link.text[:1]) and source.endswith(")") and "](" in source


@pytest.mark.parametrize("vault", VAULTS or [None], ids=lambda vault: vault.name if vault else "none")
def test_links_of_a_vault(vault: Path | None) -> None:
    need("data", vault is not None, "vaults of Markdown notes under $STARLIGHT_BENCH_DATA/vaults")
    assert vault is not None
    n_links = 0
    for fact in disk.Selection(vault).walk(lambda path, reason: pytest.fail(f"{path}: {reason}")):
        try:
            text = disk.decode((vault / fact.path).read_bytes())
        except NoteError:
            continue
        note = markdown.parse(text, Path(fact.path).stem)
        wrong = [link for link in note.links if not covers(link, text[link.start : link.end])]
        assert not wrong, f"{fact.path}: {[(link, text[link.start : link.end]) for link in wrong]}"
        n_links += len(note.links)
    assert n_links > 50
