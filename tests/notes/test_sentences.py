"""Sentences: where they end in many languages, and what of Markdown is in none."""

from __future__ import annotations

import pytest
from hypothesis import given

from starlight.notes.sentences import Sentence, sentences
from tests.notes.strategies import any_text, markdown_text, odd_markdown


def split(text: str) -> list[str]:
    return [text[found.start : found.end] for found in sentences(text)]


def parts(marked: str) -> None:
    """``marked`` has a ``|`` at every border: without them, the same sentences are found."""
    assert split(marked.replace("|", " ")) == [part.strip() for part in marked.split("|")]


@pytest.mark.parametrize(
    "marked",
    [
        "It rained.|We stayed at home!|Did you?|Yes…|No.",
        "Mr. Smith met Dr. Jones at St. Mary's.|They spoke.",
        "Bring fruit, e.g. Apples or pears.|Nothing else, i.e. no cake.",
        "We sat on chairs, tables etc.|Then it began.",
        "It weighs 3.5 kg, version 2.0.1 as of 12.4.2024.|The rest is on example.com/a.b?c=page.|Fine",
        "J. R. R. Tolkien wrote it.|He lived in the U.S.|Then not.",
        "The U.S. Army came at 5 p.m. on Monday.|It left.",
        "See fig. 3 and no. 12, pp. 4 to 9.|The answer is no.|We left.",
        "It opens on Jan. 5.|The score was 24 to 10.|Luke had one.",
        'He said "Stop!" and left.|"Why?" she asked.|(It was late.)|Nobody knew.',
        "Wait... what is it?|Nothing.",
        "i write small.|so do you, e.g. here.|always.",
        "Am 3. Mai kam er an.|Im 19. Jahrhundert war das anders.|Der 1. FC gewann.",
        "Das gilt z. B. für Äpfel, d. h. Obst.|Vgl. S. 12 und Nr. 5.|Er kommt bzw. Sie kommt.",
        "Hr. Maier, geb. Schmidt, wohnt dort.|Es war 1990.|Danach nicht mehr.",
        "El Sr. García llegó.|¿Qué dijo la Sra. López?|Nada.",
        "Il est parti.|« Vraiment ? »|Oui.",
        "Он приехал в Москву, т.е. домой.|Было поздно.",
        "वह घर गया।|क्या हुआ?|कुछ नहीं।",
        "او آمد.|چرا رفت؟|نمی‌دانم.",
    ],
)
def test_in_languages_with_spaces(marked: str) -> None:
    parts(marked)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天下雨。我们在家！你呢？", ["今天下雨。", "我们在家！", "你呢？"]),
        ("他说：“走吧。”我们走了。", ["他说：“走吧。”", "我们走了。"]),
        ("「行こう。」と言った。雨が降る。", ["「行こう。」と言った。", "雨が降る。"]),
        ("什么?没有!好", ["什么?", "没有!", "好"]),
        ("ฝนตกหนัก\nเราอยู่บ้าน", ["ฝนตกหนัก\nเราอยู่บ้าน"]),
        ("เกิดเมื่อ พ.ศ. 2500 ที่บ้าน", ["เกิดเมื่อ พ.ศ. 2500 ที่บ้าน"]),
    ],
)
def test_in_scripts_without_spaces(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_long_thai_ends_at_spaces_and_else_at_blank_lines() -> None:
    clause = "เราอยู่บ้านกันทั้งวันเพราะฝนตกหนัก" * 2
    assert split(f"{clause} {clause} สั้น\n\n{clause}") == [clause, f"{clause} สั้น"[: len(clause)], "สั้น", clause]


def test_a_mark_behind_the_full_stop_belongs_to_what_it_follows() -> None:
    text = "It rained. [1] We stayed.[2][3] Why [1, 2]? Since then.[^a] End [4]."
    assert split(text) == ["It rained. [1]", "We stayed.[2][3]", "Why [1, 2]?", "Since then.[^a]", "End [4]."]
    assert split("雨。[1]我们在家。[2]") == ["雨。[1]", "我们在家。[2]"]


def test_markdown_has_borders_of_its_own() -> None:
    text = """# One. Two #
Text that goes
on here. And
ends
## Three
- item one
- [ ] item two. More
  of it
1. first
2) second

> quoted text
> goes on. And ends

Setext. Heading
===
Line with a break{spaces}
next line\\
last

| a. b | c |
|---|---|
| 1. 2 | 3 |

x | y
--|--
p | q

[ref]: http://a.b
[^1]: A foot note.
***
End
""".replace("{spaces}", "  ")
    assert split(text) == [
        "One. Two", "Text that goes\non here.", "And\nends", "Three", "item one", "item two.", "More\n  of it",
        "first", "second", "quoted text\n> goes on.", "And ends", "Setext. Heading", "Line with a break",
        "next line\\", "last", "| a. b | c |", "| 1. 2 | 3 |", "x | y", "p | q", "A foot note.", "End",
    ]  # fmt: skip
    assert [text[found.start : found.end] for found in sentences(text) if found.is_heading] == [
        "One. Two", "Three", "Setext. Heading",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "```\nno = 1. No\n```",
        "~~~ py\nno\n```\nno\n~~~~",
        "````\n```\nno\n````",
        "    no = 1\n    no()",
        "$$\nno. No\n$$",
        "$$ no $$",
        "> ```\n> no\n> ```",
    ],
)
def test_code_is_in_no_sentence(code: str) -> None:
    assert split(f"Before it.\n\n{code}\n\nAfter it.") == ["Before it.", "After it."]


