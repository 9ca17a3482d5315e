"""The map of the notes of one root: where each lies, how they are connected, and the clusters that they form.

Places are kept beside the index.  A note keeps its place until it says something else; when many have come or changed,
all move, from where they are.
"""

from __future__ import annotations

import io
import itertools
import json
import logging
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from starlight.engine.clusters import Cluster
from starlight.engine.graphing import Graphs, Known
from starlight.engine.nearness import Reading
from starlight.engine.neighbours import Neighbours
from starlight.engine.projection import among, project
from starlight.private import write_private

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

KeepGoing = Callable[[str, float], bool]
"""Is told what is done and which share of it, and says whether to go on."""

LEAST_CLUSTER = 3
"""Notes that make a cluster on the map."""
_WORDS = 160
"""Characters of a note's headings by which it is found."""
_MANY = 0.2
"""Share of the notes that are placed among the others, before all move."""
_GAP = 0.04
"""Share of the map that an empty stretch takes at most."""
_BESIDE, _BELOW, _ROW, _COLUMNS = 0.4, 2.0, 1.0, 40
"""Where notes without a text lie, in units of the places: two notes that are near are about 1 apart."""
_APART, _TURN = 0.25, math.pi * (3 - 5**0.5)
"""How far from each other those lie that would lie at one place, in the same units, and the golden angle."""

Place = tuple[float, float]


class MapNote(NamedTuple):
    """A note on the map."""

    path: str
    title: str
    tags: tuple[str, ...]
    words: str
    """Of its headings."""
    x: float
    """From 0 to 1, as ``y``, which goes down."""
    y: float
    cluster: int
    """Its number; -1 for none."""


@dataclass(frozen=True, slots=True)
class NoteMap:
    """What is on the map.  Notes are in the order of their paths, and named by their numbers in it."""

    root: Path
    notes: tuple[MapNote, ...]
    clusters: tuple[str, ...]
    """Names, that of the largest first."""
    links: tuple[tuple[int, int], ...]
    """Pairs of notes: from, to."""
    near: tuple[tuple[int, int], ...]
    """Pairs of notes that are near in meaning, each once."""


class Placed(NamedTuple):
    """Places as they are kept."""

    by_path: Mapping[str, tuple[bytes, float, float]]
    """The content hash of each note when it was placed, and its place."""
    n_among: int
    """How many notes were placed among the others since all moved."""


def draw(
    root: Path,
    graphs: Graphs,
    reading: Reading,
    kept: Path,
    opened: Mapping[str, str],
    keep_going: KeepGoing = lambda _what, _share: True,
) -> NoteMap | None:
    """Return the map of the notes as they are now; None where ``keep_going`` says to stop.

    ``opened`` are the texts of notes that are open in an editor, by path: their links count as they are there.
    ``kept`` is the file of the places.

    Raises:
        IndexMissing: nothing has been indexed here yet.
        IndexUnavailable: the index cannot be read.
    """
    found = graphs.nearness.make(lambda share: keep_going("comparing notes", share / 2))
    if found is None:
        return None
    places = _places(found, kept, lambda share: keep_going("placing notes", 0.5 + share / 2))
    if places is None:
        return None
    known = graphs.known(opened, found)
    return _drawn(root, known, graphs.clusters(known), places, *_described(reading))


def _drawn(
    root: Path,
    known: Known,
    clusters: tuple[Cluster, ...],
    places: Mapping[str, Place],
    tags: Mapping[str, tuple[str, ...]],
    words: Mapping[str, str],
) -> NoteMap:
    graph = known.graph
    large = [cluster for cluster in clusters if len(cluster.notes) >= LEAST_CLUSTER]
    cluster_of = {path: number for number, cluster in enumerate(large) for path in cluster.notes}
    page = on_page(graph.paths, graph.links, places)
    notes = tuple(
        MapNote(
            path, known.titles[path], tags.get(path, ()), words.get(path, ""), *page[path], cluster_of.get(path, -1)
        )
        for path in graph.paths
    )
    links = tuple((graph.row(path), graph.row(to)) for path in graph.paths for to in sorted(graph.links[path]))
    near = tuple(sorted((graph.row(pair.one), graph.row(pair.other)) for pair in graph.near))
    return NoteMap(root, notes, tuple(cluster.name for cluster in large), links, near)


