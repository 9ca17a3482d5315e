"""A conversation as a note."""

from __future__ import annotations

import pytest

from starlight.engine.conversations import Cited, Saved, markdown, note_of, path_of, title_of
from starlight.errors import InvalidRequest
from starlight.notes import markdown as notes

TURNS = (
    Saved("How hot?", "250 degrees [1].", (Cited(1, "my notes/bread (old).md", 3, 7),)),
    Saved("And then?\nTell me more.", "Your notes do not say."),
)


def test_text():
    assert markdown(TURNS, 'The "oven"', "chats/x.md", "2026-01-02") == (
        '---\ntitle: "The \\"oven\\""\ncreated: 2026-01-02\ntype: starlight-chat\n---\n\n'
        '# The "oven"\n\n'
        "## How hot?\n\n250 degrees [[my notes/bread (old)|1]].\n\nSources:\n\n"
        "- \\[1\\] [my notes/bread (old).md](../my%20notes/bread%20%28old%29.md), lines 3 to 7\n\n"
        "## And then? Tell me more.\n\n> And then?\n> Tell me more.\n\nYour notes do not say.\n"
    )


def test_links_lead_to_the_sources():
    note = notes.parse(markdown(TURNS, "x", "chats/deep/x.md", "2026-01-02"), "x")
    assert [link.target for link in note.links] == ["my notes/bread (old)", "../../my%20notes/bread%20%28old%29.md"]
    assert note.title == "x"
    assert note.created == "2026-01-02"


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("How hot?", "chats/2026-01-02-how-hot.md"),
        ("../../etc/passwd", "chats/2026-01-02-etc-passwd.md"),
        ("Wie heiß? Sehr!", "chats/2026-01-02-wie-heiß-sehr.md"),
        ("火", "chats/2026-01-02-火.md"),
        ("???", "chats/2026-01-02.md"),
        ("CON: a|b*c", "chats/2026-01-02-con-a-b-c.md"),
    ],
)
def test_names(title, path):
    assert path_of("chats", title, "2026-01-02", lambda _path: False) == path


def test_no_other_note_is_written_over():
    taken = {"chats/2026-01-02-tea.md", "chats/2026-01-02-tea-2.md"}
    assert path_of("chats", "Tea", "2026-01-02", taken.__contains__) == "chats/2026-01-02-tea-3.md"


@pytest.mark.parametrize("folder", ["/etc", "..", "a/../../b", "C:\\x", "\\\\host\\x"])
def test_folder_lies_within_the_notes(folder):
    with pytest.raises(InvalidRequest, match="no folder within"):
        path_of(folder, "Tea", "2026-01-02", lambda _path: False)


def test_the_folder_may_be_the_notes_themselves():
    assert path_of("", "Tea", "2026-01-02", lambda _path: False) == "2026-01-02-tea.md"


def test_title_is_the_first_question():
    assert title_of(TURNS) == "How hot?"
    assert title_of(TURNS, " Bread\n") == "Bread"
    assert note_of(TURNS, "chats", "", lambda _path: False)[0].endswith("-how-hot.md")
