"""Answers of several folders become one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from starlight.engine.hits import Hit, Results
from starlight.errors import IndexMissing, IndexUnavailable
from starlight.lsp.features.search import Wanted, search_all
from starlight.notes.query import Problem


def _hit(path: str, score: float) -> Hit:
    return Hit(
        path=path,
        start_line=1,
        end_line=3,
        line=2,
        title="Title",
        heading="Heading",
        snippet="text",
        highlights=(),
        score=score,
        reasons=("words: text",),
    )


def _root(folder: str, answer: Results | Exception, below: str = "") -> SimpleNamespace:
    """An open folder that answers every query with ``answer``."""

    async def query(_ask: Callable[[object], Results]) -> Results:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(folder=Path(folder), below=below, query=query)


OPEN = SimpleNamespace(started=True, addresses=lambda path: {"uri": path.as_uri()})
FIRST = _root("/first", Results("q", "weak", complete=True, hits=(_hit("a.md", 0.9), _hit("b.md", 0.2))))
SECOND = _root("/second", Results("q", "found", complete=True, hits=(_hit("c d.md", 0.5),)))
OPENING = _root("/third", IndexMissing("is being opened"))
BROKEN = _root("/fourth", IndexUnavailable("the disk is gone"))


async def test_best_of_all_folders_come_first():
    answer = await search_all(OPEN, [FIRST, SECOND], Wanted("q", 10))
    assert [hit["uri"] for hit in answer["hits"]] == [
        "file:///first/a.md", "file:///second/c%20d.md", "file:///first/b.md",
    ]  # fmt: skip
    assert answer["verdict"] == "found"
    assert answer["complete"] is True
    assert [hit["path"] for hit in (await search_all(OPEN, [FIRST, SECOND], Wanted("q", 2)))["hits"]] == [
        "a.md",
        "c d.md",
    ]


async def test_hits_of_one_note_are_folded():
    """Notes of two folders with the same path are two notes."""
    first = _root("/first", Results("q", "found", complete=True, hits=(_hit("a.md", 0.9), _hit("a.md", 0.4))))
    second = _root("/second", Results("q", "found", complete=True, hits=(_hit("a.md", 0.5),)))
    answer = await search_all(OPEN, [first, second], Wanted("q", 10))
    assert answer["notes"] == [[0, 2], [1]]


async def test_paths_are_those_of_the_folder_that_was_asked():
    """Also where the folder around it has the index."""
    found = Results("q", "found", complete=True, hits=(_hit("notes/deep/a.md", 0.9), _hit("notes/notes/b.md", 0.8)))
    answer = await search_all(OPEN, [_root("/outer/notes", found, below="notes")], Wanted("q", 10))
    assert [(hit["path"], hit["uri"]) for hit in answer["hits"]] == [
        ("deep/a.md", "file:///outer/notes/deep/a.md"),
        ("notes/b.md", "file:///outer/notes/notes/b.md"),
    ]


async def test_folder_that_is_being_opened_makes_it_incomplete():
    answer = await search_all(OPEN, [FIRST, OPENING], Wanted("q", 10))
    assert [hit["path"] for hit in answer["hits"]] == ["a.md", "b.md"]
    assert answer["complete"] is False


async def test_broken_folder_costs_itself_only():
    answer = await search_all(OPEN, [BROKEN, SECOND], Wanted("q", 10))
    assert [hit["path"] for hit in answer["hits"]] == ["c d.md"]


async def test_broken_folder_alone_is_an_error():
    with pytest.raises(IndexUnavailable, match="the disk is gone"):
        await search_all(OPEN, [BROKEN], Wanted("q", 10))


async def test_fault_of_ours_is_never_hidden():
    with pytest.raises(ZeroDivisionError):
        await search_all(OPEN, [_root("/x", ZeroDivisionError()), SECOND], Wanted("q", 10))


async def test_before_the_folders_are_known_it_is_incomplete():
    answer = await search_all(SimpleNamespace(started=False), [], Wanted("q", 10))
    assert answer == {
        "query": "q",
        "verdict": "nothing",
        "confidence": 0.0,
        "complete": False,
        "refined": False,
        "hits": [],
        "notes": [],
        "problems": [],
    }


async def test_a_problem_is_told_where_all_folders_have_it():
    wrong, for_nothing = Problem("no time", 2, 9), Problem("no such tag", 10, 15)
    one = _root("/first", Results("q", "nothing", complete=True, hits=(), problems=(wrong, for_nothing)))
    other = _root("/second", Results("q", "found", complete=True, hits=(_hit("a.md", 0.9),), problems=(wrong,)))
    answer = await search_all(OPEN, [one, other], Wanted("q", 10))
    assert answer["problems"] == [{"message": "no time", "start": 2, "end": 9}]
    assert len((await search_all(OPEN, [one], Wanted("q", 10)))["problems"]) == 2
    assert (await search_all(OPEN, [], Wanted("q", 10)))["problems"] == []