def _described(reading: Reading) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Return the tags of each note, and the first words of its headings."""
    headings: dict[str, dict[str, None]] = {}
    with reading() as reader, reader.overview() as overview:
        tags = {note.path: note.tags for note in overview.notes(overview.versions()) if note.tags}
        for path, found in overview.headings():
            headings.setdefault(path, {}).update(dict.fromkeys(found))
    return tags, {path: " · ".join(found)[:_WORDS] for path, found in headings.items()}


def on_page(
    paths: Sequence[str], links: Mapping[str, Mapping[str, int]], places: Mapping[str, Place]
) -> dict[str, Place]:
    """Return the place of each note between 0 and 1; ``places`` are those of notes that have one, anywhere.

    A note without a text lies beside those that it is linked with, and without such below all others.  No two lie at
    the same place: those that one list links to would hide each other.
    """
    xs, ys = (_tight([place[axis] for place in places.values()]) for axis in (0, 1))
    tight = dict(zip(places, zip(xs, ys, strict=True), strict=True))
    linked: dict[str, list[Place]] = {path: [] for path in paths}
    for path in paths:
        for to in links[path]:
            for one, other in ((path, to), (to, path)):
                if one in linked and other in tight:
                    linked[one].append(tight[other])
    found: dict[str, Place] = {}
    alone = []
    for path in paths:
        if path in tight:
            found[path] = tight[path]
        elif beside := linked[path]:
            n = len(beside)
            found[path] = sum(x for x, _ in beside) / n + _BESIDE, sum(y for _, y in beside) / n + _BESIDE
        else:
            alone.append(path)
    width = max((x for x, _ in found.values()), default=1.0)
    height = max((y for _, y in found.values()), default=0.0)
    columns = max(1, min(len(alone), _COLUMNS))
    for number, path in enumerate(alone):
        row, column = divmod(number, columns)
        found[path] = (width or 1.0) * (column + 0.5) / columns, height + _BELOW + row * _ROW
    found = _apart(found)
    size = max((max(place) for place in found.values()), default=0.0) or 1.0
    return {path: (x / size, y / size) for path, (x, y) in found.items()}


def _apart(places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the places from 0, what lies at one of them spread on a spiral (Vogel, 1979) around the first."""
    there: Counter[Place] = Counter()
    found = {}
    for path, (x, y) in places.items():
        turn, radius = there[x, y] * _TURN, _APART * there[x, y] ** 0.5
        there[x, y] += 1
        found[path] = x + radius * math.cos(turn), y + radius * math.sin(turn)
    left, top = (min(0.0, min((place[axis] for place in found.values()), default=0.0)) for axis in (0, 1))
    return {path: (x - left, y - top) for path, (x, y) in found.items()}


def _tight(values: Sequence[float]) -> list[float]:
    """Return numbers from 0 in the same order, in which no gap is wide: where nothing lies, no room is spent."""
    if not values:
        return []
    order = sorted(range(len(values)), key=values.__getitem__)
    most = _GAP * ((values[order[-1]] - values[order[0]]) or 1.0)
    found = [0.0] * len(values)
    for before, row in itertools.pairwise(order):
        found[row] = found[before] + min(values[row] - values[before], most)
    return found


def _places(found: Neighbours, kept: Path, tell: Callable[[float], bool]) -> dict[str, Place] | None:
    """Return the places of all notes with a vector, by path, and keep them."""
    import numpy as np

    rows = np.flatnonzero(found.vectors.any(axis=1))
    paths = [found.paths[row] for row in rows]
    hashes = [found.hashes[row].tobytes() for row in rows]
    number = np.full(len(found.paths) + 1, -1)
    number[rows] = np.arange(len(rows))
    neighbours = number[found.rows[rows]]
    placed = _load(kept)
    before = _before(placed, paths, hashes)
    n_new = int(np.isnan(before[:, 0]).sum())
    n_among = placed.n_among + n_new
    if n_new == 0:
        places: NDArray[np.float64] | None = before
    elif n_new == len(paths):
        n_among, places = 0, project(found.vectors[rows], neighbours, None, tell)
    elif n_among > _MANY * len(paths):
        n_among = 0
        start = among(found.vectors[rows], neighbours, before)
        places = project(found.vectors[rows], neighbours, start, tell)
    else:
        places = project(found.vectors[rows], neighbours, before, tell)
    if places is None:
        return None
    if n_new or len(paths) != len(placed.by_path):
        _save(kept, paths, hashes, places, n_among)
    return dict(zip(paths, map(tuple, places.tolist()), strict=True))


def _before(placed: Placed, paths: list[str], hashes: list[bytes]) -> NDArray[Any]:
    """Return the place that each note had, NaN for none; one that was renamed is known by what it says, no copy is."""
    import numpy as np

    now = dict(zip(paths, hashes, strict=True))
    left = {hash_: (x, y) for path, (hash_, x, y) in placed.by_path.items() if now.get(path) != hash_}
    before = np.full((len(paths), 2), np.nan)
    for row, (path, hash_) in enumerate(zip(paths, hashes, strict=True)):
        own = placed.by_path.get(path)
        place = own[1:] if own and own[0] == hash_ else left.get(hash_)
        if place:
            before[row] = place
    return before


def _load(path: Path) -> Placed:
    """Return the places that are kept; none where they are lost."""
    import numpy as np

    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            hashes, places = file["hashes"], file["places"].astype(np.float64)
        if not np.isfinite(places).all() or hashes.shape[1:] != (16,):
            return Placed({}, 0)
        rows = zip(about["paths"], hashes, places.tolist(), strict=True)
        return Placed({str(name): (hash_.tobytes(), x, y) for name, hash_, (x, y) in rows}, int(about["n_among"]))
    except FileNotFoundError:
        return Placed({}, 0)
    except Exception as error:  # noqa: BLE001 -- what damage does to such a file shows in many ways
        log.warning("%s: cannot be read (%s), so all notes are placed anew", path, error)
        return Placed({}, 0)


def _save(path: Path, paths: list[str], hashes: list[bytes], places: NDArray[Any], n_among: int) -> None:
    """Keep the places; where that is not possible they are found again, and may be others."""
    import numpy as np

    file = io.BytesIO()
    about = np.frombuffer(json.dumps({"paths": paths, "n_among": n_among}).encode(), np.uint8)
    np.savez(file, about=about, hashes=np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 16), places=places)
    try:
        write_private(path, file.getvalue())
    except OSError as error:
        log.warning("%s: cannot be written (%s)", path, error)