def test_code_ends_with_the_quotation_or_never() -> None:
    assert split("> ```\n> no\n\nYes.") == ["Yes."]
    assert split("Yes.\n```\nno. No.\n") == ["Yes."]
    assert split("```a``` is inline. Yes.") == ["```a``` is inline.", "Yes."]


def test_full_stops_in_code_links_and_addresses_end_nothing() -> None:
    parts("Call `a. B()` now.|See [it](x.md#A. B) and [[St. Mary. Notes]].|Or <http://a.b/C>.|**Done.**|Next.")


def test_a_number_that_begins_a_line_is_no_item() -> None:
    assert split("It was in\n1990. Then it ended.") == ["It was in\n1990.", "Then it ended."]


@pytest.mark.parametrize("text", ["", " \n\n", "...", "---", "🙂", "```", "|", ">", "#", "- ", "[1]:", "\0"])
def test_nothing_to_read(text: str) -> None:
    assert sentences(text) == []


def test_lines_end_in_any_way() -> None:
    assert split("One\r\ntwo.\r\n\r\n- Three\r- Four") == ["One\r\ntwo.", "Three", "Four"]


def check(text: str) -> None:
    found = sentences(text)
    ends = [place for sentence in found for place in (sentence.start, sentence.end)]
    assert ends == sorted(ends), "in order, and apart"
    for start, end, _ in found:
        part = text[start:end]
        assert part == part.strip()
        assert any(map(str.isalnum, part))


@given(any_text)
def test_any_text(text: str) -> None:
    check(text)


@given(markdown_text | odd_markdown)
def test_any_markdown(text: str) -> None:
    check(text)


def test_no_word_of_prose_is_lost() -> None:
    text = "First one here. Second (two) follows!\n\n* Third; three.\n\n> Fourth? 4. Fifth\n"
    assert "".join(split(text)).split() != []
    kept = set("".join(f" {part} " for part in split(text)).split())
    assert kept >= {word for word in text.split() if any(map(str.isalnum, word))}


PIECES = ("a. ", "](", "`", "[[", "<", ". [1]", "1. ", "> ", "| ", "茶。", "ก ", "$$ ", "é.\n")


@pytest.mark.parametrize("piece", PIECES)
def test_long_texts_do_not_take_the_square_of_their_length(piece: str) -> None:
    """If one did, pytest's time limit would end it."""
    check(piece * (100_000 // len(piece)))


def test_a_sentence_says_where_it_stands() -> None:
    assert sentences("# A\n\nB c.") == [Sentence(2, 3, is_heading=True), Sentence(5, 9)]
