"""The text of scanned PDF files, recognised in idle time: each page once, in its turn, and only when it is wanted."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine import idle, recognising, tesseract
from starlight.engine.doctor import examine
from starlight.engine.report import Standing, report
from starlight.engine.tesseract import Tesseract
from starlight.index.records import Status
from tests.engine.scans import WHALES, Standin, scan
from tests.engine.test_indexer import Serving
from tests.pdfs import Paper, paper, scanned
from tests.waiting import is_gone, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the program in place of tesseract is a script"),
    pytest.mark.usefixtures("settled"),
]


def test_a_scan_is_found_with_its_page_once_it_was_recognised(begin, program: Standin):
    scans = begin(whales=scan(200, 100))
    assert "is scanned" in scans.workspace.failures()["whales.pdf"]
    assert scans.run() == {"whales.pdf"}
    (hit, *_) = scans.workspace.search("a brain half awake").hits
    assert (hit.path, hit.locator) == ("whales.pdf", ("page", 2))
    assert hit.snippet.startswith("Half of the brain")
    assert not scans.workspace.failures()
    assert scans.workspace.document("whales.pdf").text.startswith("Whales swim")
    assert program.n_pages == 2


def test_how_far_it_is_is_said(begin):
    scans = begin(whales=scan(200, 100), krill=scan(200))
    assert (scans.status.scans, scans.status.recognised) == (2, 0)
    assert scans.status.recognising == "recognising 1 of 2 scans"
    scans.until("a page is done", lambda: "recognising 2 of 2 scans, page 2 of 2" in scans.told)
    assert scans.recognition.told(Status("ready"), on_battery=True).recognising == "on battery"
    scans.run()
    assert (scans.status.scans, scans.status.recognised, scans.status.recognising) == (2, 2, "")


def test_a_report_says_it():
    status = Status("ready", scans=12, recognised=2, recognising="recognising 3 of 12 scans, page 4 of 9")
    text = report([Standing(Path("notes"), status, {}, None)])
    assert "Text recognition: 2 of 12 scans done; recognising 3 of 12 scans, page 4 of 9\n" in text
    assert "Text recognition" not in report([Standing(Path("notes"), Status("ready"), {}, None)])


def test_copies_and_a_rebuilt_index_need_no_other_look(begin, program: Standin):
    scans = begin(whales=scan(200, 100), copy=scan(200, 100))
    assert scans.run() == {"whales.pdf", "copy.pdf"}
    scans.workspace.bring_up_to_date(rebuild=True)
    assert not scans.workspace.failures()
    assert program.n_pages == 2


def test_pages_that_were_recognised_are_not_done_again_after_an_interruption(begin, program: Standin):
    program.says({**WHALES, 100: "hang"})
    scans = begin(whales=scan(200, 100))
    scans.until("it hangs at the second page", lambda: program.n_pages == 2)
    scans.close()
    program.says(WHALES)
    again = begin()
    again.run()
    assert again.workspace.search("a brain half awake").hits[0].path == "whales.pdf"
    assert program.n_pages == 3


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc")
def test_closing_ends_the_program(begin, program: Standin):
    program.says({200: "hang"})
    scans = begin(whales=scan(200))
    scans.until("it hangs", lambda: program.n_pages == 1)
    (pid,) = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and _runs(each, program)]
    assert os.getpriority(os.PRIO_PROCESS, pid) == 19
    scans.recognition.close()
    wait_until("it ended", lambda: is_gone(pid))


def _runs(process: Path, program: Standin) -> bool:
    try:
        return str(program.program).encode() in (process / "cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("fail", "tesseract failed: cannot read"),
        ("kill", "tesseract failed"),
        ("garbage", "is no hOCR"),
        ("flood", "tesseract"),
    ],
)
def test_a_page_that_fails_costs_only_itself(begin, program: Standin, monkeypatch: pytest.MonkeyPatch, what, reason):
    monkeypatch.setattr(tesseract, "_MOST_OUTPUT", 1_000_000)
    program.says({**WHALES, 50: what})
    scans = begin(whales=scan(200, 50, 100), bad=scan(50))
    assert scans.run() == {"whales.pdf"}
    (hit, *_) = scans.workspace.search("a brain half awake").hits
    assert (hit.path, hit.locator) == ("whales.pdf", ("page", 3))
    assert scans.workspace.problems() == {"whales.pdf": ["pages whose text could not be recognised: 2"]}
    ((path, why),) = scans.workspace.failures().items()
    assert path == "bad.pdf"
    assert why.startswith("is scanned, and its text could not be recognised: page 1: ")
    assert reason in why


def test_a_page_that_hangs_is_ended(begin, program: Standin):
    program.says({200: "hang"})
    scans = begin(whales=scan(200))
    scans.recognition._tesseract = Tesseract(str(program.program), seconds=0.2)
    scans.run()
    assert "takes longer than 0.2 seconds" in scans.workspace.failures()["whales.pdf"]


def test_a_file_whose_pages_all_fail_is_given_up_and_tried_again_when_it_changes(begin, program: Standin):
    program.says({**WHALES, 50: "fail"})
    scans = begin(whales=scan(*[50] * 20))
    scans.run()
    assert program.n_pages == 3
    scans.recognition.look(scans.writer)
    assert not scans.recognition.is_at_work
    (scans.workspace.root / "whales.pdf").write_bytes(scan(200, 100))
    scans.workspace.bring_up_to_date()
    scans.recognition.look(scans.writer)
    assert scans.run() == {"whales.pdf"}


def test_a_scan_without_text_says_so_and_is_not_done_again(begin, program: Standin):
    program.says({200: ""})
    scans = begin(blank=scan(200))
    scans.run()
    reason = "is scanned, and its text could not be recognised: none was found in it"
    assert scans.workspace.failures() == {"blank.pdf": reason}
    scans.recognition.look(scans.writer)
    assert scans.status.recognising == ""
    assert program.n_pages == 1


def test_a_damaged_page_is_an_empty_one(begin, program: Standin):
    data = scan(200, 100)
    at = data.rindex(b"/Contents")
    scans = begin(whales=data[:at] + b"/Contentz" + data[at + 9 :])
    scans.run()
    assert scans.workspace.search("whales").hits[0].path == "whales.pdf"


def test_a_file_that_changes_meanwhile_is_another_one(begin, program: Standin):
    program.says({**WHALES, 200: "hang"})
    scans = begin(whales=scan(200, 100))
    scans.until("its first page is read", lambda: program.n_pages == 1)
    (scans.workspace.root / "whales.pdf").unlink()
    scans.workspace.bring_up_to_date()
    scans.recognition.look(scans.writer)
    assert not scans.recognition.is_at_work
    assert scans.status.scans == 0


def test_without_the_program_scans_wait_and_are_taken_up_once_it_is_there(
    begin, program: Standin, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recognising, "_RETRY", 0.0)
    away = program.program.with_name("elsewhere")
    program.program.rename(away)
    scans = begin(whales=scan(200))
    scans.until("it is missed", lambda: "is no program" in scans.status.recognising)
    assert "index.ocrProgram" in scans.status.recognising
    assert (scans.status.scans, scans.status.recognised) == (1, 0)
    assert not scans.recognition.is_at_work
    away.rename(program.program)
    scans.until("it is done", lambda: not scans.recognition._known and scans.status.recognised)
    scans.workspace.bring_up_to_date()
    assert not scans.workspace.failures()


def test_nothing_that_is_called_tesseract_is_missed_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tesseract, "_ELSEWHERE", ())
    with pytest.raises(tesseract.RecognitionUnavailable, match="tesseract was not found: install it"):
        Tesseract().look()


def test_a_program_that_says_no_languages_is_none(tmp_path: Path):
    (tmp_path / "tesseract").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "tesseract").chmod(0o755)
    with pytest.raises(tesseract.RecognitionUnavailable, match="cannot be run"):
        Tesseract(str(tmp_path / "tesseract")).look()


@pytest.mark.parametrize(
    ("installed", "wanted", "taken"),
    [
        (("eng", "osd"), (), ("eng",)),
        (("chi_sim", "deu", "eng", "equ", "osd", "script/Latin"), (), ("eng", "chi_sim", "deu")),
        (("deu", "eng", "fra", "ita", "osd", "spa"), (), ("eng",)),
        (("deu", "fra", "ita", "nld", "spa"), (), ("deu",)),
        (("deu", "eng", "script/Latin"), ("deu", "script/Latin"), ("deu", "script/Latin")),
    ],
)
def test_languages_are_those_that_are_wanted_or_there(tmp_path: Path, installed, wanted, taken):
    program = Tesseract(str(Standin(tmp_path / "program", {}, installed).program), wanted)
    program.look()
    assert program.languages == taken


@pytest.mark.parametrize(
    ("installed", "wanted", "reason"),
    [
        (
            ("eng", "osd"),
            ("eng", "fra", "ita"),
            "no data for fra, ita, which `index.ocrLanguages` names; it has eng, osd",
        ),
        (("osd",), (), "no data for any language"),
    ],
)
def test_data_that_is_missing_is_named(tmp_path: Path, installed, wanted, reason):
    program = Standin(tmp_path / "program", {}, installed)
    with pytest.raises(tesseract.RecognitionUnavailable, match=reason):
        Tesseract(str(program.program), wanted).look()


def test_it_is_off_unless_it_is_asked_for(begin, program: Standin, monkeypatch: pytest.MonkeyPatch):
    assert not Settings().ocr
    monkeypatch.setattr(idle, "QUIET", 0.0)
    scans = begin(settings=Settings(refine=False, ocr_program=str(program.program)), whales=scan(200))
    serving = Serving(scans.workspace)
    serving.until_ready(1)
    (scans.workspace.root / "milk.md").write_text("White.")
    serving.client.send({"command": "changed", "paths": ["milk.md"]})
    serving.until_ready(2)
    serving.end()
    assert not program.calls
    assert {message["status"]["scans"] for message in serving.messages if "status" in message} == {0}


def test_the_indexer_takes_up_scans_of_before(begin, program: Standin, monkeypatch: pytest.MonkeyPatch):
    """What was indexed without the setting, and is, from when it is switched on."""
    monkeypatch.setattr(idle, "QUIET", 0.0)
    monkeypatch.setattr(idle, "on_battery", lambda: False)
    before = begin(settings=Settings(refine=False), whales=scan(200, 100))
    assert list(before.workspace.failures()) == ["whales.pdf"]
    scans = begin()
    serving = Serving(scans.workspace)
    serving.until("it is recognised", lambda status: (status["files"], status["failed"]) == (2, 0))
    serving.end()
    assert scans.workspace.search("a brain half awake").hits[0].locator == ("page", 2)
    said = [message["status"]["recognising"] for message in serving.messages if "status" in message]
    assert "recognising 1 of 1 scans, page 2 of 2" in said


def test_it_waits_on_battery(begin, program: Standin, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(idle, "QUIET", 0.0)
    monkeypatch.setattr(idle, "on_battery", lambda: True)
    scans = begin(whales=scan(200))
    serving = Serving(scans.workspace)
    serving.until("it waits", lambda status: status["recognising"] == "on battery")
    serving.end()
    assert not program.calls


def test_the_doctor_looks_for_it(begin, program: Standin):
    def found(settings: Settings) -> tuple[str, str]:
        workspace = begin(settings=settings).workspace
        (finding,) = [each for each in examine(workspace) if each.subject == "text recognition"]
        return finding.level, finding.message

    assert found(Settings(refine=False)) == ("ok", "off: scanned PDF files have no text (`index.ocr`)")
    asked = Settings(refine=False, ocr=True, ocr_program=str(program.program))
    assert found(asked) == ("ok", f"{program.program}, for eng")
    program.program.unlink()
    level, message = found(asked)
    assert level == "warning"
    assert "is no program" in message


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_the_real_program_reads_a_scanned_paper(begin):
    said = Paper(
        "On the Keeping of a Starter",
        sections=[(1, "1 Introduction", ["Wild yeast and bacteria live together in the dough of a baker."] * 3)],
    )
    scans = begin(settings=Settings(refine=False, ocr=True), bread=scanned(paper(said, hyphenate=False)))
    scans.run()
    (hit, *_) = scans.workspace.search("yeast and bacteria").hits
    assert (hit.path, hit.title, hit.heading, hit.locator) == ("bread.pdf", said.title, "1 Introduction", ("page", 1))
