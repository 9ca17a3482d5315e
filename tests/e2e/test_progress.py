"""The progress bar of a real run: begun, filled, ended; cancelled, which pauses; and a silent client."""

from __future__ import annotations

import subprocess

import pytest

from tests.e2e.client import NO_ANSWER, SERVE
from tests.e2e.vaults import BIG, make_big
from tests.waiting import wait_until


def test_progress_begins_reports_and_ends(serve, tmp_path):
    server = serve(make_big(tmp_path / "big"))
    server.wait_state("ready", limit=60)
    (created,) = server.of("window/workDoneProgress/create")
    told = server.of("$/progress")
    assert {progress["token"] for progress in told} == {created["token"]}
    begin, *reports, end = [progress["value"] for progress in told]
    assert begin["kind"] == "begin"
    assert begin["title"] == "Indexing big"
    assert begin["cancellable"] is True
    assert {report["kind"] for report in reports} == {"report"}
    percentages = [report["percentage"] for report in reports]
    assert percentages == sorted(percentages)
    assert len(set(percentages)) > 1
    assert all(f"of {BIG:,} notes" in report["message"] for report in reports)
    assert end["kind"] == "end"
    assert 2 <= len(server.of("starlight/status")) < len(reports) + 20  # told now and then, not at every step


@pytest.mark.parametrize("how", ["another server", "the command line"])
def test_cancelling_the_progress_pauses_until_the_next_start(serve, tmp_path, how):
    root = make_big(tmp_path / "big")
    server = serve(root)
    begin = server.wait("progress has begun", lambda: server.of("$/progress"))[0]
    server.notify("window/workDoneProgress/cancel", {"token": begin["token"]})
    status = server.wait_state("paused")
    assert status["files"] < BIG
    assert status["queue"] > 0
    server.wait("the progress is ended", lambda: server.of("$/progress")[-1]["value"]["kind"] == "end")
    assert server.search("kettle")["complete"] is False

    (root / "new.md").write_text("# Xylophone\nA xylophone stands in the hall.\n")
    server.notify("textDocument/didSave", {"textDocument": {"uri": (root / "new.md").as_uri()}})
    wait_until("a saved note is indexed all the same", lambda: "new.md" in str(server.search("xylophone")["hits"]))
    assert server.status()["state"] == "paused"

    if how == "another server":
        serve(root)
    else:
        subprocess.run([*SERVE[:-1], "index", str(root)], capture_output=True, timeout=60, check=True)
    assert server.wait_state("ready", limit=60)["files"] == BIG + 1


def test_client_that_never_answers_about_progress_is_not_waited_for(start, vault):
    server = start()
    server.answers["window/workDoneProgress/create"] = lambda _params: NO_ANSWER
    server.initialize(vault("== tea.md ==\n# Tea\n"))
    server.wait_state("ready")
    assert server.of("window/workDoneProgress/create")
    assert server.of("$/progress") == []
