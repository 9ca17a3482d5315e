"""Neighbours of notes: the same however they came about, kept beside the index, and lost without harm."""

from __future__ import annotations

import contextlib
import importlib
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.engine import cells
from starlight.engine import neighbours as numbers
from starlight.engine.nearness import Nearness, kept
from starlight.engine.neighbours import Neighbours, NeighboursLost, Update, nothing
from tests.archives import damaged

DIM = 16
NOTES = """
== apple.md ==
# Apple
Apples are fruit that grows on trees in an orchard.
== pear.md ==
# Pear
Pears are fruit that grows on trees in an orchard, too.
== engine.md ==
# Engine
A steam engine has a boiler, pistons and valves.
== boiler.md ==
# Boiler
The boiler of a steam engine makes steam for its pistons.
== empty.md ==
"""


def vector_of(seed: int) -> np.ndarray:
    """A direction near one of a few, or none at all."""
    if seed % 13 == 0:
        return np.zeros(DIM, np.float32)
    centre = np.random.default_rng(seed % 5).standard_normal(DIM)
    found = centre + 0.4 * np.random.default_rng(seed).standard_normal(DIM)
    return (found / np.linalg.norm(found)).astype(np.float32)


def updated(before: Neighbours, seeds: dict[str, int], frame: cells.Frame | None = None) -> Neighbours:
    update = Update(before, {path: seed.to_bytes(16, "little") for path, seed in seeds.items()}, frame)
    found = [vector_of(seeds[path]) for path in update.wanted]
    update.add(np.array(found, np.float32).reshape(len(found), DIM))
    result: list[Neighbours] = []

    def run():
        result.append((yield from update.steps()))

    list(run())
    return result[0]


