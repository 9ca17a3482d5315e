"""The map of a workspace, and its page."""

from __future__ import annotations

import base64
import json
import os
import re
import struct
from pathlib import Path

import pytest

from starlight.engine import map as maps
from starlight.engine.map import LEAST_CLUSTER, MapNote, NoteMap, on_page
from starlight.engine.map_html import Found, is_page, page
from starlight.engine.mapping import write_map
from starlight.errors import IndexMissing, InvalidRequest
from tests.archives import damaged

NOTES = """
== tea.md ==
---
tags: [drinks]
---
# Tea
## Water
Boil it as [[kettle]] says.
== kettle.md ==
# Kettle
A kettle furs up where the water is hard: vinegar takes the white crust off.
== descaling.md ==
# Descaling
The white crust in a [[kettle]] comes off with vinegar, where hard water furs it up.
== roof.md ==
# Roof
Slates slip in a storm.
== empty.md ==
"""


@pytest.fixture
def workspace(indexed):
    return indexed(NOTES)


def data_of(text: str) -> dict:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_what_is_on_it(workspace):
    found = workspace.map({})
    assert [note.path for note in found.notes] == ["descaling.md", "empty.md", "kettle.md", "roof.md", "tea.md"]
    assert found.notes[4][1:3] == ("Tea", ("drinks",))
    assert found.links == ((0, 2), (4, 2))
    assert (0, 2) in found.near
    assert all(0 <= place <= 1 for note in found.notes for place in (note.x, note.y))
    members = [note.path for note in found.notes if note.cluster == 0]
    assert len(members) >= LEAST_CLUSTER
    assert len(found.clusters) == 1


def test_notes_are_found_by_their_headings(indexed):
    text = "Water is boiled and poured. " * 60
    workspace = indexed(f"== tea.md ==\n# Tea\n{text}\n## Kettles\n{text}\n## Leaves\n{text}\n")
    assert "Kettles" in workspace.map({}).notes[0].words


def test_the_same_notes_give_the_same_map_with_and_without_what_is_kept(workspace):
    first = workspace.map({})
    assert workspace.map({}) == first
    workspace.location.places(workspace.fingerprint).unlink()
    assert workspace.map({}) == first


def test_a_damaged_file_of_places_costs_nothing_else(workspace):
    first = workspace.map({})
    kept = workspace.location.places(workspace.fingerprint)
    for each in damaged(kept.read_bytes()):
        kept.write_bytes(each)
        assert maps._load(kept).by_path == {}
    assert workspace.map({}) == first


def test_links_of_open_notes_count(workspace):
    found = workspace.map({"roof.md": "# Roof\n[[tea]]\n"})
    assert (3, 4) in found.links


def test_notes_stay_where_they_are_when_one_changes(indexed, settled):
    notes = "".join(f"== n{n:02}.md ==\n# Note {n}\nAbout topic {n % 4} and its {n} parts.\n" for n in range(40))
    workspace = indexed(notes)
    before = {note.path: (note.x, note.y) for note in workspace.map({}).notes}
    kept = maps._load(workspace.location.places(workspace.fingerprint))
    (workspace.root / "n07.md").write_text("# Whales\nThey sing in the deep.\n", encoding="utf-8")
    (workspace.root / "n08.md").rename(workspace.root / "z08.md")
    workspace.bring_up_to_date()
    after = {note.path: (note.x, note.y) for note in workspace.map({}).notes}
    again = maps._load(workspace.location.places(workspace.fingerprint))
    assert after.keys() - before.keys() == {"z08.md"}
    for path in before.keys() - {"n07.md", "n08.md"}:
        assert again.by_path[path] == kept.by_path[path]
    assert again.by_path["z08.md"] == kept.by_path["n08.md"]
    assert again.by_path["n07.md"] != kept.by_path["n07.md"]
    assert again.n_among == 1


def test_when_many_are_new_all_move(indexed, settled):
    workspace = indexed("".join(f"== n{n:02}.md ==\n# Note {n}\nTopic {n % 4}.\n" for n in range(30)))
    workspace.map({})
    for n in range(10):
        (workspace.root / f"x{n}.md").write_text(f"# New {n}\nTopic {n % 3}, otherwise.\n", encoding="utf-8")
    workspace.bring_up_to_date()
    assert len(workspace.map({}).notes) == 40
    assert maps._load(workspace.location.places(workspace.fingerprint)).n_among == 0


def test_it_has_what_is_near_also_where_notes_are_compared_again_meanwhile(indexed):
    workspace = indexed("".join(f"== n{n:02}.md ==\n# Note {n}\nAbout topic {n % 4}.\n" for n in range(20)))

    def keep_going(what, _share):
        if what == "placing notes" and not turn.locked():  # as another window's map takes it
            turn.acquire()
        return True

    turn = workspace.graphs.nearness._turn
    assert workspace.map({}, keep_going).near
    assert turn.locked()


def test_it_stops_when_it_is_told_and_writes_nothing(workspace):
    assert write_map(workspace, keep_going=lambda _what, _share: False) is None
    assert not workspace.location.map.exists()


