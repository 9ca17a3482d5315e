"""What can be summarized: places, narrowed or not, as they are now; what cannot be read is told, never raised."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from starlight.engine.answer import Turn
from starlight.engine.subjects import Target
from starlight.engine.summary import Length
from starlight.engine.workspace import Workspace
from starlight.errors import InvalidRequest
from tests.pdfs import Paper, paper

NOTES = """== garden/bees.md ==
---
tags: [garden]
modified: 2024-05-03
---
# Bees

Bees fly to apple blossoms in the spring.

## Hives

Hives stand in the shade. ![[garden/apples]]
== garden/apples.md ==
---
tags: [garden/trees]
modified: 2024-06-10
---
# Apples

Apples ripen in the autumn. ![[bees]]
== roof.md ==
---
modified: 2023-01-01
---
# Roof

The roofer comes on Tuesday.
== chats/talk.md ==
---
type: starlight-chat
modified: 2024-06-11
---
# Talk

## When do apples ripen?

Apples ripen in the autumn.
"""


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def paths(workspace: Workspace, target: Target) -> list[str]:
    return list(dict.fromkeys(section.path for section in workspace.subject(target).sections))


def test_a_note_a_section_and_lines(notes: Workspace) -> None:
    note = notes.subject(Target("garden/bees.md"))
    assert (note.kind, note.name, note.root) == ("note", "Bees", str(notes.root))
    section = notes.subject(Target("garden/bees.md", section="hives"))
    assert (section.kind, section.name) == ("section", "Bees › Hives")
    assert "shade" in section.sections[0].text
    assert "blossoms" not in section.sections[0].text
    lines = notes.subject(Target("garden/bees.md", lines=(7, 7)))
    assert (lines.kind, lines.name) == ("selection", "Bees, line 7")
    assert [each.text for each in lines.sections] == ["Bees fly to apple blossoms in the spring."]


def test_a_folder_all_of_it_and_a_tag(notes: Workspace) -> None:
    folder = notes.subject(Target("garden"))
    assert (folder.kind, folder.name) == ("folder", "garden")
    assert paths(notes, Target("garden/")) == ["garden/apples.md", "garden/bees.md"]
    assert paths(notes, Target()) == ["garden/apples.md", "garden/bees.md", "roof.md"], "no conversations"
    assert paths(notes, Target("chats")) == ["chats/talk.md"], "unless they are named"
    tag = notes.subject(Target(tag="#garden"))
    assert (tag.kind, tag.name) == ("tag", "#garden")
    assert paths(notes, Target(tag="garden/trees")) == ["garden/apples.md"]


def test_what_changed_the_oldest_first(notes: Workspace) -> None:
    changes = notes.subject(Target(since="2024-05"))
    assert (changes.kind, changes.name) == ("changes", "changed since 2024-05-01")
    assert paths(notes, Target(since="2024-05")) == ["garden/bees.md", "garden/apples.md"]
    assert paths(notes, Target(since="2024-05-01..2024-05-31")) == ["garden/bees.md"]
    assert paths(notes, Target("garden", tag="garden", since="2024-06-01")) == ["garden/apples.md"]


def test_changes_by_the_files_own_time(notes: Workspace) -> None:
    place = notes.root / "new.md"
    place.write_text("# New\n\nIt was written long ago.\n")
    long_ago = datetime(2001, 2, 3).timestamp()
    os.utime(place, (long_ago, long_ago))
    (notes.root / "now.md").write_text("# Now\n\nIt was written now.\n")
    notes.bring_up_to_date()
    assert paths(notes, Target(since="7d")) == ["now.md"]


def test_what_a_search_finds(notes: Workspace) -> None:
    found = notes.subject(Target(query="apples ripen autumn tag:garden"))
    assert (found.kind, found.name) == ("search", "apples ripen autumn tag:garden")
    assert "garden/apples.md" in {section.path for section in found.sections}
    assert "roof.md" not in {section.path for section in found.sections}
    assert paths(notes, Target("roof.md", query="roofer")) == ["roof.md"]


def test_a_conversation_saved_or_not(notes: Workspace) -> None:
    assert notes.subject(Target("chats/talk.md")).kind == "conversation"
    turns = (Turn("When?", "On Tuesday.\nOr later."), Turn("Who?", "The roofer."))
    talk = notes.subject(Target(turns=turns))
    assert (talk.kind, talk.name) == ("conversation", "When?")
    assert [(each.heading, each.first, each.last) for each in talk.sections] == [("When?", 1, 2), ("Who?", 4, 4)]
    said = notes.summarize(replace(talk, sections=talk.sections[1:])).text
    assert said == "The roofer. [1]"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["# Roof\n\n", "", "# Roof\n\nA ladder is here.\n\n"])
def test_a_summary_that_was_put_into_a_note_is_none_of_its_words(notes: Workspace, before: str, ends: str) -> None:
    callout = "> [!summary] Starlight\n> A ladder costs [[roof|1]] thousands.\n>\n> - So it does.\n"
    text = f"{before}{callout}\nThe roofer comes on Tuesday.\n\n> [!summary]\n> My own words.\n".replace("\n", ends)
    (notes.root / "roof.md").write_bytes(text.encode())
    notes.bring_up_to_date()
    for target in (Target("roof.md"), Target(), Target(query="ladder costs thousands", path="roof.md")):
        read = [each for each in notes.subject(target).sections if each.path == "roof.md"]
        said = " ".join(each.text for each in read)
        assert "thousands" not in said
        assert "So it does" not in said
        assert "My own words." in said
        assert "The roofer comes on Tuesday." in said
        assert all(text[each.start : each.end].splitlines()[-1] == each.text.splitlines()[-1] for each in read)
    if not before:
        assert notes.subject(Target("roof.md")).sections[0].first == 6
    sources = notes.evidence("What does a ladder cost?", 500, len).sources
    assert not any("thousands" in each.text for each in sources)


def test_the_editors_text_wins(notes: Workspace) -> None:
    notes.show("roof.md", "# Roof\n\nThe roofer came on Friday already.\n")
    assert "Friday already" in notes.summarize(notes.subject(Target("roof.md"))).text
    assert "Friday already" in notes.summarize(notes.subject(Target()), Length(share=1.0)).text


def test_a_paper_has_pages(notes: Workspace) -> None:
    said = Paper(
        "On Bees", sections=((1, "Problem", ("Nobody knows where the bees of this valley spend the winter.",)),)
    )
    (notes.root / "bees.pdf").write_bytes(paper(said))
    subject = notes.subject(Target("bees.pdf"))
    assert subject.kind == "document"
    made = notes.summarize(subject)
    assert "Nobody knows where the bees" in made.text
    assert made.sources[0].place == "p. 1"


def test_cycles_of_embeds_are_not_followed(notes: Workspace) -> None:
    text = notes.summarize(notes.subject(Target("garden/bees.md")), Length(share=1.0)).text
    assert "Hives stand in the shade." in text
    assert "ripen" not in text


def test_what_cannot_be_read_is_left_out(notes: Workspace) -> None:
    (notes.root / "garden" / "apples.md").unlink()
    folder = notes.subject(Target("garden"))
    assert [(each.path, each.reason) for each in folder.left_out] == [("garden/apples.md", "gone")]
    (notes.root / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    broken = notes.subject(Target("broken.pdf"))
    assert (broken.sections, [each.path for each in broken.left_out]) == ((), ["broken.pdf"])
    assert notes.summarize(broken).hint


def test_a_file_that_changed_meanwhile(notes: Workspace) -> None:
    (notes.root / "roof.md").write_text("# Roof\n\nNobody comes.\n")
    found = notes.subject(Target(query="roofer Tuesday", path="roof.md"))
    assert [(each.path, each.reason) for each in found.left_out] == [("roof.md", "changed since it was indexed")]
    assert "Nobody comes." in notes.subject(Target("roof.md")).sections[0].text, "by its path it is read as it is"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (Target("nowhere.md"), "nowhere.md: there is no such note"),
        (Target("nowhere.md", since="7d"), "nowhere.md: there is no such note"),
        (Target("a" * 300 + ".md"), "there is no such note"),
        (Target("a" * 300 + ".md", tag="garden"), "there is no such note"),
        (Target("roof.md", section="Roof", since="7d"), "of one note"),
        (Target("roof.md", lines=(1, 2), query="roofer"), "of one note"),
        (Target("garden", section="Hives"), "of one note"),
        (Target(lines=(1, 2)), "of one note"),
        (Target("../roof.md"), "is not in the folder"),
        (Target("roof.md", section="Cellar"), "no heading “Cellar”"),
        (Target(since="someday"), "“someday” is no day"),
        (Target(query="date:someday"), "date:someday"),
    ],
)
def test_what_makes_no_sense(notes: Workspace, target: Target, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message.replace("(", r"\(")):
        notes.subject(target)


def test_without_an_index_a_file_is_read(
    open_workspace: Callable[..., Workspace], vault: Callable[..., object]
) -> None:
    workspace = open_workspace(vault(NOTES))
    assert workspace.subject(Target("roof.md")).sections[0].title == "Roof"
