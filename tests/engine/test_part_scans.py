"""PDF files some of whose pages are scanned: these are recognised, and the others stay as they are."""

from __future__ import annotations

import io
import shutil
import sys

import pytest
from pypdfium2 import PdfDocument

from starlight.config import Settings
from starlight.engine import idle
from starlight.engine.report import Standing, report
from starlight.index.records import Status
from tests.engine.scans import WHALES, Standin, scan
from tests.engine.test_indexer import Serving
from tests.pdfs import Paper, mixed, paper, scanned
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the program in place of tesseract is a script"),
    pytest.mark.usefixtures("settled"),
]
KETTLE = "The kettle of the laboratory sings before its water boils.\n" * 20
LADLE = "A ladle of copper hangs beside the window of the kitchen.\n" * 20
"""Pages of text in files of which others are scanned."""


def test_pages_that_are_images_are_recognised_and_the_others_stay(begin, program: Standin):
    scans = begin(whales=mixed(KETTLE, 200, 100, LADLE))
    assert "images have no text: 2-3;" in scans.workspace.problems()["whales.pdf"][0]
    assert not scans.workspace.failures()
    assert scans.status.scans == 1
    scans.until("a page is done", lambda: "recognising 1 of 1 scans, page 2 of 2" in scans.told)
    assert scans.workspace.search("a kettle sings").hits[0].locator == ("page", 1)
    assert scans.run() == {"whales.pdf"}
    assert program.n_pages == 2
    text = scans.workspace.document("whales.pdf").text
    assert text.index("kettle") < text.index("Whales swim") < text.index("Half of the brain") < text.index("ladle")
    for query, page in {
        "a kettle sings": 1,
        "whales swim in cold water": 2,
        "a brain half awake": 3,
        "ladle": 4,
    }.items():
        (hit, *_) = scans.workspace.search(query).hits
        assert (hit.path, hit.locator) == ("whales.pdf", ("page", page))
    assert scans.workspace.problems() == {}
    scans.recognition.look(scans.writer)
    assert not scans.recognition.is_at_work


def test_a_part_that_was_recognised_is_not_done_again(begin, program: Standin):
    scans = begin(whales=mixed(KETTLE, 100), copy=mixed(KETTLE, 100))
    assert scans.run() == {"whales.pdf", "copy.pdf"}
    (scans.workspace.root / "other.pdf").write_bytes(mixed(KETTLE, 100))
    scans.workspace.bring_up_to_date(rebuild=True)
    assert scans.workspace.problems() == {}
    assert {hit.path for hit in scans.workspace.search("a brain half awake").hits} == {
        "whales.pdf",
        "copy.pdf",
        "other.pdf",
    }
    assert program.n_pages == 1


def test_until_it_is_indexed_again_a_part_is_found_as_it_was(begin):
    scans = begin(whales=mixed(100, KETTLE, 200, LADLE))
    scans.until("all is done", lambda: scans.status.recognised)
    assert scans.workspace.document("whales.pdf").text.startswith("Half of the brain")
    hits = scans.workspace.search("a kettle sings").hits
    assert "whales.pdf" in {hit.path for hit in hits}
    scans.workspace.bring_up_to_date()
    (hit, *_) = scans.workspace.search("a kettle sings").hits
    assert hit.locator == ("page", 2)
    assert hit.snippet.startswith("The kettle of the laboratory sings")


def test_a_page_that_fails_in_a_part_costs_only_itself(begin, program: Standin):
    program.says({**WHALES, 50: "fail"})
    scans = begin(whales=mixed(KETTLE, 50, 100, LADLE))
    scans.run()
    assert scans.workspace.problems() == {"whales.pdf": ["pages whose text could not be recognised: 2"]}
    assert scans.workspace.search("a brain half awake").hits[0].locator == ("page", 3)


def test_a_part_that_cannot_be_recognised_stays_as_it_is_until_the_file_changes(begin, program: Standin):
    program.says({**WHALES, 50: "fail"})
    scans = begin(whales=mixed(KETTLE, *[50] * 20))
    scans.run()
    (problem,) = scans.workspace.problems()["whales.pdf"]
    assert problem.startswith("pages whose text could not be recognised: 2-21 (page 4: tesseract failed")
    assert scans.workspace.search("a kettle sings").hits[0].path == "whales.pdf"
    assert program.n_pages == 3
    scans.recognition.look(scans.writer)
    assert not scans.recognition.is_at_work
    (scans.workspace.root / "whales.pdf").write_bytes(mixed(KETTLE, 100))
    scans.workspace.bring_up_to_date()
    scans.recognition.look(scans.writer)
    assert scans.run() == {"whales.pdf"}
    assert scans.workspace.problems() == {}


