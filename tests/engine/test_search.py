"""Search: what is found, how sure it is, what is shown of it, and whatever people may ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine.hits import Hit, Results
from starlight.engine.workspace import Workspace
from starlight.errors import IndexMissing, InvalidRequest

NOTES = """== kitchen/sourdough.md ==
---
title: Sourdough
aliases: [levain]
tags: [baking]
---
Feed the starter every morning with flour and water.

## Keeping it over the holidays

Put the jar into the fridge. It sleeps there for two weeks. Feed it once before you leave.
== kitchen/pancakes.md ==
# Pancakes

Whisk eggs, milk and flour. Fry them in butter until they are golden.
== garden/tomatoes.md ==
# Tomatoes

Water them at the root, never on the leaves. Pinch out the side shoots.
== work/roof meeting.md ==
# Roof meeting

The roofer comes on Tuesday. We decided for slate, not for tiles, because of the storms.
== work/bicycle.md ==
# Bicycle

The rear brake squeaks. New pads are in the drawer (second from the top). Ask "Anna" about the wheel.
== 日记/茶.md ==
# 茶道

今天我们去了茶室。水不要太热，先温壶再泡茶。
== fa/chay.md ==
# چای

برای دم کردن چای، آب را به جوش می‌آورم.
== de/fahrrad.md ==
# Fahrradreise

