"""Evidence: what is gathered for a question, from where, how it is cut, and what is told of the rest."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from starlight.engine.answer import Evidence, Turn
from starlight.engine.evidence import Asked, estimate, gather
from starlight.engine.workspace import Workspace
from starlight.errors import IndexMissing, InvalidRequest
from starlight.index.records import Status
from starlight.index.writer import Writer

LONG = "\n\n".join(
    f"The {animal} of the northern coast eats {food} in winter. It was counted {n} times by the warden."
    f" Nobody has seen the {animal} beyond the {place}."
    for n, (animal, food, place) in enumerate(
        [("walrus", "clams", "lighthouse"), ("puffin", "sand eels", "harbour"), ("otter", "urchins", "dunes"),
         ("seal", "herring", "pier"), ("gannet", "mackerel", "cliffs"), ("heron", "frogs", "marsh")], 11)
)  # fmt: skip
NOTES = f"""== kitchen/sourdough.md ==
---
title: Sourdough
tags: [baking/bread]
---
Feed the starter every morning with flour and water. The jar stands beside the stove.

## Keeping it over the holidays

Put the jar of starter into the fridge. It sleeps there for two weeks. Feed it once before you leave.

## Baking

Bake the loaf for 45 minutes. See [[Oven]] for its heat.
== kitchen/oven.md ==
# Oven

The oven needs half an hour until it has 240 degrees. Its door is loose.
== garden/tomatoes.md ==
# Tomatoes

Water them at the root, never on the leaves. #vegetables
== garden/tomatoes copy.md ==
# Tomatoes

Water them at the root, never on the leaves. #vegetables
== work/roof meeting.md ==
# Roof meeting

- The roofer comes on Tuesday.
- We decided for slate, not for tiles. The storms were the reason.
- It costs 12,400 euros.
== work/2024-02-27.md ==
Talked with the roofer about the scaffolding. Then lunch.
== work/2023-05-01.md ==
Talked with the plumber about the scaffolding. Then lunch.
== coast.md ==
# Coast

{LONG}
== 日记/茶.md ==
# 茶道