def test_a_copy_that_was_given_up_before_is_done_with_the_other(begin, program: Standin):
    program.says({100: "fail"})
    scans = begin(whales=mixed(KETTLE, 100))
    scans.run()
    assert "could not be recognised: 2" in scans.workspace.problems()["whales.pdf"][0]
    program.says(WHALES)
    (scans.workspace.root / "copy.pdf").write_bytes(mixed(KETTLE, 100))
    scans.workspace.bring_up_to_date()
    scans.recognition.look(scans.writer)
    assert scans.run() == {"whales.pdf", "copy.pdf"}
    assert scans.workspace.problems() == {}


def test_pictures_on_which_nothing_is_recognised_are_no_problem(begin, program: Standin):
    program.says({200: ""})
    scans = begin(whales=mixed(KETTLE, 200, LADLE))
    scans.run()
    assert scans.workspace.problems() == {}
    assert scans.workspace.search("a kettle sings").hits[0].locator == ("page", 1)


def test_what_cannot_be_kept_is_not_begun_over_and_over(begin, program: Standin, monkeypatch: pytest.MonkeyPatch):
    scans = begin(whales=mixed(KETTLE, 100), krill=scan(200))
    monkeypatch.setattr(scans.cache, "keep_recognised", lambda *_: None)
    scans.run()
    assert "`search.refinerCacheSize`" in scans.workspace.problems()["whales.pdf"][0]
    assert "`search.refinerCacheSize`" in scans.workspace.failures()["krill.pdf"]
    scans.recognition.look(scans.writer)
    assert not scans.recognition.is_at_work


def test_a_part_that_is_another_file_by_now_is_left(begin, program: Standin):
    """What the index does not know yet: nothing is kept of it by a look at the wrong pages."""
    scans = begin(whales=mixed(KETTLE, 100))
    (scans.workspace.root / "whales.pdf").write_bytes(mixed(KETTLE, LADLE))
    scans.until("it is left", lambda: not scans.recognition.is_at_work)
    assert not program.n_pages
    scans.workspace.bring_up_to_date()
    assert scans.workspace.document("whales.pdf").text.endswith(LADLE.splitlines()[-1])


def test_the_indexer_takes_up_parts_of_before(begin, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(idle, "QUIET", 0.0)
    monkeypatch.setattr(idle, "on_battery", lambda: False)
    before = begin(settings=Settings(refine=False), whales=mixed(KETTLE, 200, 100))
    assert list(before.workspace.problems()) == ["whales.pdf"]
    scans = begin()
    serving = Serving(scans.workspace)
    serving.until("it is recognised", lambda status: status["recognised"] == 1 and not status["recognising"])
    wait_until("it is indexed", lambda: not scans.workspace.problems())
    serving.end()
    assert scans.workspace.search("a brain half awake").hits[0].locator == ("page", 3)


def test_the_status_names_what_has_no_text(begin):
    workspace = begin(whales=mixed(KETTLE, 200)).workspace
    text = report([Standing(workspace.root, Status("ready"), {}, None, problems=workspace.problems())])
    assert "Indexed with a problem: 1\n  whales.pdf: pages that are images have no text: 2; text" in text


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_the_real_program_reads_a_scanned_appendix(begin):
    said = Paper(
        "On the Keeping of a Starter",
        sections=[(1, "A Appendix", ["Wild yeast and bacteria live together in the dough of a baker."] * 3)],
    )
    appendix = PdfDocument(scanned(paper(said, hyphenate=False)))
    whole = PdfDocument(mixed(KETTLE, LADLE))
    whole.import_pages(appendix)
    file = io.BytesIO()
    whole.save(file)
    scans = begin(settings=Settings(refine=False, ocr=True), bread=file.getvalue())
    assert "no text: 3;" in scans.workspace.problems()["bread.pdf"][0]
    scans.run()
    (hit, *_) = scans.workspace.search("yeast and bacteria").hits
    assert (hit.path, hit.heading, hit.locator) == ("bread.pdf", "A Appendix", ("page", 3))
    assert scans.workspace.search("a kettle sings").hits[0].locator == ("page", 1)
