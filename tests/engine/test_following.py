"""A reader keeps an indexer process running for as long as it needs one."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine import following as followers
from starlight.engine.following import Follower
from starlight.engine.workspace import Workspace
from starlight.index.records import Status
from tests.waiting import wait_until

NOTES = "== tea.md ==\n# Tea\nBoil it.\n== drinks/milk.md ==\nWhite.\n"


class Following:
    """A follower of the real indexer process, and what it was told."""

    def __init__(self, workspace: Workspace, settings: Settings | None = None, *, ahead: bool = False) -> None:
        self.workspace = workspace
        self.told: list[Status] = []
        self.warned: list[str] = []
        self._follower = Follower(
            workspace.location,
            settings or workspace.settings,
            None if ahead else workspace.fingerprint,
            self.told.append,
            self.warned.append,
            force=False,
        )
        self.send = self._follower.send
        self.expect = self._follower.expect
        self.close = self._follower.close
        self._follower.start()

    def until(self, state: str, **fields: object) -> Status:
        def last() -> Status | None:
            status = self.told[-1] if self.told else None
            good = status and status.state == state and all(getattr(status, k) == v for k, v in fields.items())
            return status if good else None

        return wait_until(f"it is {state}, {fields}", last, limit=20)

    def end(self) -> None:
        """Leave, and do not let the indexer linger."""
        self.close()
        if process := self._follower._process:
            process.kill()
            process.wait()

    def pid(self) -> int:
        """The process of the indexer that this follower started."""
        return self.process().pid

    def process(self) -> subprocess.Popen[bytes]:
        """The same, as this process knows it."""
        process = wait_until("the indexer is started", lambda: self._follower._process)
        assert process is not None
        return process


@pytest.fixture
def follow(vault: Callable[..., Path], open_workspace: Callable[..., Workspace]) -> Iterator[Callable[..., Following]]:
    started: list[Following] = []

    def start(settings: Settings | None = None) -> Following:
        started.append(Following(open_workspace(vault(NOTES), settings)))
        return started[-1]

    yield start
    for following in started:
        following.end()


def test_a_killed_indexer_is_started_again(follow: Callable[..., Following]) -> None:
    following = follow()
    following.until("ready", files=2)
    first = following.pid()
    (following.workspace.root / "new.md").write_text("A walrus.")
    following.until("ready", files=3)
    os.kill(first, signal.SIGKILL)
    wait_until("another one runs", lambda: following._follower._process and following.pid() != first, limit=20)
    (following.workspace.root / "newer.md").write_text("A seal.")
    following.send({"command": "changed", "paths": ["newer.md"]})
    following.until("ready", files=4)
    assert following.workspace.search("walrus").hits[0].path == "new.md"


def test_an_indexer_works_before_it_is_known_which_index_is_right_and_is_heard_then(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace]
) -> None:
    following = Following(open_workspace(vault(NOTES)), ahead=True)
    try:
        wait_until("it is done", lambda: following.workspace.status().state == "ready", limit=20)
        assert following.told == []
        following.expect(following.workspace.fingerprint)
        following.until("ready", files=2)
        (following.workspace.root / "new.md").write_text("new")
        following.until("ready", files=3)
    finally:
        following.end()


def test_one_of_another_model_that_was_started_ahead_is_named(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace]
) -> None:
    following = Following(open_workspace(vault(NOTES)), ahead=True)
    following.expect("another")
    assert "with another model or version" in following.until("failed").message
    following.end()


def test_an_indexer_that_does_not_listen_yet_is_ended_all_the_same(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace]
) -> None:
    """Else one whose settings are no longer right would be there first, and its settings would hold."""
    following = Following(open_workspace(vault(NOTES)), ahead=True)
    process = following.process()
    following._follower.end()
    following.close()
    wait_until("it has ended", lambda: process.poll() is not None, limit=20)
    assert following.told == []


def test_settings_reach_the_indexer(follow: Callable[..., Following]) -> None:
    follow(Settings(exclude=("drinks",))).until("ready", files=1)


def test_two_readers_share_one_indexer(follow: Callable[..., Following]) -> None:
    first, second = follow(), follow()
    first.until("ready", files=2)
    second.until("ready", files=2)
    processes = {f._follower._process for f in (first, second) if f._follower._process}
    wait_until("one of two is left", lambda: sum(process.poll() is None for process in processes) == 1)
    (first.workspace.root / "new.md").write_text("new")
    first.until("ready", files=3)
    second.until("ready", files=3)


def test_an_indexer_that_cannot_work_says_why(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace], tmp_path: Path
) -> None:
    workspace = open_workspace(vault(NOTES))
    following = Following(workspace, replace(workspace.settings, model_path=str(tmp_path / "no model")))
    status = following.until("failed")
    assert "no model: not a model2vec model" in status.message
    following.end()


def test_asking_again_starts_the_indexer_again(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace]
) -> None:
    workspace = open_workspace(vault(NOTES))
    away = workspace.root.with_name("away")
    workspace.root.rename(away)
    following = Following(workspace)
    assert "no such folder" in following.until("failed").message
    away.rename(workspace.root)
    following.send({"command": "rebuild"})
    following.until("ready", files=2)
    following.end()


def test_an_indexer_of_another_model_is_named(follow: Callable[..., Following], open_workspace) -> None:
    first = follow()
    first.until("ready", files=2)
    workspace = open_workspace(first.workspace.root)
    workspace.fingerprint = "another"
    second = Following(workspace)
    assert "with another model or version" in second.until("failed").message
    (first.workspace.root / "new.md").write_text("new")
    first.until("ready", files=3)
    assert {status.state for status in second.told} == {"failed"}, "what it says later is not for this one either"
    second.end()


def test_other_settings_are_said_and_those_of_the_first_hold(
    follow: Callable[..., Following], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "_SETTLED", 0.05)
    first = follow()
    first.until("ready", files=2)
    second = Following(first.workspace, Settings(exclude=("drinks",), search_limit=5))
    message = "another window indexes this folder with other settings (index.exclude): they hold until it closes"
    try:
        second.until("ready", files=2, message=message)
        wait_until("it is said", lambda: second.warned == [message])
        assert (first.told[-1].message, first.warned) == ("", [])
    finally:
        second.end()


def test_settings_that_are_about_to_change_are_not_warned_of(
    follow: Callable[..., Following], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose settings change ends the indexer, and may still find it there."""
    monkeypatch.setattr(followers, "_SETTLED", 60.0)
    first = follow()
    first.until("ready", files=2)
    first.end()
    changed = Following(first.workspace, Settings(exclude=("drinks",)))
    try:
        changed.until("ready", files=1, message="")
        assert changed.warned == []
    finally:
        changed.end()


def test_the_command_line_says_so_too(follow: Callable[..., Following], open_workspace) -> None:
    first = follow()
    first.until("ready", files=2)
    report = open_workspace(first.workspace.root, Settings(max_file_size=1.0)).bring_up_to_date()
    assert (report.files, report.stopped) == (2, False)
    assert "other settings (index.maxFileSize)" in report.note
    assert open_workspace(first.workspace.root).bring_up_to_date().note == ""


def test_how_it_stands_now_is_what_the_indexer_says(follow: Callable[..., Following]) -> None:
    following = follow()
    following.until("ready", files=2)
    workspace = following.workspace
    assert workspace.current_status() == following.told[-1]
    assert workspace.current_status().watching
    following.end()
    wait_until("it is gone", lambda: not workspace.current_status().watching)
    assert workspace.current_status().state == "ready"
