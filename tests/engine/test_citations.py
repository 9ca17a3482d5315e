"""Every statement of an answer is checked against the passages that it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine.answer import Source
from starlight.engine.citations import check
from starlight.notes.sentences import sentences
from tests.notes.strategies import any_text, markdown_text, odd_markdown


def _source(number: int, text: str, title: str = "A note", heading: str = "") -> Source:
    return Source(number, f"note-{number}.md", 1, 9, title, heading, text, len(text) // 4)


TAP = (
    "The tap drips. Do not use the old washer. A new one cost 1,200 yen and took 20 minutes. Anna met Bob before lunch."
)
TRIP = "On 2024-05-03 we cycled 12 km to Lake Varn. The ferry leaves at 19:30 and carries 8 bicycles, 40 passengers."
CAKE = (
    "Umlage von 1.860 Euro je Parzelle.\nDer Mast wirft keinen Schatten auf die Erdbeeren.\n\n"
    "- 125 g Butter\n- 110 g Zucker"
)
SOURCES = (_source(1, TAP, "Tap"), _source(2, TRIP, "Lake"), _source(3, CAKE, "Garten"))


def _checked(answer: str, *sources: Source):
    (statement,) = check(answer, sources or SOURCES)
    return statement


@pytest.mark.parametrize(
    "answer",
    [
        "The tap drips [1].",
        "The tap drips. [1]",
        "The tap dripped [1].",
        "A new washer cost 1200 yen [1].",
        "A new one took twenty minutes [1].",
        "A new one cost ¥1.200 [1].",
        "The old washer should not be used [1].",
        "Don't use the old washer [1].",
        "We cycled to Lake Varn on 3 May 2024 [2].",
        "In May 2024 we cycled 12,000 m to Lake Varn [2].",
        "The ferry leaves at 7:30 pm [2].",
        "The tap drips and the ferry carries eight bicycles [1][2].",
        "The tap drips and the ferry carries eight bicycles [1, 2].",
        "The tap drips and the ferry carries eight bicycles [1-2].",
        "Die Umlage beträgt 1860 € je Parzelle [3].",
        "Der Mast wirft keine Schatten auf Erdbeeren [3].",
        '"Do not use the old washer" [1].',
        "- 125 g Butter [3]",
        "Before lunch, Anna met Bob [1].",
    ],
)
def test_what_is_so_is_supported(answer):
    statement = _checked(answer)
    assert (statement.support, statement.reason) == ("supported", "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("A new one cost 1,300 yen [1].", "1,300 yen is not in source 1"),
        ("A new one took 20 hours [1].", "20 hours is not in source 1, where it has another unit"),
        ("We cycled 12 miles to Lake Varn [2].", "12 miles is not in source 2, where it has another unit"),
        ("On 4 May 2024 we cycled to Lake Varn [2].", "4 May 2024 is not in source 2"),
        ("The ferry carries 40 bicycles [2].", "40 is said of something else in source 2"),
        ("125 g Zucker [3]", "125 g is said of something else in source 3"),
        ("Use the old washer [1].", "source 1 says 'not' where this does not"),
        ("The tap does not drip [1].", "this says 'not' where source 1 does not"),
        ("Der Mast wirft Schatten auf die Erdbeeren [3].", "source 3 says 'keinen' where this does not"),
        ("Anna met Carl before lunch [1].", "source 1 says 'Bob' where this says 'Carl'"),
        ("We cycled to Lake Orme [2].", "source 2 says 'Varn' where this says 'Orme'"),
        ("Anna met Bob after lunch [1].", "source 1 says 'before' where this says 'after'"),
        ("Lunch came before Anna met Bob [1].", "source 1 says 'bob before lunch', this the other way round"),
        ('The note says "the new washer is fine" [1].', '"the new washer is fine" is not in source 1'),
        ("Run `tap --drip` [1].", "`tap --drip` is not in source 1"),
        ("The tap drips [2].", "source 1 says this; the words 'tap', 'drips' are not in source 2"),
        ("The tap drips [7].", "there is no source 7"),
        ("The tap drips [1][7].", "there is no source 7"),
        (
            "Penguins inherited enormous castles [1].",
            "the words 'Penguins', 'inherited', 'enormous', 'castles' are not in source 1",
        ),
    ],
)
def test_what_is_not_so_is_said(answer, reason):
    statement = _checked(answer)
    assert statement.support == "unsupported"
    assert statement.reason == reason


@pytest.mark.parametrize(
    ("text", "said", "altered"),
    [
        (
            "京都の桜は四月に咲きます。水を入れないでください。",
            "水を入れないでください[1]。",
            "水を入れてください[1]。",
        ),
        (
            "会议定于2024年5月3日在上海举行。",
            "会议定于2024年5月3日在上海举行[1]。",
            "会议定于2024年6月3日在上海举行[1]。",
        ),
        ("این کار ممکن نیست ولی ۱۲ کیلومتر راه است.", "این کار ممکن نیست [1].", "این کار ممکن است [1]."),
        ("Le train ne part pas avant 8 h 30.", "Le train ne part pas [1].", "Le train part [1]."),
        (
            "Поезд не отправляется из Москвы.",
            "Поезд не отправляется из Москвы [1].",
            "Поезд отправляется из Москвы [1].",
        ),
        ("El tren nunca sale de Madrid.", "El tren nunca sale de Madrid [1].", "El tren sale de Madrid [1]."),
    ],
)
def test_in_other_languages(text, said, altered):
    source = _source(1, text)
    assert _checked(said, source).support == "supported"
    assert _checked(altered, source).support != "supported"


def test_a_paraphrase_is_weak():
    statement = _checked("Anna met Bob before lunch, hungry and tired [1].")
    assert (statement.support, statement.reason) == ("weak", "the words 'hungry', 'tired' are not in source 1")


def test_what_cites_nothing_is_uncited_and_may_be_found():
    assert _checked("Penguins swim.").reason == "no source is cited"
    assert _checked("The tap drips.").reason == "no source is cited; source 1 says this"
    assert _checked("The tap drips.").support == "uncited"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            "# Head\n\nOne is so. Two is so [1].\n\nThree is so.",
            [("One is so.", (1,)), ("Two is so [1].", (1,)), ("Three is so.", ())],
        ),
        ("One is so. [1] Two is so. [2]", [("One is so. [1]", (1,)), ("Two is so. [2]", (2,))]),
        ("One is so. [1-3] Two is so.", [("One is so. [1-3]", (1, 2, 3)), ("Two is so.", ())]),
        ("[2] says that one is so.", [("[2] says that one is so.", (2,))]),
        ("- one is so\n- two is so [1]", [("one is so", ()), ("two is so [1]", (1,))]),
        (
            "They are [1]:\n- one\n- two [2]\n\nAfter.",
            [("They are [1]:", (1,)), ("one", (1,)), ("two [2]", (2,)), ("After.", ())],
        ),
        ("- one\n- two\n\n[3]", [("one", (3,)), ("two", (3,))]),
        ("| a | b |\n|---|---|\n| one | two [1] |", [("| one | two [1] |", (1,))]),
        ("Run [1]:\n\n```sh\ngit push\n```", [("Run [1]:", (1,)), ("git push\n", (1,))]),
        ("`a[1]` is code.", [("`a[1]` is code.", ())]),
        ("One is so [[1]](tea.md#L3).", [("One is so [[1]](tea.md#L3).", (1,))]),
    ],
)
def test_marks_cover_what_they_stand_at(answer, expected):
    found = check(answer, [_source(number, "x") for number in (1, 2, 3)])
    assert [(statement.text, statement.sources) for statement in found] == expected


def test_code_is_compared_by_line():
    source = _source(1, "Do this:\n\n```\ngit push origin main\nmake test\n```\n")
    assert _code("git push origin main", source).support == "supported"
    fault = _code("git push --force origin main", source)
    assert (fault.support, fault.reason) == (
        "unsupported",
        "the line `git push --force origin main` is not in the sources cited",
    )


def _code(line: str, source: Source):
    return check(f"Do this [1]:\n\n```\n{line}\n```\n", [source])[-1]


def test_a_heading_above_says_what_the_sentence_is_about():
    source = _source(1, "## Kettle\n\nIt costs 30 euros.", "Kitchen")
    assert _checked("The kettle costs 30 euros [1].", source).support == "supported"
    assert _checked("The toaster costs 30 euros [1].", source).support != "supported"


def test_words_from_everywhere_are_no_support():
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    source = _source(1, "\n\n".join(f"The {word} stood there." for word in words))
    assert _checked(f"The {' '.join(words)} stood [1].", source).support != "supported"


@pytest.mark.parametrize(
    "answer", ["", " \n ", "[1]", "[1][2]\n", "```\n", "# [1]", "|[1]|", "\0", "[1-999]", "[999-1] x"]
)
def test_odd_answers(answer):
    for statement in check(answer, SOURCES):
        assert answer[statement.start : statement.end] == statement.text


def test_no_sources():
    assert _checked("The tap drips [1].", _source(2, "")).reason == "there is no source 1"
    assert check("The tap drips [1].", ())[0].support == "unsupported"


_MARKED = '[1] [2] [9] [1-2] . , not 12 km Bob drips - | # ``` ` " “ 不 ない 2024-05-03 ½'
_marked = st.lists(st.sampled_from([*_MARKED.split(), "\n", "\n\n"]), max_size=30).map(" ".join)


@given(st.one_of(any_text, markdown_text, odd_markdown, _marked), st.one_of(any_text, markdown_text, _marked))
def test_whatever_is_checked_statements_are_pieces_of_the_answer(answer, text):
    at = 0
    for statement in check(answer, [_source(1, text), SOURCES[1]]):
        assert at <= statement.start < statement.end
        assert answer[statement.start : statement.end] == statement.text
        assert statement.reason or statement.support == "supported"
        at = statement.end


_prose = st.lists(
    st.sampled_from(
        [
            "Anna",
            "Bob",
            "met",
            "not",
            "never",
            "12",
            "km",
            "1,200",
            "May",
            "before",
            "after",
            "the",
            "a",
            "tap",
            "drips",
            "3",
            "%",
            "old",
            ",",
            "no",
            "isn't",
            "wasn't",
            "If",
        ]
    ),
    min_size=2,
    max_size=14,
).map(lambda words: " ".join(words).capitalize() + ".")


@given(st.lists(_prose, min_size=1, max_size=6), st.sampled_from(["\n", " ", "\n\n", "\n- "]))
def test_a_sentence_copied_from_its_source_is_supported(said, between):
    text = between.join(said)
    for sentence in sentences(text):
        copied = text[sentence.start : sentence.end]
        for marked in (f"{copied} [1]", f"{copied[:-1]} [1]."):
            for statement in check(marked, [_source(1, text)]):
                assert statement.support == "supported" or statement.reason == "there is nothing in it to check", (
                    marked,
                    statement,
                )