Wir fuhren am Fluss entlang und übernachteten in Gasthöfen.
"""


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def check_first(workspace: Workspace, query: str, path: str, verdict: str = "found", **expected: object) -> Hit:
    """The first hit for ``query`` is at ``path``, with that verdict and those fields."""
    results = workspace.search(query)
    assert results.hits, query
    hit = results.hits[0]
    assert (hit.path, results.verdict) == (path, verdict), [hit.path for hit in results.hits]
    assert {name: getattr(hit, name) for name in expected} == expected
    check_shape(results)
    return hit


def check_shape(results: Results) -> None:
    """What holds for every result: sorted, placed, and with highlights inside the snippet."""
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)
    for hit in results.hits:
        assert 1 <= hit.start_line <= hit.line <= hit.end_line
        assert "\n" not in hit.snippet
        assert len(hit.snippet) <= 200
        ends = [place for span in hit.highlights for place in span]
        assert ends == sorted(ends)
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.highlights)


def highlighted(hit: Hit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.highlights]


def test_by_words(notes: Workspace) -> None:
    hit = check_first(notes, "slate tiles", "work/roof meeting.md", title="Roof meeting", start_line=1, end_line=3)
    assert "slate" in hit.snippet
    assert highlighted(hit) == ["slate", "tiles"]
    assert hit.reasons[0] == "words: slate, tiles"
    check_first(notes, "pinching shoot", "garden/tomatoes.md")
    for name in ("levain bread", "baking"):
        hit = notes.search(name).hits[0]
        assert (hit.path, hit.reasons[0]) == ("kitchen/sourdough.md", "by another name or a tag")
    check_first(notes, "levain", "kitchen/sourdough.md", reasons=("is called that",))
    check_first(notes, "Pancakes", "kitchen/pancakes.md", title="Pancakes", heading="")


def test_by_meaning(notes: Workspace) -> None:
    for query, path in [
        ("growing vegetables", "garden/tomatoes.md"),
        ("repairing the bike", "work/bicycle.md"),
        ("covering of the house", "work/roof meeting.md"),
        ("breakfast recipe", "kitchen/pancakes.md"),
    ]:
        results = notes.search(query)
        assert results.hits[0].path == path, query
        check_shape(results)
    assert "close in meaning" in check_first(notes, "recipe for pancakes", "kitchen/pancakes.md").reasons


def test_headings_and_lines(notes: Workspace) -> None:
    hit = check_first(notes, "holidays fridge", "kitchen/sourdough.md", title="Sourdough")
    lines = (notes.root / hit.path).read_text().splitlines()
    assert any("fridge" in line for line in lines[hit.start_line - 1 : hit.end_line])


def test_in_other_scripts(notes: Workspace) -> None:
    hit = check_first(notes, "泡茶", "日记/茶.md")
    assert "泡茶" in highlighted(hit)
    hit = check_first(notes, "چاي", "fa/chay.md")
    assert hit.title == "چای"
    hit = check_first(notes, "Gasthöfen Fluss", "de/fahrrad.md")
    assert highlighted(hit) == ["Fluss", "Gasthöfen"]
    check_first(notes, "ubernachten", "de/fahrrad.md")


def test_a_question_in_many_words(notes: Workspace) -> None:
    check_first(notes, "what do I do with the starter while we are on holidays", "kitchen/sourdough.md")


@pytest.mark.parametrize("query", ["xqzvwk blorptangle", "ωξψ ζζζ", "qqqqqqqqqqqqqqqqqqqqqqqq"])
def test_gibberish_finds_nothing(notes: Workspace, query: str) -> None:
    assert notes.search(query).verdict == "nothing"


def test_what_is_not_in_the_notes_is_not_found(notes: Workspace) -> None:
    for query in ("quantum chromodynamics of gluons", "parliamentary election turnout in Peru"):
        assert notes.search(query).verdict in {"weak", "nothing"}, query


@pytest.mark.parametrize(
    "query", ["", " ", "\n\t", '"', "()", '"" (( ))', "'';--", "* ^ :", "\0", "…", "\u200c", "\ufeff", "🍵"]
)
def test_no_words_find_nothing(notes: Workspace, query: str) -> None:
    assert notes.search(query, lenient=True) == Results(query, "nothing", True, ())
    assert notes.search(query).hits == ()


@pytest.mark.parametrize(
    "query",
    [
        'slate AND "tiles',
        "slate OR NOT tiles",
        "slate NEAR(tiles, 3)",
        "body:slate tiles*",
        "{slate tiles}: ^roof -5",
        "slate'); DROP TABLE notes; --",
        "slate\0tiles",
        "slate\ud800 tiles",
        "<b>slate</b> [[tiles]] %s %d {0}",
        "slate\r\n\ttiles \x1b[31m",
        "../../slate/tiles",
        "ｓｌａｔｅ tiles",
    ],
)
def test_operators_are_plain_words(notes: Workspace, query: str) -> None:
    results = notes.search(query)
    assert results.hits[0].path == "work/roof meeting.md"
    assert results.query == query.replace("\ud800", "?"), "half a character could not be printed"
    check_shape(results)


@pytest.mark.parametrize("piece", ["slate tiles roof ", "x", "泡茶", "(", "\0", "a b c d e f g h i j k l m n o p "])
def test_a_query_of_a_megabyte(notes: Workspace, piece: str) -> None:
    started = time.perf_counter()
    check_shape(notes.search(piece * (1_000_000 // len(piece))))
    assert time.perf_counter() - started < 2


def test_limits(notes: Workspace) -> None:
    assert len(notes.search("the", 1).hits) == 1
    assert len(notes.search("flour", 1_000).hits) > 1
    for limit in (0, -1, 1_001):
        with pytest.raises(InvalidRequest, match=f"limit must be from 1 to 1000, not {limit}"):
            notes.search("flour", limit)


def test_the_limit_of_the_settings(indexed: Callable[..., Workspace]) -> None:
    assert len(indexed(NOTES, Settings(search_limit=2)).search("flour water").hits) == 2


def test_one_note_does_not_fill_the_list(indexed: Callable[..., Workspace]) -> None:
    long = "\n".join(f"## Part {n}\n\nThe harbour. {'More about the harbour and its ships. ' * 40}" for n in range(9))
    workspace = indexed(f"== long.md ==\n# Harbour\n\n{long}\n== short.md ==\nA walk to the harbour.\n")
    found = [hit.path for hit in workspace.search("harbour").hits]
    assert found.count("long.md") == 3
    assert "short.md" in found


def test_the_same_query_gives_the_same_list(indexed: Callable[..., Workspace]) -> None:
    same = "".join(f"== {n}.md ==\nThe very same words.\n" for n in range(30))
    workspace = indexed(same)
    first = workspace.search("same words", 30)
    assert first == workspace.search("same words", 30)
    assert [hit.path for hit in workspace.search("same words", 5).hits] == [hit.path for hit in first.hits[:5]]
    workspace.bring_up_to_date(rebuild=True)
    assert workspace.search("same words", 30) == first


def test_only_one_leg(notes: Workspace) -> None:
    assert {hit.path for hit in notes.search("slate", only="lexical").hits} == {"work/roof meeting.md"}
    assert notes.search("slate", only="semantic").hits[0].path == "work/roof meeting.md"
    assert notes.search("covering of the house", only="lexical").hits == ()
    assert notes.search("slate for the garage", only="lexical").verdict == "found"


def test_after_an_edit_the_snippet_is_of_the_file_as_it_is(notes: Workspace) -> None:
    path = notes.root / "kitchen" / "sourdough.md"
    path.write_text("New first line.\n\n" + path.read_text().replace("sleeps", "rests"))
    hit = check_first(notes, "holidays fridge", "kitchen/sourdough.md")
    assert hit.end_line <= len(path.read_text().splitlines())
    path.write_text("Short.\n")
    hit = notes.search("holidays fridge").hits[0]
    assert (hit.path, hit.snippet) == ("kitchen/sourdough.md", "")
    assert hit.end_line <= 2
    path.write_text("")
    check_shape(notes.search("holidays fridge"))
    path.write_bytes(b"\0\xff")
    check_shape(notes.search("holidays fridge"))


def test_after_an_edit_the_lines_follow_the_heading(indexed: Callable[..., Workspace]) -> None:
    part = "Some words. " * 60
    workspace = indexed(f"== a.md ==\n# A\n\n{part}\n\n## Walrus\n\nThe walrus sleeps. {part}\n")
    assert (hit := workspace.search("walrus").hits[0]).heading == "Walrus"
    path = workspace.root / "a.md"
    path.write_text("\n\n\n\n" + path.read_text())
    moved = workspace.search("walrus").hits[0]
    assert (moved.start_line, moved.snippet) == (hit.start_line + 4, hit.snippet)


def test_a_file_that_is_gone_is_still_named(notes: Workspace) -> None:
    (notes.root / "work" / "roof meeting.md").unlink()
    hit = check_first(notes, "slate tiles", "work/roof meeting.md", snippet="", highlights=())
    assert hit.title == "Roof meeting"


def test_notes_give_the_terminal_no_orders(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== a.md ==\nA walrus \x1b[31min red\x07 and \x9b1m bold\u200c.\n")
    hit = workspace.search("walrus").hits[0]
    assert hit.snippet == "A walrus [31min red and 1m bold\u200c."


def test_nothing_was_indexed(open_workspace: Callable[..., Workspace], vault: Callable[..., Path]) -> None:
    workspace = open_workspace(vault(NOTES))
    with pytest.raises(IndexMissing, match="nothing has been indexed here yet; run `starlight index`"):
        workspace.search("tea")
    assert not workspace.is_indexed
    assert workspace.failures() == {}
    assert not workspace.location.folder.exists(), "asking leaves nothing behind"


def test_an_empty_note_is_found_by_its_name(indexed: Callable[..., Workspace]) -> None:
    check_first(indexed("== Walrus facts.md ==\n== b.md ==\nwords\n"), "walrus", "Walrus facts.md", snippet="")


def test_below_a_folder(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    assert {hit.path for hit in workspace.search("eggs, tomatoes and slate").hits} >= {"kitchen/pancakes.md"}
    found = workspace.search("eggs, tomatoes and slate", below="work")
    assert found.hits
    assert {hit.path for hit in found.hits} <= {"work/roof meeting.md", "work/bicycle.md"}
    assert workspace.search("slate", below="wor").hits == ()


def test_the_heading_of_a_small_section_is_found(indexed: Callable[..., Workspace]) -> None:
    """Small sections are one passage, under the headings they have in common: each one's own is text of it."""
    workspace = indexed("== code.md ==\n# Code\n\n## Walrus\n\nOne.\n\n## Narwhal\n\nTwo.\n")
    for word in ("walrus", "narwhal"):
        (hit,) = workspace.search(word).hits
        assert f"words: {word}" in hit.reasons or f"in the heading: {word}" in hit.reasons


