"""What the server says and does when the index cannot be used, as one that an editor started."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from filelock import FileLock, Timeout

from tests.e2e.client import Refused
from tests.waiting import wait_until

TEA = "== tea.md ==\n# Tea\nBoil the water.\n"


def database(cache: Path) -> Path:
    (path,) = cache.glob("starlight/indexes/*/index-*.db")
    return path


def close(server, cache: Path) -> None:
    """End a server and wait for its indexer: then the files are nobody's."""
    server.close()
    wait_until("the indexer has let go", lambda: all(map(_is_free, cache.rglob("indexer.lock"))), limit=15)


def _is_free(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return True
    except Timeout:
        return False


def test_cache_that_cannot_be_written(serve, vault, cache):
    root = vault(TEA)
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "starlight").write_text("a file where the folder should be")
    server = serve(root)
    assert str(cache / "starlight") in server.wait_state("failed")["message"]
    (cache / "starlight").unlink()
    server.execute("starlight.rebuild", {})
    server.wait_state("ready")
    assert server.search("tea")["hits"]


def test_damaged_index(ready, serve, vault, cache):
    root = vault(TEA)
    close(ready(root), cache)
    database(cache).write_bytes(b"scribbled over" * 1000)
    server = serve(root)
    assert "made again" in server.wait_state("ready")["message"]
    assert server.search("tea")["hits"]


def test_index_from_a_newer_version(ready, serve, vault, cache):
    root = vault(TEA)
    close(ready(root), cache)
    connection = apsw.Connection(str(database(cache)))
    connection.pragma("user_version", 99)
    connection.close()
    server = serve(root)
    assert "newer Starlight" in server.wait_state("failed")["message"]
    with pytest.raises(Refused, match="newer Starlight"):
        server.search("tea")
    server.execute("starlight.rebuild", {})
    server.wait_state("ready")
    assert server.search("tea")["hits"]
