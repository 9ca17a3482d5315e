"""Words in the scripts that people write, and what a reader sees of Markdown."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes.folding import Folded, normalize
from starlight.notes.text import (
    as_written,
    is_beginning,
    is_unspaced,
    one_line,
    pieces,
    plain,
    segment,
    words,
)

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Black tea, 2 cups!", ["black", "tea", "2", "cups"]),
        ("don't re-use", ["don", "t", "re", "use"]),
        ("snake_case x", ["snake_case", "x"]),
        ("Größe ÉTÉ", ["grösse", "été"]),
        ("ＦＵＬＬ ﬁne", ["full", "fine"]),
        ("泡茶", ["泡茶"]),
        ("泡茶的水", ["泡茶", "茶的", "的水"]),
        ("茶", ["茶"]),
        ("我用pot泡茶", ["我用", "pot", "泡茶"]),
        ("お茶です", ["お茶", "茶で", "です"]),
        ("コーヒー", ["コー", "ーヒ", "ヒー"]),
        ("ﾃｨｰ", ["ティ", "ィー"]),
        ("人々", ["人々"]),
        ("ชาเย็น", ["ชา", "าเ", "เย็", "ย็น"]),  # a letter with its signs is one
        ("한국에서 책", ["한국", "국에", "에서", "책"]),
        ("हिन्दी किताबें", ["हिंद", "किताब"]),
        ("C++, C# and i", ["c\ue000", "c\ue001", "and", "i"]),
        ("notepad++ #tag", ["notepad", "tag"]),
        ("v2.1.0 in 3.5 of 1,000. 7.", ["v 2.1.0", "in", "3.5", "of", "1,000", "7"]),
        ("parseJson", ["parsejson"]),
        (f"می{ZWNJ}خواهم", ["می", "خواهم"]),
        ("كتاب", ["کتاب"]),
        ("علي", ["علی"]),
        ("موسى", ["موسی"]),
        ("خانۀ", ["خانه"]),
        ("الكتاب والقلم", ["کتاب", "قلم"]),
        ("كَتَبَ ١٢", ["کتب", "12"]),
        ("کتابهای میخواندم", ["کتاب", "خواندم"]),
        ("שָׁלוֹם צה״ל", ["שלום", "צהל"]),
        ("قهوة", ["قهوه"]),
        ("ســـلام", ["سلام"]),
        ("co\u00adoperate", ["cooperate"]),
        ("", []),
        ("()\"' --", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    indexed = segment(text).lower()
    assert all(word in indexed for word in expected), "what is asked for is what is indexed"


def test_two_ways_to_type_a_word_are_one() -> None:
    assert normalize("علي كتاب") == normalize("علی کتاب")
    assert normalize("cafe\u0301") == normalize("café")
    assert normalize("plain ascii") == "plain ascii"


def test_is_unspaced() -> None:
    assert all(map(is_unspaced, ("茶", "お茶", "ชา", "한국")))
    assert not any(map(is_unspaced, ("tea", "چای", "किताब")))


def test_a_single_character_is_how_words_begin() -> None:
    assert all(map(is_beginning, ("茶", "책", "ย็", "ဈေး")))
    assert not any(map(is_beginning, ("お茶", "の", "a", "ชา")))
    assert all(f" {char}" in segment("泡茶 책을") for char in "泡茶책을")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Straße", ["straße"]),
        ("C++ v2.1.0", ["c++", "v2.1.0"]),
        ("🦊🏽 🇩🇪 x", ["🦊", "🇩🇪", "x"]),
        ("الكتاب", ["الكتاب"]),
        ("泡茶水", ["泡茶", "茶水"]),
    ],
)
def test_words_are_told_as_they_are_written(text: str, shown: list[str]) -> None:
    assert list(as_written(text)) == words(text)
    assert list(as_written(text).values()) == shown


def test_folded_text_keeps_its_places() -> None:
    text = "a\u200d ﾃﾞｰﾀ ดำ x\ufeff ﬁn"
    folded = Folded(text)
    assert folded.text == "a データ ดํา x fin"

    def place_of(part: str) -> str:
        start = folded.text.index(part)
        return text[slice(*folded.place(start, start + len(part)))]

    assert place_of("データ") == "ﾃﾞｰﾀ"
    assert place_of("า") == "ำ"
    assert place_of("x") == "x\ufeff"
    assert place_of("fin") == "ﬁn"
    assert place_of("n") == "n"


def test_a_place_in_a_text_without_spaces_is_found_past_marks_that_are_several_characters() -> None:
    text = "泡茶…（ＡＢ）ヿか、 茶…"
    folded = Folded(text)
    assert folded.text == "泡茶...(AB)コトか、 茶..."
    for part, written in (("泡茶...", "泡茶…"), ("(AB)", "（ＡＢ）"), ("コトか", "ヿか"), ("茶...", "茶…")):
        start = folded.text.rindex(part)
        assert text[slice(*folded.place(start, start + len(part)))] == written


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("a **bold** and *soft* __word__ _here_", "a bold and soft word here"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("`code` ~~gone~~ ==marked==", "code gone marked"),
        ("[[tea]] [[tea|a cup]] ![[pic.png]]", "tea a cup pic.png"),
        ("[[tea#How to]]", "tea#How to"),
        ("[a cup](tea.md) ![alt](x.png) [](e.md)", "a cup alt "),
        ("[![alt](x.png)](tea.md)", "alt"),
        ("# Tea\n## Black\n> quoted\n- item\n3. third\n- [x] done", "Tea\nBlack\nquoted\nitem\nthird\ndone"),
        ("> [!tip]- Keep it warm", "Keep it warm"),
        ("text<!-- hidden\nlines --> <b>shown</b>", "text\nshown"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("line ^block-1", "line"),
        ("```py\ncode\n```", "\ncode\n"),
        ("[unclosed [[link", "[unclosed [[link"),
    ],
)
def test_plain(markdown: str, shown: str) -> None:
    assert [line.strip() for line in plain(markdown).split("\n")] == [line.strip() for line in shown.split("\n")]


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("`a_ptr<Other>` in <b>bold</b>", "a_ptr<Other> in bold"),
        ("``a ` <b>`` and `[[c]]`", "a ` <b> and [[c]]"),
        ("`not closed <b>x</b>", "not closed x"),
    ],
)
def test_tags_in_code_are_none(markdown: str, shown: str) -> None:
    assert plain(markdown) == shown


def test_plain_of_a_table_is_its_cells() -> None:
    assert plain("| a | b |\n|:--|--:|\n| [[c\\|d]] | e |").split() == ["a", "b", "d", "e"]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 80, "short"),
        (" a\n b\t\tc \r\n", 80, "a b c"),
        ("red \x1b[31malert\x07\x00\x9b1m bell", 80, "red [31malert 1m bell"),
        (f"می{ZWNJ}خواهم", 80, f"می{ZWNJ}خواهم"),
        ("a long line of words", 12, "a long line…"),
        ("x" * 30, 10, "x" * 9 + "…"),
        ("", 10, ""),
    ],
)
def test_one_line(text: str, limit: int, expected: str) -> None:
    assert one_line(text, limit) == expected


@given(st.text(st.sampled_from("ab \n\u00a0ﾃﾞáé\u0301\u200c\u200dｶﾞักำهٱـًﬁœßİ१½"), max_size=20))
def test_folded_text_is_that_of_its_runs_and_every_place_lies_in_the_text(text: str) -> None:
    folded = Folded(text)
    assert folded.text == (text if normalize(text) == text else "".join(map(normalize, re.findall(r"\s+|\S+", text))))
    places = [folded.place(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start <= end <= len(text) for start, end in places)
    assert places == sorted(places)


def test_a_mark_above_or_below_a_letter_ends_no_word_and_every_other_sign_does() -> None:
    signs = [chr(code) for code in range(0x80, 0x1F000) if not 0xD800 <= code < 0xE000 and not chr(code).isalnum()]
    marks = {sign for sign in signs if sign >= "\u0300" and unicodedata.category(sign)[0] == "M"}
    within = marks | set("\u00ad\u05f3\u05f4\u200c\u200d\u2060")
    whole = " ".join(f"a{sign}b" for sign in signs if sign in within)
    apart = " ".join(f"a{sign}b" for sign in signs if sign not in within)
    assert [whole[a:b] for a, b, _ in pieces(whole)] == whole.split(" ")
    assert [apart[a:b] for a, b, _ in pieces(apart)] == ["a", "b"] * (len(signs) - len(within))
