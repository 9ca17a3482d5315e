"""``starlight.map`` as editors ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import vaults
from tests.e2e.client import Refused

NOTES = """
== tea.md ==
# Tea
Boil it as the [[kettle]] says.
== kettle.md ==
# Kettle
A kettle furs up where the water is hard.
"""


@pytest.fixture
def server(ready, tmp_path):
    return ready(vaults.write(tmp_path / "notes", NOTES))


def test_a_page_of_the_folder_of_a_note(server, tmp_path):
    root = tmp_path / "notes"
    found = server.execute("starlight.map", {"uri": (root / "tea.md").as_uri(), "query": "kettle"})
    page = Path(found["path"])
    assert (found["root"], found["stopped"], found["notes"], found["links"]) == (str(root), False, 2, 1)
    assert found["uri"] == page.as_uri()
    assert not page.is_relative_to(root)
    assert '"query":"kettle"' in page.read_text(encoding="utf-8")
    assert server.execute("starlight.map", {})["path"] == found["path"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [({"opener": "emacs"}, "`opener` must be"), ({"root": "/elsewhere"}, "no such folder"), ({"query": 3}, "`query`")],
)
def test_what_makes_no_sense_is_refused(server, asked, message):
    with pytest.raises(Refused, match=message):
        server.execute("starlight.map", asked)
