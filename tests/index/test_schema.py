"""Opening an index: new, known, newer, damaged, locked."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from starlight.errors import IndexCorrupt, IndexMissing, IndexTooNew, IndexUnavailable, StarlightError
from starlight.index import schema
from starlight.index.disk import Fact
from starlight.index.reader import Reader
from starlight.index.records import StoredLink, number_of
from starlight.index.writer import Writer
from starlight.notes.model import Link
from tests.index.filling import put

TABLES = {"state", "notes", "names", "links", "chunks", "lexical", "vectors", "failures", "outlines"}


def check_refused(path: Path, error: type[StarlightError], *said: str) -> None:
    """Neither reader nor writer opens the file, both name it and say why, and it stays as it was."""
    before = path.read_bytes()
    for open_ in (lambda: schema.open_reader(path), lambda: schema.open_writer(path)):
        with pytest.raises(error) as caught:
            open_().close()
        assert all(part in str(caught.value) for part in (str(path), *said)), str(caught.value)
    assert path.read_bytes() == before
    assert not list(path.parent.glob(f"{path.name}-*")), "files were left beside it"


def test_a_new_file_gets_all_tables(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "index.db"
    connection = schema.open_writer(path)
    assert {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")} >= TABLES
    assert connection.pragma("user_version") == 3
    assert connection.pragma("journal_mode") == "wal"
    connection.close()
    assert path.stat().st_mode & 0o077 == 0, "others may not read the words of your notes"
    assert path.parent.stat().st_mode & 0o077 == 0


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    schema.open_writer(path).close()
    before = path.read_bytes()
    schema.open_writer(path).close()
    assert path.read_bytes() == before


def test_a_migration_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    apsw.Connection(str(path)).close()
    assert schema.open_writer(path).pragma("user_version") == 3


def test_links_without_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that was made before links had lines is read as it is, and goes on when it can be written."""
    path = tmp_path / "index.db"
    with monkeypatch.context() as before:
        before.setattr(schema, "_MIGRATIONS", schema._MIGRATIONS[:1])
        connection = schema.open_writer(path)
    note = (1, "a.md", 7, 1, 2, 3, b"", "A", "[]", "", "", "[]", "[]", "{}", "", "")
    connection.execute(f"INSERT INTO notes VALUES ({', '.join('?' * len(note))})", note)
    connection.execute("INSERT INTO links VALUES (1, 0, 7, 1, ?, 'tea', '', '')", (number_of("tea"),))
    connection.close()
    expected = [StoredLink("a.md", Link("wiki", "tea", "", "", 0, 7), (0, 0), Fact("a.md", 7, 1, 2, 3))]
    with Reader(path) as reader:
        assert reader.lookup.calling(["tea"]) == expected
        Writer(path).close()
        assert reader.lookup.calling(["tea"]) == expected
    with Reader(path) as reader:
        assert reader.lookup.calling(["tea"]) == expected


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="nothing has been indexed"):
        schema.open_reader(tmp_path / "index.db")
    assert not list(tmp_path.glob("index*"))


def test_missing_when_it_was_looked_for_and_there_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.db"

    def connect(found: Path) -> apsw.Connection:
        found.touch()  # an indexer begins
        raise apsw.CantOpenError("unable to open database file")

    monkeypatch.setattr(schema, "_connect_reader", connect)
    with pytest.raises(IndexMissing):
        Reader(path)


def test_newer(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    connection = schema.open_writer(path)
    connection.pragma("user_version", 99)
    connection.close()
    check_refused(path, IndexTooNew, "newer Starlight", "99", "update Starlight")


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_damaged_from_the_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(content)
    check_refused(path, IndexCorrupt, "damaged", "run `starlight index` to have it made again")


def test_damaged_inside(tmp_path: Path, embedder) -> None:
    path = tmp_path / "index.db"
    with Writer(path) as writer:
        put(writer, embedder, "".join(f"== {n}.md ==\n# Note {n}\nwords {n}\n" for n in range(200)))
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)
    with Reader(path) as reader, pytest.raises(IndexCorrupt, match="damaged"):
        reader.passages(range(200))


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "index.db").mkdir()
    with pytest.raises(IndexUnavailable, match=r"index\.db"):
        schema.open_writer(tmp_path / "index.db")


def test_locked_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.db"
    schema.open_writer(path).close()
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with Writer(path) as writer:
        writer._connection.set_busy_timeout(10)  # to wait less long than it does
        with pytest.raises(IndexUnavailable, match="another program holds the index"):
            writer.remove(["a.md"])
        with Reader(path) as reader:
            assert reader.failures() == {}, "a reader reads on"
        other.execute("ROLLBACK")
        writer.remove(["a.md"])
    other.close()


def test_fingerprints_tell_apart() -> None:
    made = {schema.fingerprint(*parts) for parts in [(1, 2), (12,), ("1", "2", ""), (2, 1), ("a",), ("b",)]}
    assert len(made) == 6
