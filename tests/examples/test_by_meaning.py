"""The promise of the project, on the vault that comes with it: found by meaning, without a word in common.

The queries were written from the titles of the notes alone.  No telling word of a query has a stem in common with
any word of the note that it must find, so that only meaning can lead there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import starlight
from starlight.engine.workspace import Workspace
from starlight.index.reader import Reader
from starlight.notes.stopwords import telling
from starlight.notes.text import segment, words

NOTES = Path(__file__).parents[2] / "examples" / "notes"

PAIRS = {
    "apiary insects pollination": "garden/beekeeping.md",
    "organic fertilizer recycling": "garden/compost.md",
    "sick vegetables, a mould infection": "garden/tomato-blight.md",
    "restless, drowsy and sleepless": "health/insomnia.md",
    "rehabilitation of a torn joint": "health/knee-injury.md",
    "wildlife spotting geese ducks": "hobbies/birdwatching.md",
    "obedient pet behaviour": "hobbies/dog-training.md",
    "beginner musician rehearsing melodies": "hobbies/learning-piano.md",
    "anxiety during public speaking": "hobbies/stage-fright.md",
    "astronomy telescope constellations": "hobbies/stargazing.md",
    "relocating to another apartment": "home/moving-house.md",
    "lubricate the cycling drivetrain": "howto/bicycle-maintenance.md",
    "leaky faucet plumbing": "howto/dripping-tap.md",
    "slow broadband connection": "howto/home-network.md",
    "decorating interiors": "howto/painting-walls.md",
    "preserving digital snapshots safely": "howto/photo-backup.md",
    "fiction about a coastal beacon": "ideas/lighthouse-story.md",
    "restoring defective electronics at a community event": "ideas/repair-cafe.md",
    "employment application recruiter": "meetings/job-interviews.md",
    "pupil progress classroom education": "meetings/parents-evening.md",
    "redesigning our internet presence": "meetings/website-relaunch.md",
    "automobile crash compensation": "money/car-accident-claim.md",
    "financial investment for the elderly": "money/retirement-saving.md",
    "fiscal revenue declaration": "money/tax-return-2025.md",
    "what to buy for christmas": "people/gift-ideas.md",
    "antarctic explorers frozen": "reading/ice-and-silence.md",
    "flashcards repetition retention of knowledge": "reading/paper-spaced-practice.md",
    "urban greenery in a warming metropolis": "reading/paper-street-trees.md",
    "ancient spice commerce": "reading/the-white-gold-roads.md",
    "espresso caffeine beverage": "recipes/coffee-brewing.md",
    "vegetarian legume stew": "recipes/lentil-soup.md",
    "homemade bakery rolls pastry": "recipes/sourdough-bread.md",
    "hiking equipment outdoors backpack": "travel/camping-gear.md",
    "overnight railway carriages": "travel/night-trains.md",
    "rainfall meter accuracy": "weather-station/rain-gauge.md",
    "renewable energy": "weather-station/solar-power.md",
}


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        workspace = starlight.open(NOTES)
    yield workspace
    workspace.close()


def first_notes(notes: Workspace, query: str, only: str | None = None) -> list[str]:
    """The first three notes that a search gives."""
    return list(dict.fromkeys(hit.path for hit in notes.search(query, 20, only).hits))[:3]


def test_no_query_shares_a_stem_with_its_note(notes: Workspace) -> None:
    with Reader(notes.location.database(notes.fingerprint)) as reader:
        for query, path in PAIRS.items():
            text = f"{path}\n{(NOTES / path).read_text(encoding='utf-8')}"
            in_note = {stem for _, _, stem in reader.stems(segment(text))}
            in_query = {stem for word in telling(words(query)) for _, _, stem in reader.stems(word)}
            assert not in_note & in_query, query


def test_most_are_among_the_first_three(notes: Workspace) -> None:
    missed = [query for query, path in PAIRS.items() if path not in first_notes(notes, query)]
    assert len(missed) <= len(PAIRS) // 10, missed


def test_words_alone_fail_on_most(notes: Workspace) -> None:
    found = [query for query, path in PAIRS.items() if path in first_notes(notes, query, "lexical")]
    assert len(found) < len(PAIRS) // 2, found


def test_the_readme_shows_what_is_printed(notes: Workspace, xdg_home: Path) -> None:
    readme = (NOTES.parents[1] / "README.md").read_text(encoding="utf-8")
    shown = readme.split("$ starlight search ", 1)[1].split("```", 1)[0]
    arguments, printed = shown.split("\n", 1)
    query, *options = [part for part in arguments.split('"') if part]
    command = [sys.executable, "-m", "starlight", "search", query, *" ".join(options).split(), "--root", str(NOTES)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == printed