今天我们去了茶室。水不要太热，先温壶再泡茶。
"""
BUDGET = 400


def counting(text: str) -> int:
    """Tokens of a model that takes three characters at once, and not those that others would."""
    return math.ceil(len(text) / 3)


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def check(workspace: Workspace, evidence: Evidence, count: Callable[[str], int] = estimate) -> Evidence:
    """What holds for any evidence: within its budget, numbered, and exactly what the notes say there."""
    assert evidence.tokens <= evidence.budget
    assert [source.number for source in evidence.sources] == list(range(1, len(evidence.sources) + 1))
    for source in evidence.sources:
        assert source.tokens == count(source.text) > 0
        buffer = workspace._overlay.content(source.path)
        text = buffer.text if buffer else (workspace.root / source.path).read_text(encoding="utf-8")
        lines = text.split("\n")[source.start_line - 1 : source.end_line]
        assert source.text in "\n".join(lines)
        assert source.text.split("\n")[0] in lines[0]
        assert source.text.split("\n")[-1] in lines[-1]
        for start, end, relevance in source.sentences:
            assert 0 <= start < end <= len(source.text)
            assert 0 <= relevance <= 1
    assert all(each.reason for each in evidence.left_out)
    return evidence


def paths(evidence: Evidence) -> list[str]:
    return [source.path for source in evidence.sources]


def reasons(evidence: Evidence, path: str) -> list[str]:
    return [each.reason for each in evidence.left_out if each.path == path]


def test_the_passage_that_answers_comes_first(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("How long does the starter sleep in the fridge?", BUDGET))
    first = evidence.sources[0]
    assert (first.path, first.title, evidence.verdict, evidence.complete) == (
        "kitchen/sourdough.md", "Sourdough", "found", True,
    )  # fmt: skip
    assert "It sleeps there for two weeks." in first.text
    assert evidence.queries == ("How long does the starter sleep in the fridge?",)
    assert any(reason.startswith("words: ") for reason in first.reasons)


def test_a_small_budget_has_the_best_sentences(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("What does the otter eat in winter?", 24))
    assert evidence.sources[0].text.startswith("The otter of the northern coast eats urchins in winter.")
    assert reasons(evidence, "coast.md")[0] == "in part, as 1"
    assert evidence.sources[0].start_line == 7


def test_whole_passages_where_they_fit(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("What does the otter eat in winter?", 5_000))
    assert evidence.sources[0].text == f"# Coast\n\n{LONG}"
    assert reasons(evidence, "coast.md") == []


def test_the_best_sentence_may_be_a_long_one(indexed: Callable[..., Workspace]) -> None:
    long = f"The walrus {', '.join(f'counted {n} clams' for n in range(60))} and slept."
    rest = "\n\n".join(
        f"Somebody else did other things on day {n}, as ever. {'Nothing more. ' * 20}" for n in range(40)
    )
    workspace = indexed(f"== a.md ==\n{rest[:900]}\n\n{long}\n\n{rest}\n")
    evidence = check(workspace, workspace.evidence("How many clams has the walrus counted?", 1_200))
    assert long in evidence.sources[0].text


def test_an_item_keeps_its_mark(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("What does the roof cost in euros?", 16))
    assert evidence.sources[0].text in (
        "- It costs 12,400 euros.",
        "The storms were the reason.\n- It costs 12,400 euros.",
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 700),
    st.sampled_from(["starter fridge", "otter", "slate and roofer last week", "茶", "Tell me of the coast", "zzz"]),
    st.sampled_from([estimate, counting, len]),
    st.integers(0, 30),
)
def test_the_budget_is_kept_in_the_tokens_of_whoever_counts(
    notes: Workspace, budget: int, question: str, count: Callable[[str], int], per_source: int
) -> None:
    evidence = check(notes, notes.evidence(question, budget, count, per_source=per_source), count)
    assert evidence.tokens + per_source * len(evidence.sources) <= budget


def test_what_has_no_place_is_told(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("scaffolding lunch", 16))
    assert len(evidence.sources) == 1
    told = {each.path for each in evidence.left_out if each.reason == "no room"}
    assert {"work/2024-02-27.md", "work/2023-05-01.md"} - set(paths(evidence)) <= told


def test_of_two_that_say_the_same_one_is_left_out(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("How do I water tomatoes?", BUDGET))
    both = {"garden/tomatoes.md", "garden/tomatoes copy.md"}
    (kept,) = both & set(paths(evidence))
    (other,) = both - {kept}
    assert reasons(evidence, other) == ["much the same as 1"]


def test_what_stands_beside_and_what_is_linked_come_with_it(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("For how many minutes is the loaf baked?", 5_000))
    linked = next(source for source in evidence.sources if source.path == "kitchen/oven.md")
    assert linked.number > 1
    assert evidence.sources[0].path == "kitchen/sourdough.md"


def test_a_note_that_is_gone_is_left_out(notes: Workspace) -> None:
    (notes.root / "work" / "roof meeting.md").unlink()
    evidence = notes.evidence("slate or tiles", BUDGET)
    assert "work/roof meeting.md" not in paths(evidence)
    assert reasons(evidence, "work/roof meeting.md") == ["gone since it was indexed"]


def test_a_note_that_has_changed_is_read_as_it_is(notes: Workspace) -> None:
    path = notes.root / "work" / "roof meeting.md"
    path.write_text("\n\n\nWe decided for slate. It was raining.\n")
    evidence = check(notes, notes.evidence("slate or tiles", BUDGET))
    assert (evidence.sources[0].path, evidence.sources[0].start_line) == ("work/roof meeting.md", 4)
    path.write_text("Nothing of it is left.\n")
    evidence = check(notes, notes.evidence("slate or tiles", BUDGET))
    assert reasons(evidence, "work/roof meeting.md") == ["changed since it was indexed"]
    for odd in (b"", b"\0\xff"):
        path.write_bytes(odd)
        assert "work/roof meeting.md" not in paths(notes.evidence("slate or tiles", BUDGET))


def test_a_time_is_a_preference(notes: Workspace) -> None:
    def first(question: str) -> str:
        asked = Asked(question, BUDGET, today=datetime.date(2024, 3, 6))
        return gather(asked, notes._gatherer).sources[0].path

    assert first("Who was it about the scaffolding last week?") == "work/2024-02-27.md"
    assert first("Who was it about the scaffolding in 2023?") == "work/2023-05-01.md"
    assert first("Who was it about the scaffolding in 1999?").startswith("work/20")
    assert first("What did I do last week?") == "work/2024-02-27.md"


def test_a_follow_up_is_about_what_was_said(notes: Workspace) -> None:
    talk = [Turn("What does the otter eat?", "It eats urchins. [1]")]
    evidence = check(notes, notes.evidence("And in winter?", 60, conversation=talk))
    assert "otter" in evidence.sources[0].text
    assert evidence.queries[0] != "And in winter?"


def test_each_part_of_a_question_has_its_evidence(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("What does the otter eat and how much does the roof cost?", 90))
    assert {"coast.md", "work/roof meeting.md"} <= set(paths(evidence))
    assert len(evidence.queries) == 3


@pytest.mark.parametrize("question", ["quantum chromodynamics of gluons", "xqzvwk blorptangle", "?", "🍵"])
def test_what_the_notes_do_not_say(notes: Workspace, question: str) -> None:
    evidence = check(notes, notes.evidence(question, BUDGET))
    assert evidence.verdict == "nothing"
    assert len(evidence.sources) <= 5, "the nearest"


def test_other_scripts(notes: Workspace) -> None:
    evidence = check(notes, notes.evidence("怎么泡茶？", BUDGET))
    assert evidence.sources[0].path == "日记/茶.md"
    assert len(evidence.sources[0].sentences) == 2


@pytest.mark.parametrize("question", ["", " \n", "\t"])
def test_an_empty_question_is_refused(notes: Workspace, question: str) -> None:
    with pytest.raises(InvalidRequest, match="the question is empty"):
        notes.evidence(question, BUDGET)


@pytest.mark.parametrize("budget", [0, -5])
def test_no_budget_is_refused(notes: Workspace, budget: int) -> None:
    with pytest.raises(InvalidRequest, match=f"at least 1 token, not {budget}"):
        notes.evidence("tea", budget)


@pytest.mark.parametrize(
    "question", ["slate tiles " * 50_000, "\ud800 slate", "slate\0 tiles", "@" * 1_000, "a'b\"c (slate) *"]
)
def test_odd_questions(notes: Workspace, question: str) -> None:
    check(notes, notes.evidence(question, BUDGET))


def test_while_the_index_is_being_made(notes: Workspace) -> None:
    with Writer(notes.location.database(notes.fingerprint)) as writer:
        writer.publish(Status("indexing", files=3, chunks=3))
    assert not notes.evidence("slate", BUDGET).complete


def test_nothing_was_indexed(open_workspace: Callable[..., Workspace], vault: Callable[..., Path]) -> None:
    with pytest.raises(IndexMissing):
        open_workspace(vault(NOTES)).evidence("tea", BUDGET)


def test_code_is_cut_at_lines(indexed: Callable[..., Workspace]) -> None:
    lines = "\n".join(f"walrus_{n} = count({n})" for n in range(80))
    workspace = indexed(f"== a.md ==\n```\n{lines}\n```\n")
    evidence = check(workspace, workspace.evidence("walrus_41", 40))
    assert "walrus_41 = count(41)" in evidence.sources[0].text.split("\n")
    assert evidence.sources[0].sentences == ()


def test_code_stays_with_the_sentence_before_it(indexed: Callable[..., Workspace]) -> None:
    more = "Other things are said here at some length. " * 30
    workspace = indexed(f"== a.md ==\n{more}\n\nTo count a walrus:\n\n```\ncount --one\n```\n\n{more}\n")
    evidence = check(workspace, workspace.evidence("How do I count a walrus?", 30))
    assert "To count a walrus:\n\n```\ncount --one\n```" in evidence.sources[0].text
    said = [evidence.sources[0].text[start:end] for start, end, _ in evidence.sources[0].sentences]
    assert "To count a walrus:" in said


def test_an_estimate_of_tokens() -> None:
    assert estimate("") == 0
    assert estimate("four") == 1
    assert estimate("A sentence of some ten words or so, and its stop.") == 13
    assert 8 <= estimate("今天我们去了茶室") <= 12


def test_nobody_waits_while_a_model_counts(notes: Workspace) -> None:
    """Another thread can search while one has a model count tokens."""
    with ThreadPoolExecutor(1) as elsewhere:

        def count(text: str) -> int:
            assert elsewhere.submit(notes.search, "slate").result(timeout=30).hits
            return estimate(text)

        talk = [Turn("Who comes on Tuesday?", "The roofer.")]
        check(notes, notes.evidence("Why?", 50, count, conversation=talk))
