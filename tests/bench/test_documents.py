from __future__ import annotations

from tests.bench.documents import _expected, _headings, common


def test_what_two_texts_have_in_common_in_the_same_order():
    assert common("abcde", "xaxcxe") == 3
    assert common("abc", "cab") == 2
    assert common("aab", "ba") == 1
    assert common("", "abc") == common("abc", "") == 0
    words = [f"w{n % 7}" for n in range(500)]
    assert common(words, words) == 500


def test_headings_that_a_format_cannot_hold_are_not_expected_in_it():
    def header(level: int, word: str):
        return {"t": "Header", "c": [level, ["", [], []], [{"t": "Str", "c": word}]]}

    blocks = [
        header(1, "a"),
        header(6, "b"),
        {"t": "BlockQuote", "c": [header(2, "c")]},
        header(4, "d"),
        header(1, "e"),
    ]
    known = [((level, (said[0]["c"],)), is_inside) for level, said, is_inside in _headings(blocks)]
    said = {name: [(level, words[0]) for level, words in _expected(name, known)] for name in ("rst", "org", "latex")}
    assert said["rst"] == [(2, "a"), (3, "d"), (2, "e")]
    assert said["org"] == [(1, "a"), (6, "b"), (4, "d"), (1, "e")]
    assert said["latex"] == [(1, "a"), (2, "c"), (4, "d"), (1, "e")]
    assert [level for level, _ in _expected("asciidoc", known)] == [0] * 5
