"""What was learnt is kept whole, and what is damaged is told."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest

from starlight.errors import ModelUnavailable
from starlight.models.adapted import AdaptedEmbedder, Table, adapted, load, save, table_of
from starlight.models.embedder import Embedder, StaticEmbedder
from tests.archives import damaged

ABOUT = {"message": "it helps", "words": 2}


@pytest.fixture
def base(embedder: Embedder) -> StaticEmbedder:
    assert isinstance(embedder, StaticEmbedder)
    return embedder


@pytest.fixture
def table(base: StaticEmbedder) -> Table:
    added = np.random.default_rng(3).standard_normal((2, base.dim), np.float32)
    return Table.of(base.identity, ["zorblax", "ჩაი"], added)


def test_what_is_saved_is_loaded(tmp_path: Path, table: Table) -> None:
    path = tmp_path / "below" / "adapted.npz"
    save(path, table, ABOUT)
    loaded, about = load(path)
    assert loaded is not None
    assert (loaded.words, loaded.digest, about) == (table.words, table.digest, ABOUT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_that_nothing_was_learnt_is_kept_as_well(tmp_path: Path, base: StaticEmbedder) -> None:
    save(tmp_path / "adapted.npz", None, ABOUT)
    assert load(tmp_path / "adapted.npz") == (None, ABOUT)
    assert adapted(base, None) is base
    assert table_of(base) is None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "adapted.npz")


@pytest.mark.parametrize("kept", [0, 1, 20, 300, -200, -1])
def test_a_file_that_was_cut_off(tmp_path: Path, table: Table, kept: int) -> None:
    path = tmp_path / "adapted.npz"
    save(path, table, ABOUT)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelUnavailable, match=r"adapted\.npz: what was learnt"):
        load(path)


def test_a_file_that_is_damaged(tmp_path: Path, table: Table) -> None:
    path = tmp_path / "adapted.npz"
    save(path, table, ABOUT)
    for each in damaged(path.read_bytes()):
        path.write_bytes(each)
        with pytest.raises(ModelUnavailable, match=r"adapted\.npz: what was learnt"):
            load(path)


def test_bytes_that_were_changed(tmp_path: Path, table: Table) -> None:
    """Each is noticed, or changes nothing."""
    path = tmp_path / "adapted.npz"
    save(path, table, ABOUT)
    whole = path.read_bytes()
    for place in range(0, len(whole), 17):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            loaded, about = load(path)
        except ModelUnavailable:
            continue
        assert loaded is not None
        assert (loaded.digest, about) == (table.digest, ABOUT)


def test_a_table_of_another_model(base: StaticEmbedder, table: Table) -> None:
    other = Table("other", table.words, table.numbers, table.scales)
    with pytest.raises(ModelUnavailable, match="another model"):
        adapted(base, other)


def test_its_identity_is_its_own(base: StaticEmbedder, table: Table) -> None:
    one = adapted(base, table)
    assert one.identity.startswith(f"{base.identity}-adapted-")
    other = Table(table.model, ("zorblax", "x"), table.numbers, table.scales)
    assert adapted(base, other).identity != one.identity
    assert table_of(one) is table


def test_a_learnt_word_takes_the_place_of_its_pieces(base: StaticEmbedder, table: Table) -> None:
    embedder = AdaptedEmbedder(base, table)
    added = table.scales[:1] @ table.numbers[:1].astype(np.float32)
    plain, sums = embedder.embed(["zorblax"])[0], base.sums(["zorblax"])[0] + added
    assert plain == pytest.approx(sums / np.linalg.norm(sums), abs=1e-6)
    twice = base.sums(["Zorblax zorblax"])[0] + 2 * added
    assert embedder.embed(["Zorblax zorblax"])[0] == pytest.approx(twice / np.linalg.norm(twice), abs=1e-6)
    assert not embedder.embed([""]).any()
