"""Indexing does what has changed, and nothing else, and can be stopped at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine import indexing
from starlight.engine.indexing import Report
from starlight.engine.reading import Job
from starlight.engine.workspace import Workspace
from starlight.errors import RootError
from starlight.index.records import Status
from tests.engine.conftest import CountingEmbedder
from tests.index.filling import check_no_orphans, rows
from tests.waiting import wait_until

LONG = "A sentence about nothing in particular. " * 38
NOTES = f"""== tea.md ==
# Tea

Boil the water.

## Black

{LONG}

## Green

{LONG}
== drinks/milk.md ==
White, and good in tea.
== drinks/coffee.md ==
# Coffee

Grind the beans.
"""


def paths(workspace: Workspace) -> set[str]:
    return {path for (path,) in rows(database(workspace), "SELECT path FROM notes")}


def database(workspace: Workspace) -> Path:
    return workspace.location.database(workspace.fingerprint)


def contents(workspace: Workspace) -> list[tuple[object, ...]]:
    """What the index says of every passage, without row ids."""
    return rows(
        database(workspace),
        "SELECT path, n.hash, ordinal, meaning, words, headings, start, stop, first, last, embedding FROM chunks AS c"
        " JOIN notes AS n ON n.id = c.note LEFT JOIN vectors AS v ON v.id = c.id ORDER BY path, ordinal",
    )


def check_run(workspace: Workspace, changed: int, files: int) -> Report:
    """Another run finds ``changed`` changes, leaves ``files`` notes, and leaves the index sound."""
    report = workspace.bring_up_to_date()
    assert (report.changed, report.files, report.stopped) == (changed, files, False)
    check_no_orphans(database(workspace))
    assert workspace.status().state == "ready"
    return report


@pytest.mark.usefixtures("settled")
def test_a_second_run_reads_nothing(indexed: Callable[..., Workspace], counting: CountingEmbedder) -> None:
    workspace = indexed(NOTES)
    assert len(counting.take()) == workspace.status().chunks == 5
    assert check_run(workspace, changed=0, files=3).bytes == 0
    assert counting.take() == []


@pytest.mark.usefixtures("settled")
def test_touching_a_file_embeds_nothing(indexed: Callable[..., Workspace], counting: CountingEmbedder) -> None:
    workspace = indexed(NOTES)
    counting.take()
    os.utime(workspace.root / "tea.md", ns=(5, 5))
    assert check_run(workspace, changed=0, files=3).bytes > 0
    assert counting.take() == []
    assert check_run(workspace, changed=0, files=3).bytes == 0, "the new time is known"


def test_an_edit_embeds_the_changed_section(indexed: Callable[..., Workspace], counting: CountingEmbedder) -> None:
    workspace = indexed(NOTES)
    counting.take()
    tea = workspace.root / "tea.md"
    tea.write_text(tea.read_text().replace("## Green\n", "\n## Green\n\nSteep it cooler."))
    check_run(workspace, changed=1, files=3)
    (text,) = counting.take()
    assert text.startswith("Tea\nGreen\n")
    assert "Steep it cooler." in text


def test_moving_a_folder_embeds_nothing(indexed: Callable[..., Workspace], counting: CountingEmbedder) -> None:
    workspace = indexed(NOTES)
    counting.take()
    (workspace.root / "drinks").rename(workspace.root / "beverages v1.0")
    check_run(workspace, changed=2, files=3)
    assert counting.take() == []
    assert paths(workspace) == {"tea.md", "beverages v1.0/milk.md", "beverages v1.0/coffee.md"}


def test_a_new_name_embeds_that_note_only(indexed: Callable[..., Workspace], counting: CountingEmbedder) -> None:
    workspace = indexed(NOTES)
    counting.take()
    (workspace.root / "drinks" / "milk.md").rename(workspace.root / "drinks" / "oat milk.md")
    check_run(workspace, changed=1, files=3)
    (text,) = counting.take()
    assert text.startswith("oat milk\n"), "a note without a heading is called by its file"
    assert paths(workspace) == {"tea.md", "drinks/oat milk.md", "drinks/coffee.md"}


def test_what_is_gone_is_forgotten(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    (workspace.root / "tea.md").unlink()
    check_run(workspace, changed=1, files=2)
    for path in (workspace.root / "drinks").iterdir():
        path.unlink()
    check_run(workspace, changed=2, files=0)
    assert "There are no notes here" in workspace.status().message


def test_a_swap_of_two_notes(indexed: Callable[..., Workspace], counting: CountingEmbedder) -> None:
    workspace = indexed("== a/x.md ==\nfirst\n== b/x.md ==\nsecond\n")
    (workspace.root / "a").rename(workspace.root / "c")
    (workspace.root / "b").rename(workspace.root / "a")
    (workspace.root / "c").rename(workspace.root / "b")
    for path in workspace.root.rglob("*.md"):
        os.utime(path, ns=(7, 7))
    counting.take()
    check_run(workspace, changed=2, files=2)
    hit = workspace.search("second").hits[0]
    assert (hit.path, hit.snippet) == ("a/x.md", "second")


def test_a_note_moved_over_another_takes_its_place(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== a.md ==\nA kettle.\n== b.md ==\nA violin, a longer text.\n")
    (workspace.root / "a.md").replace(workspace.root / "b.md")
    check_run(workspace, changed=2, files=1)
    assert [hit.path for hit in workspace.search("kettle").hits] == ["b.md"]


def test_a_root_that_is_away_keeps_its_index(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    away = workspace.root.with_name("away")
    workspace.root.rename(away)
    with pytest.raises(RootError, match="not there any more"):
        workspace.bring_up_to_date()
    away.rename(workspace.root)
    check_run(workspace, changed=0, files=3)


def test_copies_are_notes_of_their_own(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== a.md ==\n# Same\nwords\n")
    for name in ("b.md", "c.md"):
        (workspace.root / name).write_bytes((workspace.root / "a.md").read_bytes())
    check_run(workspace, changed=2, files=3)
    (workspace.root / "a.md").unlink()
    (workspace.root / "b.md").rename(workspace.root / "d.md")
    check_run(workspace, changed=2, files=2)
    assert paths(workspace) == {"c.md", "d.md"}


def test_a_file_that_cannot_be_read_costs_only_itself(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES, Settings(max_file_size=0.01))
    bad = {
        "binary.md": (b"\x89PNG\0\0", "is a binary file, not text"),
        "latin.md": ("Café".encode("latin-1"), "is not UTF-8 text (byte 3); save it as UTF-8 to have it indexed"),
        "tea.md": (b"x" * 10_001, "larger than 0.01 MB; raise the setting `index.maxFileSize` to have it indexed"),
    }
    for path, (data, _) in bad.items():
        (workspace.root / path).write_bytes(data)
    report = check_run(workspace, changed=0, files=2)
    assert report.failed == workspace.failures() == {path: reason for path, (_, reason) in bad.items()}
    assert workspace.status().failed == 3
    (workspace.root / "latin.md").write_text("Café")
    (workspace.root / "binary.md").unlink()
    check_run(workspace, changed=2, files=3)
    assert set(workspace.failures()) == {"tea.md"}


def test_broken_front_matter_is_a_problem_not_a_failure(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== odd.md ==\n---\ntitle: [\n---\n# Findable\nbody\n")
    assert workspace.failures() == {}
    assert "not valid YAML" in workspace.problems()["odd.md"][0]
    assert workspace.search("findable").hits[0].title == "Findable"


def test_a_file_that_vanishes_before_it_is_read(vault: Callable[..., Path], open_workspace) -> None:
    workspace = open_workspace(vault(NOTES))

    def remove(_status: object) -> None:
        (workspace.root / "drinks" / "milk.md").unlink(missing_ok=True)

    report = workspace.bring_up_to_date(remove)
    assert (report.files, report.failed) == (2, {})


def many_notes(count: int) -> str:
    return "".join(
        f"== {n % 10}/note {n}.md ==\n# Note {n}\n\nAbout number {n}. {'Words. ' * 60}\n" for n in range(count)
    )


def test_stopping_between_batches_and_going_on(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace], counting: CountingEmbedder
) -> None:
    workspace = open_workspace(vault(many_notes(200)))
    report = workspace.bring_up_to_date(keep_going=lambda: False)
    assert report.stopped
    assert 0 < report.files < 200
    status = workspace.status()
    assert (status.state, status.files, status.queue) == ("paused", report.files, 200 - report.files)
    assert "goes on" in status.message
    assert workspace.search("number").complete is False
    first = set(counting.take())
    check_run(workspace, changed=200 - report.files, files=200)
    assert not first & set(counting.take()), "nothing is done twice"


def test_progress_names_counts_and_files(
    vault: Callable[..., Path], open_workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_INTERVAL", 0.0)
    told: list[Status] = []
    workspace = open_workspace(vault(many_notes(200)))
    workspace.bring_up_to_date(told.append)
    looking, *steps, ready = told
    assert (looking.state, looking.total, looking.message) == ("indexing", 0, "Looking for notes")
    assert {(step.state, step.total, step.done + step.queue) for step in steps} == {("indexing", 200, 200)}
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert [step.percent for step in steps] == sorted(step.percent for step in steps)
    assert (steps[0].done, steps[0].percent) == (0, 0)
    assert 20 < steps[1].percent < 50
    assert steps[1].path in paths(workspace)
    assert (ready.state, ready.queue, ready.total, ready.done, ready.percent, ready.path) == ("ready", 0, 0, 0, 0, "")


def test_progress_is_told_now_and_then(vault: Callable[..., Path], open_workspace, monkeypatch) -> None:
    """Bulk work has some fifty batches a second: telling of each would cost more than the work."""
    monkeypatch.setattr(indexing, "_INTERVAL", 3600.0)
    told: list[Status] = []
    open_workspace(vault(many_notes(200))).bring_up_to_date(told.append)
    assert [(status.state, status.queue) for status in told] == [("indexing", 0), ("indexing", 200), ("ready", 0)]


def test_a_note_that_is_gone_is_told(vault: Callable[..., Path], open_workspace) -> None:
    workspace = open_workspace(vault(NOTES))
    workspace.bring_up_to_date()
    (workspace.root / "tea.md").unlink()
    told: list[Status] = []
    workspace.bring_up_to_date(told.append)
    assert (told[-1].state, told[-1].files) == ("ready", 2)


def test_when_the_index_changed_last_is_known(vault: Callable[..., Path], open_workspace, settled: None) -> None:
    workspace = open_workspace(vault(NOTES))
    workspace.bring_up_to_date()
    changed = datetime.fromisoformat(workspace.status().changed)
    assert timedelta() <= datetime.now(timezone.utc) - changed < timedelta(minutes=1)
    workspace.bring_up_to_date()
    assert datetime.fromisoformat(workspace.status().changed) == changed, "looking is no change"


def test_a_kill_in_the_middle_leaves_an_index_that_goes_on(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace]
) -> None:
    n_notes = 4_000  # so many that it is still at work when the first of them are seen
    root = vault(many_notes(n_notes))
    workspace = open_workspace(root)
    process = subprocess.Popen([sys.executable, "-m", "starlight", "index", str(root)], stderr=subprocess.DEVNULL)
    try:
        wait_until("a part is indexed", lambda: workspace.status().files, limit=30)
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL
    n_before = workspace.status().files
    assert 0 < n_before < n_notes
    check_no_orphans(database(workspace))
    results = workspace.search("words about a number")
    assert results.hits
    assert not results.complete
    check_run(workspace, changed=n_notes - len(paths(workspace)), files=n_notes)
    killed = contents(workspace)
    workspace.bring_up_to_date(rebuild=True)
    assert contents(workspace) == killed


def test_rebuilding_makes_another_file_and_readers_notice(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    before = database(workspace).stat().st_ino, contents(workspace)
    assert workspace.search("boil").hits
    with database(workspace).open("rb"):  # so that its inode is not given away again
        report = workspace.bring_up_to_date(rebuild=True)
        assert report.changed == 3
        assert workspace.search("boil").hits
        assert (database(workspace).stat().st_ino != before[0], contents(workspace)) == (True, before[1])


def test_settings_decide_what_is_indexed(indexed: Callable[..., Workspace], open_workspace) -> None:
    workspace = indexed(NOTES)
    without = open_workspace(workspace.root, Settings(exclude=("drinks",)))
    without.bring_up_to_date()
    assert paths(without) == {"tea.md"}
    check_run(workspace, changed=2, files=3)


def test_moving_notes_of_the_same_content(indexed: Callable[..., Workspace], counting: CountingEmbedder) -> None:
    """Such as empty ones: each is called by its file, which its vectors know."""
    workspace = indexed("".join(f"== old/{name}.md ==\n" for name in "abc"))
    before = contents(workspace)
    counting.take()
    (workspace.root / "old").rename(workspace.root / "new")
    check_run(workspace, changed=3, files=3)
    assert counting.take() == []
    assert [row[1:] for row in contents(workspace)] == [row[1:] for row in before]
    for name, other in (("a", "x"), ("b", "y")):
        (workspace.root / "new" / f"{name}.md").rename(workspace.root / f"{other}.md")
    check_run(workspace, changed=2, files=3)
    after = contents(workspace)
    workspace.bring_up_to_date(rebuild=True)
    assert contents(workspace) == after


def test_a_file_that_is_too_large_starts_no_processes(
    indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = indexed(NOTES)
    monkeypatch.setattr(indexing, "Pool", lambda *_: pytest.fail("there is nothing to share"))
    with (workspace.root / "large.md").open("wb") as file:
        file.truncate(300_000_000)
    assert "larger than 10 MB" in check_run(workspace, changed=0, files=3).failed["large.md"]


def test_what_is_read_while_others_are_looked_for(
    indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = "".join(f"== {n % 3}/{n:02}.md ==\n# Note {n}\n\nAbout number {n}.\n" for n in range(20))
    workspace = indexed(notes)
    before = contents(workspace)
    begun: list[int] = []
    monkeypatch.setattr(indexing, "_ALONE", 0)
    monkeypatch.setattr(indexing, "_LOOKED_AT", 5)
    monkeypatch.setattr(indexing, "_LARGE_JOB", (2, 1_000_000))
    begin = indexing.Pool.begin

    def counted(pool: indexing.Pool, jobs: Iterable[Job]) -> None:
        begin(pool, jobs)
        begun.append(pool.begun)

    monkeypatch.setattr(indexing.Pool, "begin", counted)
    report = workspace.bring_up_to_date(rebuild=True)
    assert begun == [5]
    assert (report.files, report.changed, report.failed) == (20, 20, {})
    assert contents(workspace) == before
