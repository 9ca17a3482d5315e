"""Adapting to a folder: measured by links and headings taken out of it, kept where it helps, undone at will."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from starlight.config import Settings
from starlight.engine import adapting
from starlight.engine.adaptation import adaptation_of, place_of, remove
from starlight.engine.heldout import Question, hold_out
from starlight.engine.workspace import Workspace
from starlight.errors import InvalidRequest
from starlight.models import embedder as models
from starlight.models.adapted import AdaptedEmbedder, Table
from starlight.models.embedder import StaticEmbedder
from tests.models import tiny

SYLLABLES = [
    "ბა",
    "დე",
    "გი",
    "ვო",
    "ზუ",
    "თა",
    "კე",
    "ლი",
    "მო",
    "ნუ",
    "პა",
    "ჟე",
    "რი",
    "სო",
    "ტუ",
    "ფა",
    "ქე",
    "ღი",
    "ყო",
    "შუ",
]
N_TOPICS = 12
NOTES = {
    "tea.md": "# Tea\n\nWe drank it with [[cups|the good cups]] in the long afternoon of that day.\n\n"
    "## Leaves of spring\n\nThree minutes in water. And again [the cups](cups.md).\n\nSee [[Other]].\n",
    "cups.md": "# Cups\n\nMade of clay.\n\n## Glaze\n\nBlue.\n",
    "other.md": "# Other\n\nNothing.\n",
}


def invented(chance: random.Random) -> str:
    """Notes in a script that the model does not know.

    Each topic has two sets of words.  Notes in the one link to a note in the other; some are in both.
    """
    words = ["".join(chance.sample(SYLLABLES, 4)) for _ in range(24 * N_TOPICS)]
    notes = []
    for topic in range(N_TOPICS):
        ours, theirs = words[24 * topic : 24 * topic + 12], words[24 * topic + 12 : 24 * topic + 24]
        said = {f"both{topic}-{number}": chance.sample(ours, 8) + chance.sample(theirs, 8) for number in range(3)}
        said |= {f"ours{topic}-{number}": [*chance.sample(ours, 8), f"[[theirs{topic}]]"] for number in range(4)}
        said[f"theirs{topic}"] = chance.sample(theirs, 10)
        notes += [f"== {name}.md ==\n{' '.join(text)}.\n" for name, text in said.items()]
    return "".join(notes)


@pytest.fixture
def workspace(vault: Callable[..., Path]) -> Workspace:
    return Workspace.at(vault(invented(random.Random(2))), Settings(refine=False))


def _adapt(workspace: Workspace, tell: adapting.Tell = lambda _doing, _share: None) -> adapting.Adaptation:
    return adapting.adapt(workspace.location, workspace.settings, models.load(), tell)


def test_what_is_held_out_is_gone() -> None:
    held = hold_out(NOTES)
    asked = {(each.kind, each.source, each.target): each for each in held.questions}
    assert set(asked) == {
        ("link", "tea.md", "cups.md"),
        ("heading", "tea.md", "tea.md"),
        ("heading", "cups.md", "cups.md"),
    }, "no titles, and no link with nothing around it"
    link, heading = asked["link", "tea.md", "cups.md"], asked["heading", "tea.md", "tea.md"]
    assert "afternoon" in link.text
    assert "cups" not in link.text
    assert heading.text == "Leaves of spring"
    tea = held.notes["tea.md"]
    assert tea[heading.place :].startswith("## …\n")
    assert "Leaves" not in tea
    assert "cups" not in tea, "the second link to them is gone too"
    assert "[[Other]]" in tea
    assert "Glaze" not in held.notes["cups.md"]
    assert held.notes["other.md"] == NOTES["other.md"]
    assert hold_out(NOTES) == held


def test_a_vault_of_unknown_words(workspace: Workspace) -> None:
    plain, shares = workspace.fingerprint, []
    found = _adapt(workspace, lambda _doing, share: shares.append(share))
    assert found.applied, found
    assert found.links.questions == 4 * N_TOPICS
    assert found.links.after > found.links.before + 0.1
    assert shares == sorted(shares)
    adapted = Workspace.at(workspace.root, workspace.settings)
    assert adapted.fingerprint != plain
    assert adaptation_of(adapted.location, adapted.model) == found
    assert "next start" in adaptation_of(workspace.location, workspace.model).problem, "this one was opened before"
    adapted.bring_up_to_date()
    hits = adapted.search(_text(workspace, "ours7-1.md"), 8, "semantic").hits
    assert {hit.path for hit in hits} >= {"theirs7.md", "both7-0.md"}
    assert not list(workspace.location.folder.glob("adapting-*"))
    assert remove(workspace.location)
    assert not remove(workspace.location)
    again = Workspace.at(workspace.root, workspace.settings)
    assert again.fingerprint == plain
    for each in (workspace, adapted, again):
        each.close()


def test_the_same_notes_give_the_same_model(workspace: Workspace) -> None:
    _adapt(workspace)
    first = Workspace.at(workspace.root, workspace.settings).model
    place_of(workspace.location).unlink()
    _adapt(workspace)
    assert Workspace.at(workspace.root, workspace.settings).model == first


def test_the_old_index_is_searched_by_words_meanwhile(workspace: Workspace) -> None:
    workspace.bring_up_to_date()
    _adapt(workspace)
    adapted = Workspace.at(workspace.root, workspace.settings)
    word = _text(workspace, "theirs3.md").split()[3]
    results = adapted.search(word)
    assert (results.verdict, results.complete) == ("found", False)
    adapted.bring_up_to_date()
    assert adapted.search(word).complete


def test_the_processes_that_read_know_the_words_too(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    _adapt(workspace)
    alone = Workspace.at(workspace.root, workspace.settings)
    alone.bring_up_to_date()
    query = _text(workspace, "ours1-1.md")
    found = alone.search(query, only="semantic")
    monkeypatch.setattr("starlight.engine.indexing._ALONE", 0)
    alone.bring_up_to_date(rebuild=True)
    again = alone.search(query, only="semantic")
    assert [(hit.path, hit.score) for hit in again.hits] == [(hit.path, hit.score) for hit in found.hits]
    assert found.hits


def _text(workspace: Workspace, path: str) -> str:
    return (workspace.root / path).read_text().partition(" [[")[0]


def test_notes_that_say_too_little(vault: Callable[..., Path]) -> None:
    workspace = Workspace.at(vault("".join(f"== {path} ==\n{text}" for path, text in NOTES.items())))
    found = _adapt(workspace)
    assert not found.applied
    assert "too few" in found.message
    opened = Workspace.at(workspace.root)
    assert opened.model == workspace.model
    assert adaptation_of(opened.location, opened.model) == found


def test_what_does_not_help_is_not_used(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_passages: object, base: StaticEmbedder, _keep_going: object) -> Table:
        return Table.of(base.identity, (), np.zeros((0, base.dim), np.float32))

    monkeypatch.setattr(adapting, "learn", nothing)
    found = _adapt(workspace)
    assert found.links.before == found.links.after
    assert not found.applied
    opened = Workspace.at(workspace.root)
    assert opened.model == workspace.model
    assert adaptation_of(opened.location, opened.model) == found


LINK, HEADING = (Question(kind, "", "", "") for kind in ("link", "heading"))


@pytest.mark.parametrize(
    ("links", "headings", "helps"),
    [
        ([0.2] * 20, [], True),
        ([0.2] * 20, [0.0] * 20, True),
        ([0.001] * 20, [0.001] * 20, False),  # not worth it
        ([1.0, -0.9] * 10, [0.0] * 20, False),  # chance
        ([0.5] * 20, [-0.1] * 20, False),  # one kind loses
        ([-0.1] * 20, [], False),
    ],
)
def test_what_helps(links: list[float], headings: list[float], helps: bool) -> None:
    questions = [LINK] * len(links) + [HEADING] * len(headings)
    gains = [*links, *headings]
    found = adapting._judged(questions, [0.0] * len(gains), gains, 1, 1)
    assert found.applied is helps
    assert (found.links.questions, found.headings.questions) == (len(links), len(headings))


def test_ended_in_the_middle_it_changes_nothing(workspace: Workspace) -> None:
    before = _adapt(workspace)
    for step in ("Reading", "Taking", "Measuring without", "Learning words", "Measuring with"):

        def tell(doing: str, _share: float, step: str = step) -> None:
            if doing.startswith(step):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            _adapt(workspace, tell)
        assert {path.name for path in workspace.location.folder.iterdir()} == {place_of(workspace.location).name}
    adapted = Workspace.at(workspace.root)
    assert adaptation_of(adapted.location, adapted.model) == before


def test_a_damaged_file_costs_itself_only(workspace: Workspace) -> None:
    _adapt(workspace)
    place = place_of(workspace.location)
    place.write_bytes(place.read_bytes()[:-100])
    opened = Workspace.at(workspace.root)
    assert opened.model == workspace.model
    problem = adaptation_of(opened.location, opened.model).problem
    assert str(place) in problem
    assert "starlight adapt" in problem


def test_another_model(workspace: Workspace, tmp_path: Path) -> None:
    _adapt(workspace)
    settings = Settings(model_path=str(tiny.save(tmp_path / "tiny", tiny.wordpiece())))
    opened = Workspace.at(workspace.root, settings)
    assert "adapted" not in opened.model
    assert "another model" in adaptation_of(opened.location, opened.model).problem


def test_a_model_that_cannot_learn(workspace: Workspace, tmp_path: Path) -> None:
    folder = tiny.save(tmp_path / "tiny", tiny.unigram())
    with pytest.raises(InvalidRequest, match="cannot learn words"):
        adapting.adapt(workspace.location, workspace.settings, models.load(str(folder)))


def test_an_adapted_model_is_not_adapted_again(workspace: Workspace) -> None:
    """What is learnt is always added to the plain model."""
    _adapt(workspace)
    opened = Workspace.at(workspace.root)
    assert opened.model.count("adapted") == 1
    _adapt(opened)
    assert Workspace.at(workspace.root).model == opened.model
    assert isinstance(opened._embedder, AdaptedEmbedder)
