from __future__ import annotations

from tests.bench.documents import common


def test_what_two_texts_have_in_common_in_the_same_order():
    assert common("abcde", "xaxcxe") == 3
    assert common("abc", "cab") == 2
    assert common("aab", "ba") == 1
    assert common("", "abc") == common("abc", "") == 0
    words = [f"w{n % 7}" for n in range(500)]
    assert common(words, words) == 500
