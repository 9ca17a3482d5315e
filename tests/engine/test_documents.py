"""Files of other formats than Markdown are indexed and found as notes are, with their pages or cells."""

from __future__ import annotations

import dataclasses
import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine import selected
from starlight.engine.catalogue import Catalogue
from starlight.engine.describe import hash_of
from starlight.engine.document_process import DocumentProcess, Interrupted
from starlight.engine.documents import Documents
from starlight.engine.hover import hover
from starlight.engine.indexing import Indexing
from starlight.engine.navigation import Place, backlinks, in_context, n_backlinks
from starlight.engine.selected import selection
from starlight.engine.workspace import Workspace
from starlight.index.cache import Cache
from starlight.index.writer import Writer
from starlight.readers import formats
from starlight.readers.document import Document
from tests.engine.conftest import CountingEmbedder
from tests.waiting import wait_until

Open = Callable[..., Workspace]


def notebook(*cells: str) -> str:
    made = [{"cell_type": "markdown", "metadata": {}, "source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


WHALES = notebook("# Whales\n\nHow they sleep.", "Half of a whale's brain sleeps while the other half stays awake.")
VAULT = f"""== tea.md ==
# Tea

Boil the water. See [[whales.ipynb]].
== whales.ipynb ==
{WHALES}
"""


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read by a process, in order."""
    names: list[str] = []
    real = DocumentProcess.read

    def counting(self, known, data, name, *rest):
        names.append(name)
        return real(self, known, data, name, *rest)

    monkeypatch.setattr(DocumentProcess, "read", counting)
    return names


def test_a_document_is_found_with_its_cell(indexed: Open):
    (hit, *_) = indexed(VAULT).search("brain asleep").hits
    assert (hit.path, hit.title, hit.locator) == ("whales.ipynb", "Whales", ("cell", 2))
    assert hit.snippet.startswith("Half of a whale's brain sleeps")


def test_the_cell_of_a_hit_is_told_below_line_separators(indexed: Open):
    cells = notebook("# Whales\n\nHow\u2028they\u2028all\x0csleep.", "Half of a whale's brain sleeps while we dive.")
    hit = indexed(f"== whales.ipynb ==\n{cells}\n").search("half of a brain").hits[0]
    assert (hit.snippet[:4], hit.locator) == ("Half", ("cell", 2))


def test_its_type_is_its_format(indexed: Open):
    assert {hit.path for hit in indexed(VAULT).search("type:notebook").hits} == {"whales.ipynb"}


def test_an_answer_rests_on_it_and_says_the_cell(indexed: Open):
    (source, *_) = indexed(VAULT).evidence("How does a whale's brain sleep?", 200).sources
    assert (source.path, source.place) in {("whales.ipynb", "cell 1"), ("whales.ipynb", "cell 2")}


@pytest.mark.usefixtures("settled")
def test_it_is_read_once_and_kept(indexed: Open, read: list[str]):
    workspace = indexed(VAULT)
    workspace.bring_up_to_date()
    assert workspace.search("brain asleep").hits[0].snippet.startswith("Half of")
    assert read == ["whales.ipynb"]


@pytest.mark.usefixtures("settled")
def test_what_is_not_kept_any_more_is_read_again(vault: Open, open_workspace: Open, read: list[str]):
    root = vault(VAULT)
    before = open_workspace(root)
    before.bring_up_to_date()
    before.close()
    before.location.cache.unlink()
    workspace = open_workspace(root)
    wait_until("it was read again", lambda: workspace.search("brain asleep").hits[0].snippet.startswith("Half of"))
    assert read == ["whales.ipynb"] * 2


def test_a_damaged_file_costs_only_itself_and_is_read_when_it_was_mended(vault: Open, open_workspace: Open):
    workspace = open_workspace(vault(VAULT.replace(WHALES, "{broken")))
    report = workspace.bring_up_to_date()
    assert list(report.failed) == ["whales.ipynb"]
    assert report.files == 1
    vault(VAULT)
    assert not workspace.bring_up_to_date().failed
    assert workspace.search("brain asleep").hits[0].path == "whales.ipynb"


@pytest.mark.usefixtures("settled")
def test_with_a_new_reader_the_files_of_its_format_are_read_again_and_no_others(
    indexed: Open, read: list[str], counting: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
):
    workspace = indexed(VAULT)
    counting.take()
    newer = tuple(dataclasses.replace(each, version=each.version + 1) for each in formats.FORMATS)
    monkeypatch.setattr("starlight.engine.indexing.FORMATS", newer)
    monkeypatch.setattr(formats, "_BY_ENDING", {ending: each for each in newer for ending in each.endings})
    report = workspace.bring_up_to_date()
    assert (report.changed, read) == (1, ["whales.ipynb"] * 2)
    assert counting.take() == [], "it says the same, so its vectors are known"
    assert workspace.bring_up_to_date().changed == 0


@pytest.mark.usefixtures("settled")
def test_a_document_that_was_moved_keeps_its_vectors(indexed: Open, read: list[str], counting: CountingEmbedder):
    workspace = indexed(VAULT)
    counting.take()
    (workspace.root / "papers").mkdir()
    (workspace.root / "whales.ipynb").rename(workspace.root / "papers" / "asleep.ipynb")
    assert workspace.bring_up_to_date().changed == 1
    assert counting.take() == []
    assert read == ["whales.ipynb"], "it is kept by its content"
    assert workspace.search("brain asleep").hits[0].path == "papers/asleep.ipynb"


def test_formats_that_are_not_chosen_are_left_out_and_why_says_so(vault: Open, open_workspace: Open):
    workspace = open_workspace(vault(VAULT), Settings(refine=False, formats=("pdf",)))
    assert workspace.bring_up_to_date().files == 1
    why = workspace.why("whales.ipynb")
    assert (why.reason, "`index.formats`" in why.message) == ("not a note", True)


def test_a_document_larger_than_its_limit_is_listed(vault: Open, open_workspace: Open):
    workspace = open_workspace(vault(VAULT), Settings(refine=False, max_document_size=0.0001))
    assert "index.maxDocumentSize" in workspace.bring_up_to_date().failed["whales.ipynb"]
    assert "index.maxDocumentSize" in workspace.why("whales.ipynb").message


def test_a_run_that_is_stopped_at_a_document_goes_on_later(vault: Open, open_workspace: Open):
    workspace = open_workspace(vault(VAULT))
    first = workspace.bring_up_to_date(keep_going=lambda: False)
    assert first.stopped
    assert workspace.bring_up_to_date().files == 2


def test_a_link_leads_to_a_document(indexed: Open):
    workspace = indexed(VAULT)
    assert {hit.path for hit in workspace.search('link:"whales.ipynb"').hits} == {"tea.md"}


ORG = """== reference/deep.org ==
:PROPERTIES:
:ID: 11-AA
:END:
#+title: Deep Learning
#+filetags: :ml:

See [[id:22-bb][gradient descent]] and [[id:33-cc][a part of it]].
== reference/20200101-descent.org ==
:PROPERTIES:
:ID: 22-bb
:ROAM_ALIASES: SGD
:END:
#+title: Gradient Descent

Walk downhill, step by step.

* Momentum
:PROPERTIES:
:ID: 33-cc
:END:

Roll on through small valleys.
== md.md ==
As in [[SGD]].
"""


def test_org_files_are_linked_by_id_title_and_alias(indexed: Open):
    workspace = indexed(ORG)
    linked = {hit.path for hit in workspace.search('links-to:"Gradient Descent"').hits}
    assert linked == {"reference/deep.org", "md.md"}
    assert not workspace.search("is:orphan").hits


LINKING = (
    ORG
    + """== reference/links.org ==
#+title: Links

* Where to
  - é [[file:../md.md][the note]], and [[id:22-bb][downhill]] on one line
== guide.rst ==
Guide
=====

Read `the note <md.md>`_ first.
== guide.adoc ==
= Guide

Read link:md.md[the note] first.
"""
)


def _lines_linking_to(workspace: Workspace, path: str) -> list[tuple[str, int, str]]:
    def found(catalogue: Catalogue) -> list[tuple[str, int, str]]:
        places = [Place(source, link.start, link.end) for source, link in backlinks(catalogue, path)]
        assert all(catalogue.span(*place[:3]) for place in places)
        return [(each.place.path, each.line, each.context) for each in in_context(catalogue, places)]

    return workspace.look({}, found)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("is_touched", [False, True])
def test_links_in_files_with_lines_are_listed_with_their_lines(indexed: Open, is_touched: bool):
    workspace = indexed(LINKING)
    line, by = 4, ("guide.adoc", "guide.rst", "reference/links.org")
    if is_touched:  # the index knows other lines then
        for path in by:
            file = workspace.root / path
            text = file.read_text()
            file.write_text(text.replace("Read", "\n\nRead").replace("* Where", "\n\n* Where"))
        line = 6
    assert _lines_linking_to(workspace, "md.md") == [
        ("guide.adoc", line - 1, "Read link:md.md[the note] first."),
        ("guide.rst", line, "Read `the note <md.md>`_ first."),
        ("reference/links.org", line, "- é [[file:../md.md][the note]], and [[id:22-bb][downhill]] on one line"),
    ]


@pytest.mark.usefixtures("settled")
def test_org_files_are_counted_as_linked_by_id_title_and_alias(indexed: Open):
    workspace = indexed(LINKING)
    found = _lines_linking_to(workspace, "reference/20200101-descent.org")
    assert [(path, line) for path, line, _ in found] == [
        ("md.md", 1),
        ("reference/deep.org", 7),
        ("reference/links.org", 4),
    ]
    assert workspace.look({}, lambda catalogue: n_backlinks(catalogue, "reference/20200101-descent.org")) == 3


def test_a_hit_in_an_org_file_leads_to_its_own_line(indexed: Open):
    (hit, *_) = indexed(ORG).search("valleys").hits
    assert (hit.path, hit.heading, hit.line, hit.locator) == ("reference/20200101-descent.org", "Momentum", 14, None)
    assert {found.path for found in indexed(ORG).search("tag:ml").hits} == {"reference/deep.org"}


def test_every_format_reads_a_file_that_is_empty_or_of_another_kind(vault: Open, open_workspace: Open, tmp_path: Path):
    root = vault("== tea.md ==\nTea.\n")
    for each in formats.FORMATS:
        for number, ending in enumerate(each.endings):
            (root / f"empty{number}{ending}").write_bytes(b"")
            with zipfile.ZipFile(root / f"zip{number}{ending}", "w") as archive:
                archive.writestr("a.txt", "text")
    report = open_workspace(root).bring_up_to_date()
    assert "tea.md" not in report.failed
    assert all("please report" not in reason for reason in report.failed.values()), report.failed


def test_a_link_to_a_document_shows_what_that_is_called(indexed: Open):
    workspace = indexed(VAULT)
    text = (workspace.root / "tea.md").read_text()
    card = workspace.look({}, lambda catalogue: hover(catalogue, "tea.md", text.index("whales")))
    assert (card.kind, card.body, card.path) == ("file", "Whales", "whales.ipynb")


@pytest.mark.usefixtures("settled")
def test_what_a_deleted_document_said_is_forgotten(indexed: Open):
    workspace = indexed(VAULT)
    cache = Cache(workspace.location.cache, 10**9)
    hash_ = hash_of((workspace.root / "whales.ipynb").read_bytes(), "whales.ipynb")
    assert cache.document(hash_)
    (workspace.root / "whales.ipynb").unlink()
    workspace.bring_up_to_date()
    assert cache.document(hash_) is None
    cache.close()


@pytest.mark.usefixtures("settled")
def test_notes_keep_their_text_while_documents_are_read_again(vault: Open, open_workspace: Open, monkeypatch):
    text = "".join(f"== {n}.ipynb ==\n{notebook(f'Whales sleep {n} hours.')}\n" for n in range(12))
    root = vault(f"{text}== whales.md ==\nWhales sleep now and then.\n")
    before = open_workspace(root)
    before.bring_up_to_date()
    before.close()
    before.location.cache.unlink()
    gate = threading.Event()
    monkeypatch.setattr(DocumentProcess, "read", lambda *_: gate.wait() and Document("late"))
    workspace = open_workspace(root)
    for _ in range(4):
        found = {hit.path: hit.snippet for hit in workspace.search("whales sleep").hits}
        assert found["whales.md"] == "Whales sleep now and then."
    gate.set()


def test_what_was_interrupted_is_over(monkeypatch: pytest.MonkeyPatch):
    gate = threading.Event()

    def slow(_self, _known, _data, name: str, keep_going) -> Document:
        wait_until("it may go on", lambda: gate.is_set() or not keep_going())
        return Document(name)

    monkeypatch.setattr(DocumentProcess, "read", slow)
    documents = Documents()
    first, second = (documents.begin(f"{name}.pdf", b"", name.encode()) for name in "ab")
    with pytest.raises(Interrupted):
        first(lambda: False)
    with pytest.raises(Interrupted):
        second(lambda: True)
    gate.set()
    assert documents.read("c.pdf", b"", b"c") == Document("c.pdf")
    documents.close()
    with pytest.raises(Interrupted):
        documents.begin("d.pdf", b"", b"d")


def test_documents_among_what_was_just_saved_are_left_for_the_next_run(indexed: Open, read: list[str]):
    workspace = indexed("== tea.md ==\nTea.\n")
    folder = workspace.root / "papers"
    folder.mkdir()
    (folder / "whales.ipynb").write_text(WHALES)
    (folder / "new.md").write_text("New.")
    with Writer(workspace.location.database(workspace.fingerprint)) as writer:
        chosen = selection(workspace.root, workspace.settings)
        taken = Indexing(chosen, writer, workspace._embedder, workspace.settings)
        assert taken.update(["papers"], texts_only=True).left == 1
        assert {"papers/new.md", "tea.md"} == set(writer.facts())
    assert read == []


@pytest.mark.usefixtures("settled")
def test_a_large_text_is_read_as_documents_are(
    vault: Callable[..., Path], open_workspace: Open, read: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(selected, "_AT_ONCE", 1_000)
    root = vault("== tea.md ==\n# Tea\nBoil it.\n== small.txt ==\nA small text.\n")
    (root / "large.txt").write_text("Half of the brain of a whale sleeps. " * 100)
    (root / "large.md").write_text("Milk is white. " * 100)
    workspace = open_workspace(root)
    workspace.bring_up_to_date()
    assert read == ["large.txt"]
    assert workspace.search("brain of a whale").hits[0].snippet.startswith("Half of the brain")
    assert Cache(workspace.location.cache, 1_000_000).document(hash_of((root / "large.txt").read_bytes(), "large.txt"))
    (root / "large.txt").unlink()
    workspace.bring_up_to_date()
    assert read == ["large.txt"]


@pytest.mark.usefixtures("settled")
def test_of_a_huge_table_its_head_is_read(vault: Callable[..., Path], open_workspace: Open):
    root = vault("== tea.md ==\n# Tea\n")
    with (root / "measured.csv").open("w") as file:
        file.write("place,depth\n")
        file.writelines(f"trench {number},{number}\n" for number in range(1_000_000))
    workspace = open_workspace(root, Settings(refine=False))
    assert not workspace.bring_up_to_date().failed
    assert workspace.search("trench 40").hits[0].path == "measured.csv"


def test_a_text_that_is_larger_than_documents_may_be_says_so(vault: Callable[..., Path], open_workspace: Open):
    root = vault("== tea.md ==\n# Tea\n== large.txt ==\n" + "Half of it. " * 1_000)
    workspace = open_workspace(root, Settings(refine=False, max_document_size=0.001))
    assert "raise the setting `index.maxDocumentSize`" in workspace.bring_up_to_date().failed["large.txt"]
