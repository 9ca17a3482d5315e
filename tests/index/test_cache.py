"""What was costly to make: kept, found again, limited in size, and done without where it cannot be had."""

from __future__ import annotations

import contextlib
import logging
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from starlight.errors import IndexBusy
from starlight.index import cache as caches
from starlight.index.cache import Cache

MODEL = "small-1"
VECTORS = {bytes([n]) * 8: bytes([n]) * 385 for n in range(50)}


@pytest.fixture
def open_cache(tmp_path: Path) -> Iterator[Callable[..., Cache]]:
    opened: list[Cache] = []

    def open_(max_bytes: int = 10_000_000) -> Cache:
        opened.append(Cache(tmp_path / "index" / "cache.db", max_bytes))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


def test_what_is_kept_is_found_by_others_and_later(open_cache):
    first, other = open_cache(), open_cache()
    first.keep(MODEL, VECTORS)
    assert other.known(MODEL, [*VECTORS, b"unknown!"]) == VECTORS
    first.close()
    assert open_cache().known(MODEL, [*VECTORS]) == VECTORS


def test_vectors_of_two_models_never_mix(open_cache):
    cache = open_cache()
    cache.keep(MODEL, VECTORS)
    assert cache.known("small-2", [*VECTORS]) == {}
    assert cache.missing("small-2", [*VECTORS]) == [*VECTORS]
    assert (cache.count(MODEL), cache.count("small-2")) == (50, 0)


def test_what_is_missing_is_told_in_order(open_cache):
    cache = open_cache()
    cache.keep(MODEL, {b"a": b"1"})
    assert cache.missing(MODEL, [b"c", b"a", b"b"]) == [b"c", b"b"]


def test_it_is_for_its_user_alone(open_cache):
    cache = open_cache()
    cache.keep(MODEL, VECTORS)
    assert cache.path.stat().st_mode & 0o777 == 0o600
    assert cache.path.parent.stat().st_mode & 0o777 == 0o700


def test_to_ask_how_much_there_is_makes_no_file(open_cache):
    cache = open_cache()
    assert cache.count(MODEL) == 0
    assert not cache.path.exists()


def test_what_was_used_longest_ago_makes_room(open_cache, monkeypatch):
    cache = open_cache(max_bytes=400_000)
    vectors = {n.to_bytes(8, "big"): bytes(385) for n in range(2_000)}
    old, new = dict(list(vectors.items())[:300]), dict(list(vectors.items())[300:])
    monkeypatch.setattr(caches, "_today", lambda: 10)
    cache.keep(MODEL, old)
    monkeypatch.setattr(caches, "_today", lambda: 20)
    used = list(old)[:50]
    assert len(cache.known(MODEL, used)) == 50
    for start in range(0, len(new), 50):
        cache.keep(MODEL, dict(list(new.items())[start : start + 50]))
    assert cache.path.stat().st_size < 700_000
    assert cache.known(MODEL, list(new)[-50:]).keys() == set(list(new)[-50:])
    assert cache.missing(MODEL, list(old)[50:]) == list(old)[50:]


def test_those_of_other_models_go_first(open_cache):
    cache = open_cache(max_bytes=200_000)
    cache.keep("old", {n.to_bytes(8, "big"): bytes(385) for n in range(300)})
    mine = {n.to_bytes(8, "big"): bytes(385) for n in range(300)}
    for start in range(0, 300, 50):
        cache.keep(MODEL, dict(list(mine.items())[start : start + 50]))
    assert cache.count(MODEL) == 300
    assert cache.count("old") < 300


def test_it_says_when_it_is_full(open_cache):
    cache = open_cache(max_bytes=100_000)
    assert not cache.is_full
    cache.keep(MODEL, {n.to_bytes(8, "big"): bytes(385) for n in range(250)})
    assert cache.is_full


