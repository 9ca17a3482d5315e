"""What is written can be read, what is equal stays, what is removed is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from starlight.errors import DiskFull
from starlight.index.disk import Fact
from starlight.index.reader import Reader
from starlight.index.records import Status
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.index.filling import check_no_orphans, put, records, rows

LONG = "A sentence about nothing in particular. " * 38
NOTES = f"""== tea.md ==
---
title: Tea
aliases: [chai]
tags: [drink, hot]
created: 2024-01-05
modified: 2024-02-06
---
Boil the water for [[milk|milk tea]] or [rooibos](drinks/red%20bush.md).

## Black

{LONG}

## Green

{LONG}
== drinks/milk.md ==
# Milk

White, for [[chai]] and [[Tea#Black]].
== drinks/red bush.md ==
Not from the plant. See [tea](../tea.md).
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.db"


@pytest.fixture
def writer(path: Path, embedder: Embedder) -> Iterator[Writer]:
    with Writer(path) as writer:
        put(writer, embedder, NOTES)
        yield writer


def chunk_rows(path: Path) -> dict[bytes, tuple[int, bytes]]:
    """Row id and vector of each chunk, by the digest of its meaning."""
    found = rows(path, "SELECT meaning, id, embedding FROM chunks LEFT JOIN vectors USING (id)")
    return {hash_: (id_, vector) for hash_, id_, vector in found}


def test_round_trip(writer: Writer, path: Path) -> None:
    with Reader(path) as reader:
        calling = reader.lookup.calling(["tea", "chai"])
        assert len({each.path for each in calling}) == 2, "one by its alias and title, one by its file"
        assert {each.fact for each in calling} <= {record.fact for record in records(NOTES)}
        assert len(reader.lookup.calling(["red bush"])) == 1, "an encoded link counts"
        assert reader.lookup.calling(["nowhere"]) == []
        assert [reader.exists(name) for name in ("tea.md", "Tea.md", "drinks")] == [True, False, False]
        assert reader.named("chai") == reader.named("tea") == ["tea.md"]
        assert reader.named("red bush") == ["drinks/red bush.md"]
        passages = reader.passages(range(100))
        assert [p.headings for p in passages.values() if p.path == "tea.md"] == [(), ("Black",), ("Green",)]
        for passage in passages.values():
            assert passage.first <= passage.last
            assert passage.start < passage.end
    assert writer.facts() == {record.fact.path: record.fact for record in records(NOTES)}
    assert writer.meanings("tea.md") == {p.meaning for p in records(NOTES)[0].passages}
    assert writer.hash_of("tea.md") == records(NOTES)[0].hash
    status = writer.status()
    assert status == Status("ready", 3, 5, 0, 1, 0, changed=status.changed)
    assert status.changed
    check_no_orphans(path)


def test_facts_at_a_folder_are_those_below_it(writer: Writer, embedder: Embedder) -> None:
    put(writer, embedder, "== drinks.md ==\na\n== drinks-2/a.md ==\nb\n== drinks0.md ==\nc\n")
    assert set(writer.facts_at(["drinks"])) == {"drinks/milk.md", "drinks/red bush.md"}
    assert set(writer.facts_at(["tea.md", "drinks/milk.md", "none.md"])) == {"tea.md", "drinks/milk.md"}
    assert writer.facts_at([]) == {}


def test_facts_are_read_in_pages_between_which_others_may_write(
    writer: Writer, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starlight.index.writer._FACTS_AT_ONCE", 2)
    writer.fail({"bad.md": "is a binary file"})
    tea, milk, bush = records(NOTES)
    seen: list[int] = []

    def write() -> None:
        seen.append(1)
        if len(seen) == 1:
            writer.put([tea._replace(fact=tea.fact._replace(path="moved.md"), origin="tea.md")])
            writer.remove([bush.fact.path])
            put(writer, embedder, "== new.md ==\nnew\n")

    facts = writer.facts(write)
    assert len(seen) == 1, "after each page but the last"
    assert (facts["tea.md"], facts["drinks/milk.md"]) == (tea.fact, milk.fact), "as they were when they were read"
    assert set(facts) == {"tea.md", "drinks/milk.md", "new.md", "bad.md"}
    assert set(writer.facts()) == {"moved.md", "drinks/milk.md", "new.md", "bad.md"}


def test_equal_chunks_keep_row_and_vector(writer: Writer, path: Path, embedder: Embedder) -> None:
    before = chunk_rows(path)
    edited = NOTES.replace("## Green\n", "\n\n## Green\n\nNew words first. ", 1)
    put(writer, embedder, edited)
    after = chunk_rows(path)
    kept = {hash_ for hash_, row in before.items() if after.get(hash_) == row}
    assert len(before.keys() - kept) == len(after.keys() - kept) == 1, "one section was edited"
    with Reader(path) as reader:
        (green,) = [p for p in reader.passages(range(100)).values() if p.headings == ("Green",)]
        text = edited.split("== drinks")[0]
        assert text.partition("==\n")[2][green.start :].startswith("## Green")
    check_no_orphans(path)


def test_a_moved_note_keeps_its_chunks(writer: Writer, path: Path) -> None:
    before = chunk_rows(path)
    tea = records(NOTES)[0]
    writer.put([tea._replace(fact=tea.fact._replace(path="archive/tea.md"), origin="tea.md")])
    assert chunk_rows(path) == before
    assert set(writer.facts()) == {"archive/tea.md", "drinks/milk.md", "drinks/red bush.md"}
    check_no_orphans(path)


def test_remove_leaves_nothing_behind(writer: Writer, path: Path) -> None:
    writer.fail({"bad.md": "is a binary file"})
    writer.remove(["tea.md", "bad.md", "never.md"])
    check_no_orphans(path)
    assert (writer.status().files, writer.status().failed) == (2, 0)
    with Reader(path) as reader:
        assert reader.named("chai") == []
        assert reader.lexical(["boil"], 10) == {}
    writer.remove(list(writer.facts()))
    check_no_orphans(path)
    for table in ("notes", "chunks", "names", "links", "failures", "lexical", "vectors"):
        assert rows(path, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_failed_note_is_forgotten_until_it_is_well(writer: Writer, path: Path, embedder: Embedder) -> None:
    writer.fail({"tea.md": "is a binary file"})
    assert writer.failures() == {"tea.md": "is a binary file"}
    assert writer.facts()["tea.md"].size == -1, "it is looked at again"
    check_no_orphans(path)
    put(writer, embedder, NOTES.split("== drinks/milk.md")[0])
    assert writer.failures() == {}
    assert "tea.md" in writer.facts()


def test_touch_records_times_only(writer: Writer, path: Path) -> None:
    before = chunk_rows(path), writer.status().revision
    writer.touch([Fact("tea.md", 7, 9)])
    assert writer.facts()["tea.md"] == Fact("tea.md", 7, 9)
    assert (chunk_rows(path), writer.status().revision) == before


def test_status_is_what_was_published(writer: Writer, path: Path) -> None:
    status = Status("indexing", 3, 5, 7, 1, 0, "Nachts – 夜")
    writer.publish(status)
    assert writer.published() == status
    with Reader(path) as reader:
        assert reader.status() == status


def test_a_status_of_another_version_is_read() -> None:
    assert Status.from_json('{"state": "ready", "files": 2, "colour": "red"}') == Status("ready", files=2)


def test_revision_grows_with_every_change(writer: Writer, embedder: Embedder) -> None:
    seen = [writer.status().revision]
    put(writer, embedder, "== new.md ==\nnew\n")
    seen.append(writer.status().revision)
    writer.remove(["new.md"])
    seen.append(writer.status().revision)
    writer.fail({"x.md": "y"})
    seen.append(writer.status().revision)
    assert seen == sorted(set(seen))


def test_problems_are_kept(writer: Writer, path: Path, embedder: Embedder) -> None:
    put(writer, embedder, "== odd.md ==\n---\n[\n---\nbody\n")
    with Reader(path) as reader:
        (problem,) = reader.problems()["odd.md"]
    assert "not valid YAML" in problem


def test_problems_can_become_others(writer: Writer, embedder: Embedder) -> None:
    (odd,) = records("== cake.md ==\n---\ntype: recipe\n---\nBake it.\n", embedder)
    writer.put([odd._replace(problems=("is burnt",))])
    assert writer.problems("recipe") == {"cake.md": ["is burnt"]}
    assert writer.problems("") == {}
    before = writer.status().revision
    writer.amend("cake.md", ["is cold"])
    assert writer.problems("recipe") == {"cake.md": ["is cold"]}
    assert writer.status().revision > before


def test_what_is_outdated_stays_and_is_looked_at_again(writer: Writer, path: Path) -> None:
    fact = Fact("odd.md", 3, 5, 7, 9)
    writer.fail({"odd.md": "is scanned"}, {"odd.md": fact})
    before, hash_ = chunk_rows(path), writer.hash_of("tea.md")
    assert hash_ is not None
    assert writer.having(hash_) == ["tea.md"]
    facts = writer.facts()
    writer.outdate(["tea.md", "odd.md", "gone.md"])
    assert {path for path, fact in writer.facts().items() if fact != facts[path]} == {"tea.md", "odd.md"}
    assert writer.having(hash_) == []
    assert writer.hash_of("tea.md") not in (None, hash_)
    assert chunk_rows(path) == before
    assert writer.failures() == {"odd.md": "is scanned"}


def test_a_failure_with_its_fact_is_not_looked_at_again(writer: Writer) -> None:
    fact = Fact("odd.md", 3, 5, 7, 9)
    writer.fail({"odd.md": "is a binary file"}, {"odd.md": fact})
    assert writer.facts()["odd.md"] == fact
    before = writer.status()
    writer.fail({"odd.md": "is a binary file"}, {"odd.md": fact})
    assert writer.status().failed == before.failed == 1


def test_a_new_name_keeps_the_vector_and_changes_the_words(writer: Writer, path: Path, embedder: Embedder) -> None:
    text = "== one.md ==\n# The title\n\nSome text.\n"
    put(writer, embedder, text)
    before = chunk_rows(path)
    (renamed,) = records(text.replace("one.md", "second.md"))
    writer.put([renamed._replace(origin="one.md")])
    assert chunk_rows(path) == before
    with Reader(path) as reader:
        assert reader.lexical(["second"], 10)
        assert not reader.lexical(["one"], 10)
    check_no_orphans(path)


def test_what_was_deleted_gives_its_number_to_nobody(writer: Writer, path: Path, embedder: Embedder) -> None:
    used = {id_ for id_, _ in chunk_rows(path).values()}
    writer.remove(list(writer.facts()))
    put(writer, embedder, "== new.md ==\nnew\n")
    writer.close()
    with Writer(path) as again:
        again.remove(["new.md"])
        put(again, embedder, "== newer.md ==\nnewer\n")
    assert not used & {id_ for id_, _ in chunk_rows(path).values()}


def test_a_full_disk_loses_only_what_was_being_written(writer: Writer, path: Path, embedder: Embedder) -> None:
    before, rows_before = writer.status(), chunk_rows(path)
    writer._connection.pragma("max_page_count", writer._connection.pragma("page_count"))
    with pytest.raises(DiskFull):
        put(writer, embedder, "".join(f"== {n}.md ==\nAbout number {n}. {LONG}\n" for n in range(50)))
    assert (writer.status(), chunk_rows(path)) == (before, rows_before)
    writer._connection.pragma("max_page_count", 1 << 30)
    put(writer, embedder, "== after.md ==\nIt goes on.\n")
    assert writer.status().files == before.files + 1
    check_no_orphans(path)


def test_tidying_keeps_everything(writer: Writer, path: Path, embedder: Embedder) -> None:
    for n in range(300):
        put(writer, embedder, f"== many/{n}.md ==\nNumber {n} of many.\n")
    writer.remove([f"many/{n}.md" for n in range(100)])
    before = chunk_rows(path)
    with Reader(path) as reader:
        found = reader.lexical(["many"], 1_000)
    while writer.tidy():
        pass
    assert chunk_rows(path) == before
    assert rows(path, "SELECT count(*) FROM codes") == [(1,)], "one block, of what is left"
    with Reader(path) as reader:
        assert reader.lexical(["many"], 1_000).keys() == found.keys()
    check_no_orphans(path)


def test_properties_are_read_as_they_were_stored(writer: Writer, path: Path, embedder: Embedder) -> None:
    notes = (
        "== a.md ==\n---\ntitle: Tea\ntags: [hot]\nkeywords: [hot, cold]\nempty:\nstatus: done\nby: [Ann, Bo]\n---\n"
        "== b.md ==\n---\ntitle: Tea\nkeywords: [hot, cold]\n---\n#more\n"
        "== c.md ==\n---\ntags: [hot]\nby: Ann\n---\n"
    )
    put(writer, embedder, notes)
    expected = {record.fact.path: dict(record.properties) for record in records(NOTES) + records(notes)}
    with Reader(path) as reader, reader.overview() as overview:
        names = sorted(overview.property_names())
        values = {name: list(overview.property_values(name)) for name in {name for _, name in names}}
    assert names == sorted((each, name) for each, properties in expected.items() for name in properties)
    assert {"title", "tags", "keywords", "status", "by"} <= values.keys()
    for name, found in values.items():
        assert found == [(each, text) for each in expected for text in expected[each].get(name, ())]