def assert_same(one: Neighbours, other: Neighbours) -> None:
    assert one.paths == other.paths
    for name in ("hashes", "vectors", "rows", "near"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


contents = st.dictionaries(st.integers(0, 80).map("n{:02}.md".format), st.integers(0, 60), max_size=60)


@settings(deadline=None, max_examples=60)
@given(st.lists(contents, min_size=2, max_size=4), st.booleans())
def test_brought_up_to_date_they_are_what_they_are_anew(states, in_cells):
    frame = None
    if in_cells:
        centres = np.array([vector_of(seed) for seed in range(1, 21)], np.float32)
        frame = cells.Frame(30, cells.integers(centres))
    found = nothing(DIM) if frame is None else updated(nothing(DIM), {}, frame)
    for state in states:
        found = updated(found, state, frame)
    assert_same(found, updated(nothing(DIM), states[-1], frame))


def test_without_cells_they_are_those_of_all_pairs():
    found = updated(nothing(DIM), {f"{seed:02}.md": seed for seed in range(1, 60)})
    rows = found.vectors.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    near = rows @ rows.T / np.where(lengths == 0, 1, lengths)[:, None] / np.where(lengths == 0, 1, lengths)
    np.fill_diagonal(near, -1)
    for row in range(len(rows)):
        wanted = [each for each in np.argsort(-near[row], kind="stable") if near[row, each] >= numbers.LEAST]
        there = [each for each in found.rows[row].tolist() if each >= 0]
        np.testing.assert_allclose(near[row, there], near[row, wanted[: numbers.LENGTH]], atol=1e-4)
        assert [found.cosine(row, place) for place in range(len(there))] == pytest.approx(near[row, there], abs=1e-4)


def test_mutual_neighbours_are_in_each_others_lists_each_pair_once():
    found = updated(nothing(DIM), {f"{seed:02}.md": seed for seed in range(1, 100)})
    one, other, cosines = found.mutual()
    pairs = list(zip(one.tolist(), other.tolist(), strict=True))
    lists = [set(row.tolist()) - {-1} for row in found.rows]
    every = {(a, b) for a in range(len(lists)) for b in lists[a] if a < b and a in lists[b]}
    assert (set(pairs), len(pairs)) == (every, len(every))
    assert every
    assert all(numbers.LEAST <= cosine <= 1.001 for cosine in cosines.tolist())


def test_many_notes_are_looked_for_in_cells_and_nearly_all_neighbours_are_found(monkeypatch):
    state = {f"{seed:04}.md": seed for seed in range(1, 900)}
    exact = updated(nothing(DIM), state)
    monkeypatch.setattr(cells, "_FEW", 100)
    found = updated(nothing(DIM), state)
    assert len(found.frame.centres) > cells._PROBES
    held = [set(row) <= set(other) for row, other in zip(exact.rows.tolist(), found.rows.tolist(), strict=True)]
    assert sum(held) > 0.9 * len(held)


def test_what_is_kept_is_what_was_saved_and_damage_costs_it_only(tmp_path):
    path = tmp_path / "n.npz"
    found = updated(nothing(DIM), {f"{seed:02}.md": seed for seed in range(1, 40)})
    found.save(path)
    assert_same(kept(path, DIM), found)
    assert kept(path, DIM + 1).paths == ()
    for each in damaged(path.read_bytes()):
        path.write_bytes(each)
        with pytest.raises(NeighboursLost):
            Neighbours.load(path)
        assert kept(path, DIM).paths == ()


@pytest.fixture
def nearness(indexed):
    workspace = indexed(NOTES)
    path = workspace.location.neighbours(workspace.fingerprint)
    return Nearness(path, workspace._embedder.dim, lambda: workspace._alone(workspace._reader)), workspace, path


def pairs(found: Neighbours) -> set[frozenset[str]]:
    one, other, _ = found.mutual()
    return {frozenset((found.paths[a], found.paths[b])) for a, b in zip(one.tolist(), other.tolist(), strict=True)}


def test_notes_about_the_same_are_neighbours_and_follow_the_index(nearness):
    near, workspace, path = nearness
    found = near.now()
    assert pairs(found) >= {frozenset(("apple.md", "pear.md")), frozenset(("boiler.md", "engine.md"))}
    assert frozenset(("apple.md", "engine.md")) not in pairs(found)
    assert path.exists()
    (workspace.root / "pear.md").unlink()
    (workspace.root / "apple.md").write_text("# Apple\nThe boiler of a steam engine makes steam for its pistons.\n")
    workspace.bring_up_to_date()
    assert frozenset(("apple.md", "boiler.md")) in pairs(near.now())
    assert "pear.md" not in near.now().paths
    path.unlink()
    again = Nearness(path, workspace._embedder.dim, lambda: workspace._alone(workspace._reader))
    assert_same(again.now(), near.now())


def test_who_cannot_wait_is_told_that_there_are_none_yet(nearness, monkeypatch):
    near, _, path = nearness
    module = importlib.import_module("starlight.engine.nearness")
    monkeypatch.setattr(module, "_SOON", 2)
    assert near.now() is None
    assert near.make(lambda _share: False) is None
    assert not path.exists()
    began, go_on = threading.Event(), threading.Event()

    def tell(_share: float) -> bool:
        began.set()
        return go_on.wait(30)

    with contextlib.ExitStack() as stack:
        thread = threading.Thread(target=near.make, args=(tell,))
        stack.callback(thread.join)
        thread.start()
        assert began.wait(30)
        assert near.now() is None
        assert near.progress is not None
        go_on.set()
    assert near.now() is not None
    assert near.progress is None


def test_idle_time_makes_them(nearness):
    module = importlib.import_module("starlight.engine.nearness")
    near, workspace, path = nearness
    ahead = module.NearAhead(path, workspace.location.database(workspace.fingerprint), workspace._embedder.dim)
    while ahead.go_on():
        assert ahead.is_at_work
    assert not ahead.is_at_work
    assert_same(kept(path, workspace._embedder.dim), near.now())
    written = path.stat().st_mtime_ns
    ahead.begin_again()
    while ahead.go_on():
        pass
    assert path.stat().st_mtime_ns == written


def test_an_index_that_is_made_anew_meanwhile_mixes_no_notes_up(nearness, monkeypatch):
    near, workspace, path = nearness
    module = importlib.import_module("starlight.engine.nearness")
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    apple, away = workspace.root / "apple.md", workspace.root / "z.md"
    told = []

    def tell(share: float) -> bool:
        told.append(share)
        if len(told) == 1:  # when two notes are read, all of them get other numbers
            apple.rename(away)
            workspace.bring_up_to_date(rebuild=True)
            away.rename(apple)
            workspace.bring_up_to_date()
        return True

    near.make(tell)
    assert len(told) > 2
    found = near.make()
    path.unlink()
    again = Nearness(path, workspace._embedder.dim, lambda: workspace._alone(workspace._reader))
    assert_same(found, again.make())


def test_a_note_that_is_another_one_for_a_moment_is_read_again(nearness, settled):
    module = importlib.import_module("starlight.engine.nearness")
    _, workspace, path = nearness
    apple = workspace.root / "apple.md"
    text = apple.read_text()
    bringing = module.Bringing(workspace._reading, nothing(workspace._embedder.dim))
    apple.write_text("# Apple\nThe boiler of a steam engine makes steam for its pistons.\n")
    workspace.bring_up_to_date()
    list(bringing.steps())
    row = bringing.found.paths.index("apple.md")
    assert not bringing.found.vectors[row].any()
    apple.write_text(text)
    workspace.bring_up_to_date()
    again = module.Bringing(workspace._reading, bringing.found)
    assert again.n_new == 1
    list(again.steps())
    assert_same(again.found, Nearness(path, workspace._embedder.dim, workspace._reading).now())


def test_another_index_of_the_same_revision_is_looked_at(nearness):
    near, workspace, _ = nearness
    near.now()
    before = workspace.status().revision
    (workspace.root / "apple.md").rename(workspace.root / "quince.md")
    workspace.bring_up_to_date(rebuild=True)
    assert workspace.status().revision == before
    assert "quince.md" in near.now().paths


def test_the_neighbours_of_one_note_are_those_of_its_pairs(nearness):
    found = nearness[0].now()
    for path in found.paths:
        assert found.mutual_of(path).keys() == {
            other for pair in pairs(found) if path in pair for other in pair - {path}
        }
    assert found.mutual_of("nowhere.md") == {}


def test_what_is_known_of_one_note_takes_no_work_and_follows_the_file(nearness):
    near, workspace, path = nearness
    assert near.of("apple.md") == {}
    assert not path.exists()
    other = Nearness(path, workspace._embedder.dim, lambda: workspace._alone(workspace._reader))
    other.make()
    assert near.of("apple.md") == pytest.approx(other.of("apple.md"))
    assert "pear.md" in near.of("apple.md")
    (workspace.root / "apple.md").write_text("# Apple\nThe boiler of a steam engine makes steam for its pistons.\n")
    workspace.bring_up_to_date()
    other.make()
    assert "pear.md" not in near.of("apple.md")
    assert "boiler.md" in near.of("apple.md")