@pytest.mark.parametrize("damage", [b"this is no database at all, but text " * 200, b"SQLite format 3\0" + bytes(4000)])
def test_a_damaged_one_is_begun_again(open_cache, damage, caplog):
    cache = open_cache()
    cache.path.parent.mkdir(parents=True)
    cache.path.write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert cache.known(MODEL, [*VECTORS]) == {}
        cache.keep(MODEL, VECTORS)
    assert cache.known(MODEL, [*VECTORS]) == VECTORS
    assert caplog.text.count("is begun again") == 1


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Let another program write to the file."""
    other = apsw.Connection(str(path))
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_BUSY_MS", 1)


@pytest.mark.usefixtures("impatient")
def test_one_that_another_program_holds_is_told_apart(open_cache):
    cache = open_cache()
    cache.keep(MODEL, {b"a": b"1"})
    with _held(cache.path):
        with pytest.raises(IndexBusy, match=r"cache\.db: another program holds it"):
            cache.keep(MODEL, {b"b": b"2"})
        assert cache.known(MODEL, [b"a"]) in ({}, {b"a": b"1"}), "a search goes on"
    cache.keep(MODEL, {b"b": b"2"})
    assert cache.known(MODEL, [b"a", b"b"]) == {b"a": b"1", b"b": b"2"}


@pytest.mark.usefixtures("impatient")
def test_one_that_was_held_when_it_was_opened_is_prepared_later(open_cache):
    cache = open_cache()
    cache.path.parent.mkdir(parents=True)
    with _held(cache.path):
        for ask in (lambda: cache.missing(MODEL, [b"a"]), lambda: cache.is_full):
            with pytest.raises(IndexBusy):
                ask()
        assert cache.known(MODEL, [b"a"]) == {}
    cache.keep(MODEL, {b"a": b"1"})
    assert open_cache().known(MODEL, [b"a"]) == {b"a": b"1"}


def test_vectors_that_come_after_the_end_do_not_open_it_again(open_cache):
    cache = open_cache()
    cache.keep(MODEL, {b"a": b"1"})
    cache.close()
    cache.keep(MODEL, {b"b": b"2"})
    assert cache.known(MODEL, [b"a"]) == {}
    assert open_cache().known(MODEL, [b"a", b"b"]) == {b"a": b"1"}


def test_they_are_counted_once(open_cache):
    """To count them reads all of the file."""
    cache, other = open_cache(), open_cache()
    cache.keep(MODEL, {b"a": b"1"})
    assert cache.count(MODEL) == 1
    statements: list[str] = []
    cache._connection.trace_v2(apsw.SQLITE_TRACE_STMT, lambda event: statements.append(event["sql"]))
    cache.keep(MODEL, {b"a": b"1", b"b": b"2"})
    assert cache.count(MODEL) == 2
    assert not any("count(*)" in sql for sql in statements)
    other.keep(MODEL, {b"c": b"3"})
    cache.recount()
    assert cache.count(MODEL) == 3


def test_one_that_is_deleted_is_made_again(open_cache):
    cache = open_cache()
    cache.keep(MODEL, VECTORS)
    for path in cache.path.parent.glob("cache.db*"):
        path.unlink()
    assert cache.known(MODEL, [*VECTORS]) == {}
    cache.keep(MODEL, VECTORS)
    assert cache.count(MODEL) == 50


def test_where_none_can_be_it_is_done_without(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    cache = Cache(tmp_path / "file" / "cache.db", 1_000_000)
    with caplog.at_level(logging.WARNING):
        cache.keep(MODEL, VECTORS)
        assert cache.known(MODEL, [*VECTORS]) == {}
        assert cache.missing(MODEL, [*VECTORS]) == []
        assert cache.is_full
    assert caplog.text.count("cannot be used") == 1


def test_documents_and_vectors_share_the_room(open_cache):
    cache = open_cache(200_000)
    for n in range(100):
        cache.keep_document(bytes([n]), random.Random(n).randbytes(10_000))
    assert cache.document(bytes([99]))
    assert cache.document(bytes([0])) is None
    cache.keep(MODEL, VECTORS)
    assert cache.known(MODEL, [*VECTORS]) == VECTORS
    assert cache.path.stat().st_size < 400_000


def test_one_document_that_is_larger_than_the_room_is_not_kept(open_cache):
    cache = open_cache(100_000)
    cache.keep_document(b"large", random.Random(0).randbytes(500_000))
    assert cache.document(b"large") is None
    cache.keep_document(b"small", b"text")
    assert cache.document(b"small") == b"text"
    cache.forget_documents([b"small"])
    assert cache.document(b"small") is None


def test_pages_of_scans_are_kept_until_the_whole_is(open_cache):
    first, other = open_cache(), open_cache()
    assert first.pages(b"scan") == {}
    first.keep_page(b"scan", 2, b"two")
    first.keep_page(b"scan", 1, b"one")
    first.keep_page(b"other", 1, b"uno")
    assert other.pages(b"scan") == {1: b"one", 2: b"two"}
    assert other.document(b"scan") is None
    other.keep_recognised(b"scan", b"one two")
    assert first.document(b"scan") == b"one two"
    first.forget_pages()
    assert other.pages(b"scan") == {0: b"one two"}
    assert other.pages(b"other") == {}
    other.keep_document(b"scan", b"one")
    assert first.document(b"scan") == b"one two"
    assert other.document(b"scan") == b"one two"
    other.forget_documents([b"scan"])
    assert first.document(b"scan") is None


def test_what_was_recognised_goes_last(open_cache):
    cache = open_cache(200_000)
    cache.keep_recognised(b"scan", random.Random(0).randbytes(50_000))
    for n in range(100):
        cache.keep_document(bytes([n]), random.Random(n).randbytes(10_000))
    assert cache.document(b"scan")
    for n in range(100):
        cache.keep_recognised(bytes([n]), random.Random(n).randbytes(10_000))
    assert 5 < sum(cache.document(bytes([n])) is not None for n in range(100)) < 20


def test_summaries_are_kept_and_found_by_others(open_cache):
    first, other = open_cache(), open_cache()
    assert first.summary(b"key") is None
    first.keep_summary(b"key", "It is hot [1].")
    assert other.summary(b"key") == "It is hot [1]."
    other.keep_summary(b"key", "It is cold [1].")
    assert first.summary(b"key") == "It is cold [1]."


def test_summaries_make_room_for_each_other(open_cache):
    cache = open_cache(200_000)
    for number in range(100):
        cache.keep_summary(b"%d" % number, "x" * 5_000)
    assert cache.summary(b"99") is not None
    assert cache.summary(b"0") is None


def test_summaries_that_nobody_asks_for_go(open_cache, monkeypatch):
    cache = open_cache()
    cache.keep_summary(b"old", "Of a note that is gone.")
    today = caches._today()
    monkeypatch.setattr(caches, "_today", lambda: today + 91)
    cache.keep_summary(b"new", "It is hot [1].")
    assert cache.summary(b"old") is None
    assert cache.summary(b"new") is not None
