"""A folder that is adapted while a window has it open: that one goes on as it was, the next one knows the words."""

from __future__ import annotations

import random

from tests.cli.command import starlight
from tests.engine.test_adapting import invented


def test_the_next_server_knows_the_words(ready, vault):
    root = vault(invented(random.Random(2)))
    first = ready(root)
    word = (root / "theirs3.md").read_text().split()[3]
    plain = first.status()["roots"][0]
    found = starlight("adapt", root, "--json").json()
    assert found["applied"]
    assert first.search(word)["complete"]
    (of_root,) = first.status()["roots"]
    assert of_root["model"] == plain["model"]
    assert "next start" in of_root["adaptation"]["problem"]
    asked = starlight("search", "--root", root, word, "--json")
    assert asked.json()["hits"], "the old index, by words"
    assert not asked.json()["complete"]
    assert "has not been started again since `starlight adapt`" in asked.err
    first.hang_up()
    first.wait_ended()
    second = ready(root)
    (of_root,) = second.status()["roots"]
    assert of_root["model"].startswith(f"{plain['model']}-adapted-")
    assert of_root["adaptation"] == {name: value for name, value in found.items() if name != "root"}
    results = second.search(word)
    assert results["complete"]
    assert results["hits"]