def test_the_numbers_of_a_hit_add_up(notes: Workspace) -> None:
    for query in ("slate tiles", "repairing the bike", "Pancakes", "levain"):
        for hit in notes.search(query, explain=True).hits:
            numbers = hit.explanation
            assert numbers is not None
            by_words = numbers.trust * numbers.lexical / (numbers.best_lexical or 1)
            fused = (1 - numbers.weight) * by_words + numbers.weight * max(numbers.cosine, 0)
            assert numbers.fused == pytest.approx(fused)
            assert numbers.score == pytest.approx(numbers.smoothed + numbers.named + numbers.timely)
            assert hit.score == pytest.approx(numbers.score, abs=1e-4)
            assert f"score {numbers.score:.4f}: " in numbers.in_numbers()
    assert notes.search("levain", explain=True).hits[0].explanation.named == 1
    assert all(hit.explanation is None for hit in notes.search("slate tiles").hits)


def test_every_hit_says_why(notes: Workspace) -> None:
    for query in ("slate tiles", "repairing the bike", "growing vegetables", "xqzvwk blorptangle", "泡茶", "the"):
        assert all(hit.reasons and all(hit.reasons) for hit in notes.search(query).hits), query


def test_the_sentence_is_the_one_that_answers(notes: Workspace) -> None:
    hit = check_first(notes, "holidays fridge", "kitchen/sourdough.md")
    assert hit.sentence == "Put the jar into the fridge."
    assert hit.snippet.startswith(hit.sentence)
    assert "fridge" in (notes.root / hit.path).read_text().splitlines()[hit.line - 1]


def test_a_short_line_is_the_snippet_where_it_alone_holds_the_word(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== animals.md ==\n# Animals\n\nA narwhal.\n\nOther animals live in warmer water, as a rule.\n")
    (hit,) = workspace.search("narwhal").hits
    assert hit.snippet.startswith("A narwhal.")
    assert hit.line == 3
