"""Words in the scripts that people write, and what a reader sees of Markdown."""

from __future__ import annotations

import pytest

from starlight.notes.text import is_unspaced, normalize, one_line, plain, segment, words

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Black tea, 2 cups!", ["black", "tea", "2", "cups"]),
        ("don't re-use", ["don", "t", "re", "use"]),
        ("snake_case x", ["snake_case", "x"]),
        ("Größe ÉTÉ", ["größe", "été"]),
        ("ＦＵＬＬ ﬁne", ["full", "fine"]),
        ("泡茶", ["泡茶"]),
        ("泡茶的水", ["泡茶", "茶的", "的水"]),
        ("茶", ["茶"]),
        ("我用pot泡茶", ["我用", "pot", "泡茶"]),
        ("お茶です", ["お茶", "茶で", "です"]),
        ("コーヒー", ["コー", "ーヒ", "ヒー"]),
        ("ﾃｨｰ", ["ティ", "ィー"]),
        ("人々", ["人々"]),
        ("ชาเย็น", ["ชา", "าเ", "เย", "ย", "น"]),  # FTS5 takes a mark above a letter for the end of a word
        (f"می{ZWNJ}خواهم", ["می", "خواهم"]),
        ("كتاب", ["کتاب"]),
        ("علي", ["علی"]),
        ("موسى", ["موسی"]),
        ("خانۀ", ["خانه"]),
        ("قهوة", ["قهوه"]),
        ("ســـلام", ["سلام"]),
        ("co\u00adoperate", ["cooperate"]),
        ("", []),
        ("()\"' --", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert words(segment(text)) == expected, "what is indexed and what is asked agree"


def test_two_ways_to_type_a_word_are_one() -> None:
    assert normalize("علي كتاب") == normalize("علی کتاب")
    assert normalize("cafe\u0301") == normalize("café")
    assert normalize("plain ascii") == "plain ascii"


def test_is_unspaced() -> None:
    assert all(map(is_unspaced, ("茶", "お茶", "ชา")))
    assert not any(map(is_unspaced, ("tea", "چای", "한국")))


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
