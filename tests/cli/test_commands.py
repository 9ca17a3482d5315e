"""The commands, their text and their JSON."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import starlight as package
from starlight.engine.workspace import Workspace
from starlight.errors import RootError
from tests.cli.command import starlight, started, wait_for_a_part
from tests.engine.test_indexing import many_notes
from tests.waiting import wait_until_settled

NOTES = """== kitchen/pancakes.md ==
# Pancakes

Whisk eggs, milk and flour.

## Toppings

Maple syrup, or lemon and sugar.
== roof.md ==
---
title: [broken
---
# Roof

The roofer comes on Tuesday.
== 日记/茶.md ==
# 茶道

先温壶再泡茶。
== photo.md ==
"""
HIT = {"path": str, "start_line": int, "end_line": int, "title": str, "heading": str, "snippet": str, "score": float}


@pytest.fixture
def root(vault: Callable[..., Path]) -> Path:
    root = vault(NOTES)
    (root / "photo.md").write_bytes(b"\x89PNG\0")
    return root


def check_results(results: dict, query: str, first: str) -> None:
    """``results`` has the shape that programs rely on, and its first hit is at ``first``."""
    assert results.keys() >= {"query", "verdict", "complete", "hits"}
    assert (results["query"], results["verdict"], results["complete"]) == (query, "found", True)
    assert results["hits"][0]["path"] == first
    for hit in results["hits"]:
        assert {name: type(hit[name]) for name in HIT} == HIT
        assert all(type(reason) is str for reason in hit["reasons"])


def test_index(root: Path) -> None:
    wait_until_settled(root)
    done = starlight("index", root)
    assert done.code == 0
    assert re.search(r"3 notes, 3 passages; 3 changed, 0\.0 MB read in [\d.]+ s", done.out)
    assert "1 not indexed:\n  photo.md: is a binary file, not text" in done.out
    assert re.search(r"1 indexed with a problem:\n  roof\.md: front matter is not valid YAML: .* \(line \d\)", done.out)
    assert done.err == f"Indexing {root}\n"
    again = starlight("index", root, "--json")
    assert again.out.count("\n") == 1
    report = again.json()
    assert report.pop("seconds") >= 0
    failed = [{"path": "photo.md", "reason": "is a binary file, not text"}]
    assert report == {"files": 3, "chunks": 3, "bytes": 0, "failed": failed}, "nothing is read twice"


def test_search(root: Path) -> None:
    done = starlight("search", "--root", root, "syrup")
    assert done.code == 0
    assert done.err == f"Indexing {root}\n", "a folder that was never indexed is indexed first"
    first, snippet, *_ = done.out.splitlines()
    assert re.match(r"kitchen/pancakes\.md:\d+  Pancakes", first)
    assert "syrup" in snippet
    done = starlight("search", "--root", root, "syrup", "--json", "--limit", "1")
    assert (done.err, done.out.count("\n")) == ("", 1)
    check_results(done.json(), "syrup", "kitchen/pancakes.md")
    done = starlight("search", "xqzvwk", cwd=root / "kitchen")
    assert (done.code, done.out) == (0, "Nothing in your notes is about “xqzvwk”.\n"), (
        "and the root is found from within"
    )


def test_search_explains_and_folds(root: Path) -> None:
    part = "The harbour and its ships. " * 40
    (root / "harbour.md").write_text(f"# Harbour\n\n## Ships\n\n{part}\n\n## Nets\n\n{part}\n")
    done = starlight("search", "--root", root, "harbour ships", "--explain")
    assert done.out.count("harbour.md:") == 1, "one entry a note"
    first, *further = [line for line in done.out.splitlines() if re.match(r"(harbour\.md|  ):\d+  ", line)]
    assert first.startswith("harbour.md:")
    assert len(further) == 1
    assert re.search(r"^  score \d\.\d{4}: .* by words \+ .* by meaning", done.out, re.MULTILINE)
    found = starlight("search", "--root", root, "harbour ships", "--explain", "--json").json()
    assert len(found["notes"][0]) == 2
    assert [found["hits"][number]["path"] for number in found["notes"][0]] == ["harbour.md"] * 2
    assert found["hits"][0]["explanation"]["score"] == found["hits"][0]["score"]


def test_queries(root: Path) -> None:
    queries = ["syrup", "", "泡茶", '"(AND', " roofer\ttuesday ", "'; DROP TABLE notes", "x" * 5_000, "roof\r", "syrup"]
    done = starlight("search", "--root", root, "--json", "--queries", "-", stdin="\n".join(queries).encode() + b"\n")
    assert done.code == 0
    results = [line for line in done.out.split("\n") if line]
    parsed = [json.loads(line) for line in results]
    assert [found["query"] for found in parsed] == queries
    check_results(parsed[0], "syrup", "kitchen/pancakes.md")
    check_results(parsed[2], "泡茶", "日记/茶.md")
    check_results(parsed[4], queries[4], "roof.md")
    assert (parsed[1]["verdict"], parsed[1]["hits"]) == ("nothing", [])
    assert parsed[0] == parsed[8]


def test_queries_of_a_file(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "queries.txt"
    path.write_bytes(b"\xef\xbb\xbfsyrup")
    check_results(
        starlight("search", "--root", root, "--json", "--queries", path).json(), "syrup", "kitchen/pancakes.md"
    )
    path.write_bytes(b"caf\xe9\n")
    starlight("search", "--root", root, "--queries", path).failed_with("queries.txt", "cannot be read as UTF-8 text")


def test_status(root: Path) -> None:
    done = starlight("status", root, "--json")
    assert (done.code, done.json()["state"], done.json()["files"]) == (0, "starting", 0)
    package.open(root).close()
    status = starlight("status", "--json", cwd=root).json()
    assert {"state", "files", "chunks", "queue", "revision", "failed", "message", "root", "failures"} <= status.keys()
    assert (status["state"], status["files"], status["chunks"], status["queue"], status["failed"]) == (
        "ready",
        3,
        3,
        0,
        1,
    )
    assert (status["root"], status["failures"][0]["path"]) == (str(root), "photo.md")
    (odd,) = [each["path"] for each in status["problems"]]
    assert odd == "roof.md"
    assert (status["watching"], status["paused"], status["progress"]) == ("", False, "")
    assert status["sizes"]["text"] == sum(path.stat().st_size for path in root.rglob("*.md")) - 5
    assert status["sizes"]["database"] >= status["sizes"]["tables"]["words"] > 0
    text = starlight("status", root).out
    for part in (
        f"Starlight {package.__version__}",
        f"Folder: {root}",
        "State: ready",
        "3 notes",
        "photo.md: is a binary",
        f"Changed: {status['changed']} (",
        "s ago)",
        f"Fingerprint: {status['fingerprint']}",
        f"Model: {status['model']}",
        "words 0.0 MB",
        "Watching: no",
    ):
        assert part in text


def test_from_python(root: Path) -> None:
    with pytest.raises(RootError):
        package.open(root / "nowhere")
    notes = package.open(str(root))
    hit = notes.search("maple syrup").hits[0]
    assert (hit.path, hit.title) == ("kitchen/pancakes.md", "Pancakes")
    notes.close()


def test_ctrl_c_and_going_on(vault: Callable[..., Path]) -> None:
    root = vault(many_notes(1_000))
    workspace = Workspace.at(root)
    wait_until_settled(root)
    with started("index", root) as process:
        wait_for_a_part(root, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert re.match(rb"Stopped: [\d,]+ notes are indexed so far; run the same command to go on\.", out)
    status = workspace.status()
    assert status.state == "paused"
    assert 0 < status.files < 1_000
    report = starlight("index", root, "--json").json()
    assert (report["files"], workspace.status().state) == (1_000, "ready")
    assert report["bytes"] < sum(path.stat().st_size for path in root.rglob("*.md")), "it went on"
    workspace.close()


def test_filters(root: Path) -> None:
    done = starlight("search", "eggs path:kitchen -slate", "--root", root, "--json")
    assert [hit["path"] for hit in done.json()["hits"]] == ["kitchen/pancakes.md"]
    assert done.json()["problems"] == []
    done = starlight("search", "--root", root, "--json", "--", "-eggs is:orphan")
    assert {hit["path"] for hit in done.json()["hits"]} == {"roof.md", "日记/茶.md"}


def test_a_bad_filter_is_told_beside_the_results(root: Path) -> None:
    done = starlight("search", "泡茶 date:someday", "--root", root)
    assert "茶道" in done.out
    *_, said, query, mark = done.err.splitlines()
    assert said.startswith("starlight: date:someday: that is no time")
    assert query == "  泡茶 date:someday"
    assert mark == "       ^^^^^^^^^^^^", "below the filter: a letter of Chinese is two columns wide"
    batch = starlight("search", "--queries", "-", "--root", root, "--json", stdin=b"eggs date:someday is:wat\n")
    assert batch.json()["problems"] == []
    assert batch.json()["hits"][0]["path"] == "kitchen/pancakes.md"


def test_what_a_query_may_hold() -> None:
    done = starlight("search", "--syntax")
    assert (done.code, done.err) == (0, "")
    for form in starlight("search", "--syntax", "--json").json()["forms"]:
        assert form["written"] in done.out


def test_results_that_nobody_reads_to_the_end(root: Path) -> None:
    queries = root.parent / "queries.txt"
    queries.write_text("syrup\n" * 2_000)
    with started("search", "--root", root, "--json", "--queries", queries) as process:
        assert process.stdout.readline().startswith(b'{"query": "syrup"')
        process.stdout.close()
        assert process.wait(timeout=20) == 0
        assert process.stderr.read().decode() == f"Indexing {root}\n"
