"""Queries: what is a filter, what is words, and what is told of the rest."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes import filters
from starlight.notes.fields import FIELDS, forms
from starlight.notes.filters import Either, Every, Filter, Holding, Linked, Not, Tagged, Term, covers, terms
from starlight.notes.query import Query, parse
from tests.notes.strategies import any_text

TODAY = datetime.date(2024, 3, 6)


def asked(text: str) -> Query:
    return parse(text, TODAY)


def shape(filter_: Filter | None) -> str:
    """A filter in short, for comparing."""
    if filter_ is None:
        return ""
    if isinstance(filter_, Term):
        leaf = filter_.leaf
        return leaf.tag if isinstance(leaf, Tagged) else leaf.text if isinstance(leaf, Holding) else str(leaf)
    if isinstance(filter_, Not):
        return f"-{shape(filter_.term)}"
    return f"({(' & ' if isinstance(filter_, Every) else ' | ').join(map(shape, filter_.parts))})"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "how do I keep the soil moist",
        "OIL AND GAS OR (NUCLEAR AND SOLAR) NOT COAL",
        "see: the file: note: x foo:bar",
        "https://example.org/tag:x http://path:80",
        "tag://x file:///etc/hosts date://",
        "alias:: Canvas type:: Element title:: Whiteboard",
        'a 6" pipe and an 8" pipe',
        'say "',
        'a""b',
        '"" "..."',
        "one - two -- three --force a-b -5 -",
        "a query of nine words has a dash -here and there",
        'how do I disable the "did you mean" feature in the search of today',
        "(a AND b) OR (c",
        "don't \u201cquote\u201d \u201ethis\u201c",
        "title",
        "tıtle:x TİTLE:x iſ:x lin\u212a:x",
        "x" * 3_000 + " tag:garden",
    ],
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert parse(text, TODAY, lenient=True) == Query(text)
    if text != 'say "':
        assert asked(text) == Query(text)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("tag:a soil", "soil", "a"),
        ("soil TAG:a water", "soil water", "a"),
        ("soil, tag:a, water", "soil, , water", "a"),
        ("tag:a tag:b", "", "(a & b)"),
        ("tag:a AND tag:b", "", "(a & b)"),
        ("tag:a OR tag:b soil", "soil", "(a | b)"),
        ("tag:a tag:b OR tag:c", "", "((a & b) | c)"),
        ("tag:a (tag:b OR tag:c)", "", "(a & (b | c))"),
        ("((tag:a))", "", "a"),
        ("tag:a OR (tag:b -tag:c)", "", "(a | (b & -c))"),
        ("tag:a OR soil OR tag:b", "OR soil OR", "(a & b)"),
        ("tag:a AND", "", "a"),
        ("OR tag:a", "", "a"),
        ("soil AND tag:a", "soil AND", "a"),
        ("(soil tag:a)", "(soil )", "a"),
        ('"slate roof"', '"slate roof"', "slate roof"),
        ('old "slate roof" tag:a', 'old "slate roof"', "(slate roof & a)"),
        ('("a b" OR "c d") x', '"a b" "c d" x', "(a b | c d)"),
        ('-"slate roof" old', "old", "-slate roof"),
        (
            'tag:a a quote in "many words" of prose that goes on and on',
            'a quote in "many words" of prose that goes on and on',
            "(a & many words)",
        ),
        ("old -slate", "old", "-slate"),
        ("(tag:a OR tag:b OR (tag:a OR tag:c OR -slate))", "", "(a | b | (a | c | -slate))"),
        (
            '"a quote of some more words" -slate "and another one"',
            '"a quote of some more words" "and another one"',
            "(a quote of some more words & -slate & and another one)",
        ),
        ("(tag:a soil)", "( soil)", "a"),
        ("(tag:a soil(s)), ", "( soil(s)),", "a"),
        ("-slate", "", "-slate"),
        ("-slate,", "", "-slate"),
        ("tag:a -", "", "a"),
        ("tag:a & tag:b", "", "(a & b)"),
        (
            "-tag:a in a query that is quite long enough to be prose",
            "in a query that is quite long enough to be prose",
            "-a",
        ),
        ('tag:"two words"', "", "two words"),
    ],
)
def test_filters_and_words(text: str, words: str, expected: str) -> None:
    query = asked(text)
    assert (query.words, shape(query.filter), query.problems) == (words, expected, ())
    assert parse(text, TODAY, lenient=True) == query


def test_terms_know_where_they_stand() -> None:
    text = 'soil -tag:old date:last week "slate roof" x'
    query = asked(text)
    assert query.filter
    found = [(text[term.start : term.end], is_left_out) for term, is_left_out in terms(query.filter)]
    assert found == [("-tag:old", True), ("date:last week", False), ('"slate roof"', False)]
    assert query.words == 'soil "slate roof" x'


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("date:last week soil", "2024-02-26", "2024-03-03", "soil"),
        ("date:2024 soil", "2024-01-01", "2024-12-31", "soil"),
        ("date:may 5 2023 soil", "2023-05-05", "2023-05-05", "soil"),
        ("date:3 days ago", "2024-03-03", "2024-03-03", ""),
        ("date:2024-01..2024-02.", None, None, ""),
        ("(date:yesterday)", "2024-03-05", "2024-03-05", ""),
        ("date:today tag:x", "2024-03-06", "2024-03-06", ""),
    ],
)
def test_times_may_have_blanks(text: str, first: str | None, last: str | None, words: str) -> None:
    query = asked(text)
    assert query.words == words
    if first is None:
        assert len(query.problems) == 1
        return
    assert query.filter
    leaf = next(terms(query.filter))[0].leaf
    assert isinstance(leaf, filters.Dated)
    assert (str(leaf.first), str(leaf.last)) == (first, last)


@pytest.mark.parametrize(
    ("text", "name", "direction"),
    [
        ("link:tea", "tea", "either"),
        ("link:[[Roof meeting|that one]] x", "Roof meeting", "either"),
        ('links-to:"Roof meeting"', "Roof meeting", "to"),
        ("linked-from:a/b.md", "a/b.md", "from"),
        ("link:[[tea#green]]", "tea", "either"),
    ],
)
def test_links_name_notes(text: str, name: str, direction: str) -> None:
    query = asked(text)
    assert query.filter
    assert next(terms(query.filter))[0].leaf == Linked(name, direction)


@pytest.mark.parametrize(
    ("text", "part", "said", "words"),
    [
        ("date:nonsense soil", "date:nonsense", "last week", "soil"),
        ("soil is:wat", "is:wat", "is:orphan", "soil"),
        ("lang:q1", "lang:q1", "lang:de", ""),
        ("tag:# x", "tag:#", "tag:garden", "x"),
        ("link:[[]] x", "link:[[]]", "name of a note", "x"),
        ('title:"" x', 'title:""', "roof meeting", "x"),
        ("soil tag:", "tag:", "tag:garden", "soil"),
        ("soil tag: ", "tag:", "tag:garden", "soil"),
        ("roof -tag:", "-tag:", "tag:garden", "roof"),
        ('roof -tag:"open', '"', "has no end", 'roof -tag:"open'),
        ('soil "open', '"', "has no end", 'soil "open'),
        ('soil tag:"open', '"', "has no end", 'soil tag:"open'),
        ("(tag:a soil", "(", "not closed", "( soil"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, part: str, said: str, words: str) -> None:
    query = asked(text)
    (problem,) = query.problems
    assert text[problem.start : problem.end] == part
    assert said in problem.message
    assert query.words == words
    assert parse(text, TODAY, lenient=True).problems == ()


def test_in_a_batch_what_makes_no_sense_is_words() -> None:
    for text in ("date:nonsense soil", "is:wat", "soil tag:", "roof -tag:", 'soil "open'):
        assert parse(text, TODAY, lenient=True) == Query(text)


def test_every_form_is_understood() -> None:
    for form in forms():
        query = asked(form.written)
        assert query.filter, form.written
        assert not query.problems, form.written
    assert {form.written.partition(":")[0] for form in forms()} >= set(FIELDS)


def test_what_a_filter_is_for() -> None:
    query = asked('(tag:a OR "b c") -d')
    assert query.filter

    def holds(*true: str):
        return lambda leaf: (leaf.tag if isinstance(leaf, Tagged) else leaf.text) in true

    for passage, note, expected in [
        (("a",), ("a",), True),
        (("b c",), ("b c",), True),
        ((), ("a",), False),
        (("a",), ("a", "d"), False),
    ]:
        assert covers(query.filter, holds(*passage), holds(*note)) is expected


PARTS = ["(", ")", "AND", "OR", "-", '"', '"a b"', "tag:a", "-x", "date:", "date:may 5", "[[", "is:", "-tag:", " "]
PIECES = st.one_of(st.sampled_from([*PARTS, "tıtle:x", "TİTLE:x", "-iſ:x", "lin\u212a:x"]), any_text)


@given(st.lists(PIECES, max_size=30).map(" ".join), st.dates(), st.booleans())
def test_no_text_is_an_error(text: str, today: datetime.date, lenient: bool) -> None:
    query = parse(text, today, lenient=lenient)
    spans = [(problem.start, problem.end) for problem in query.problems]
    spans += [(term.start, term.end) for term, _ in terms(query.filter)] if query.filter else []
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert not (lenient and query.problems)
    assert query.filter or query.problems or query == Query(text)


def test_deep_and_long_queries_are_quick() -> None:
    for text in (
        "(" * 1_900 + "tag:a",
        "(tag:a " * 280,
        "(" * 900 + "tag:a" + ")" * 900,
        "tag:a OR " * 220,
        "-" * 1_999,
    ):
        asked(text)
    assert isinstance(asked("tag:a OR " * 220).filter, Either)
