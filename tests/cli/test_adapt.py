"""``starlight adapt``: what it says to people and to programs, and that it can be undone."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from pathlib import Path

from starlight.engine.adaptation import place_of
from starlight.index.location import locate
from tests.cli.command import snapshot, starlight, started
from tests.engine.test_adapting import invented


def test_adapt_index_search_and_remove(vault: Callable[..., Path]) -> None:
    root = vault(invented(random.Random(2))).resolve()
    before = snapshot(root)
    assert "Adaptation: not tried\n" in starlight("status", root).out
    starlight("index", root)
    done = starlight("adapt", root, "--json")
    found = done.json()
    assert (done.code, found["root"], found["applied"], found["problem"]) == (0, str(root), True, "")
    assert found["links"]["after"] > found["links"]["before"]
    assert found["words"] > 100
    status = starlight("status", root, "--json").json()
    assert "-adapted-" in status["model"]
    assert status["adaptation"] == {name: value for name, value in found.items() if name != "root"}
    assert (
        f"adapted to these notes; {found['words']:,} words learnt; links 0.000 without, 0.1"
        in starlight("doctor", root).out
    )
    word = (root / "theirs3.md").read_text().split()[3]
    hits = starlight("search", "--root", root, word, "--json").json()
    assert (hits["complete"], hits["verdict"]) == (True, "found"), "the search has made the index"
    removed = starlight("adapt", root, "--remove", "--json").json()
    assert removed == {"root": str(root), "removed": True}
    assert starlight("status", root, "--json").json()["state"] == "ready", "the index of before is there"
    assert starlight("adapt", root, "--remove").out == "Nothing was learnt here.\n"
    assert snapshot(root) == before


def test_what_people_read(vault: Callable[..., Path]) -> None:
    root = vault(invented(random.Random(2))).resolve()
    done = starlight("adapt", root)
    assert done.err == f"Adapting to {root}\n"
    assert done.out.startswith("Adapted to these notes (3")
    assert " links     without 0." in done.out
    assert f"starlight adapt --remove {root}" in done.out
    assert starlight("adapt", root, "--remove").out.startswith("What was learnt is forgotten")


def test_too_little_to_learn_from(vault: Callable[..., Path]) -> None:
    done = starlight("adapt", vault("== tea.md ==\n# Tea\n\nBoil the water.\n"))
    assert done.code == 0
    assert done.out.startswith("Not adapted: there are 0 links and headings to measure by")


def test_a_damaged_file(vault: Callable[..., Path]) -> None:
    root = vault("== tea.md ==\n# Tea\n\nBoil the water.\n").resolve()
    starlight("index", root)
    place_of(locate(root)).write_bytes(b"no zip")
    done = starlight("search", "--root", root, "water", "--json")
    assert done.json()["hits"]
    assert "adapted.npz: what was learnt from these notes cannot be read" in done.err
    found = {each["subject"]: each for each in starlight("doctor", root, "--json").json()["findings"]}
    assert found["adaptation"]["level"] == "warning"


def test_ctrl_c(vault: Callable[..., Path]) -> None:
    root = vault(invented(random.Random(2))).resolve()
    with started("adapt", root) as process:
        assert process.stderr
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert not place_of(locate(root)).exists()