def test_empty_stretches_take_no_room_and_notes_without_text_lie_by_their_links():
    places = {f"{n}.md": (float(n), 0.0) for n in range(10)} | {"far.md": (1_000.0, 5.0)}
    links = {path: {} for path in [*places, "beside.md", "alone.md"]} | {"3.md": {"beside.md": 1}}
    found = on_page(tuple(links), links, places)
    assert found.keys() == links.keys()
    assert [found[f"{n}.md"][0] for n in range(10)] == sorted(found[f"{n}.md"][0] for n in range(10))
    assert found["far.md"][0] == max(x for x, _ in found.values()) == 1
    assert found["9.md"][0] - found["8.md"][0] > 0.01
    apart = {path: abs(found[path][0] - found["beside.md"][0]) for path in places}
    assert min(apart, key=apart.__getitem__) == "3.md"
    assert found["alone.md"][1] == max(y for _, y in found.values())


def test_no_two_lie_at_the_same_place(indexed):
    places = {f"{n}.md": (float(n), 0.0) for n in range(10)} | {"same.md": (0.0, 0.0), "too.md": (0.0, 0.0)}
    stubs = [f"stub{n}.md" for n in range(50)]
    links = {path: {} for path in [*places, *stubs]} | {"3.md": dict.fromkeys(stubs, 1)}
    found = on_page(tuple(links), links, places)
    steps = {(round(x * 65_535), round(y * 65_535)) for x, y in found.values()}
    assert len(steps) == len(found)
    assert all(0 <= each <= 1 for place in found.values() for each in place)


def test_a_copy_does_not_hide_what_it_is_a_copy_of(indexed):
    workspace = indexed(
        "".join(f"== n{n:02}.md ==\n# Note {n}\nAbout topic {n % 4} and its {n} parts.\n" for n in range(40))
    )
    workspace.map({})
    kept = maps._load(workspace.location.places(workspace.fingerprint))
    (workspace.root / "a copy.md").write_bytes((workspace.root / "n07.md").read_bytes())
    workspace.bring_up_to_date()
    workspace.map({})
    again = maps._load(workspace.location.places(workspace.fingerprint))
    assert again.by_path["n07.md"] == kept.by_path["n07.md"]
    assert again.by_path["a copy.md"][1:] != kept.by_path["n07.md"][1:]


def test_a_map_of_nothing(indexed):
    workspace = indexed("== only.txt.bak ==\nNo note.\n")
    found = workspace.map({})
    assert found.notes == ()
    assert data_of(page(found))["titles"] == []


def test_nothing_has_been_indexed(open_workspace, tmp_path):
    with pytest.raises(IndexMissing):
        write_map(open_workspace(tmp_path))


ODD = "</script><script>alert(1)</script> <!-- & \u2028 \" ' \ud800 {data} {script}"


def test_whatever_notes_are_called_is_data():
    note = MapNote(f"a/{ODD}.md", ODD, (ODD,), ODD, 0.25, 1.0, -1)
    text = page(NoteMap(Path("/notes & <b>"), (note,), (ODD,), (), ()), found=Found(ODD, (note.path,)))
    found = data_of(text)
    assert (found["titles"], found["paths"], found["tags"], found["words"]) == ([ODD], [note.path], [ODD], [ODD])
    assert found["found"] == {"query": ODD, "notes": [0]}
    assert (text.count("<script"), text.count("</script>")) == (2, 2)
    assert "<title>Map of notes &amp; &lt;b&gt;</title>" in text
    assert struct.unpack("<2H", base64.b64decode(found["places"])) == (16384, 65535)
    text.encode()


def test_its_policy_lets_nothing_in():
    text = page(NoteMap(Path("/notes"), (), (), (), ()))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r"(?:src|href)=|@import|url\(|https?:", text)
    assert is_page(text.encode())


def test_only_a_map_is_written_over(workspace, tmp_path):
    target = tmp_path / "out" / "notes.html"
    written = write_map(workspace, target, "white crust")
    assert written
    assert (written.path, written.notes, written.is_among_notes) == (target, 5, False)
    assert {0, 2} <= set(data_of(target.read_text(encoding="utf-8"))["found"]["notes"])
    assert write_map(workspace, target)
    target.write_text("<p>Mine</p>", encoding="utf-8")
    for wrong, why in ((target, "is there and no map"), (tmp_path / "a.md", "ends in .html"), (tmp_path, "ends in")):
        with pytest.raises(InvalidRequest, match=why):
            write_map(workspace, wrong)
    assert target.read_text(encoding="utf-8") == "<p>Mine</p>"


def test_a_page_that_quotes_the_mark_of_maps_is_no_map(workspace, tmp_path):
    text = page(NoteMap(Path("/notes"), (), (), (), ()))
    [mark] = re.findall('<meta name="generator"[^>]+>', text)
    for mine in (f"<p>{mark}", f"<!DOCTYPE html>\n<html>\n<!-- {mark} -->", text[1:]):
        (tmp_path / "mine.html").write_text(mine, encoding="utf-8")
        with pytest.raises(InvalidRequest, match="is there and no map"):
            write_map(workspace, tmp_path / "mine.html")
        assert (tmp_path / "mine.html").read_text(encoding="utf-8") == mine


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_through_a_link_a_map_is_written_and_no_note(workspace, tmp_path):
    link, pipe = tmp_path / "link.html", tmp_path / "pipe.html"
    link.symlink_to(workspace.root / "tea.md")
    os.mkfifo(pipe)
    for wrong, why in ((link, "ends in .html"), (pipe, "is no file")):
        with pytest.raises(InvalidRequest, match=why):
            write_map(workspace, wrong)
    link.unlink()
    link.symlink_to("map.html")
    assert write_map(workspace, link).path == tmp_path / "map.html"
    assert link.is_symlink()
    assert is_page((tmp_path / "map.html").read_bytes())
