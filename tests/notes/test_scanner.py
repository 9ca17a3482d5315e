"""The scanner gives what markdown-it-py gives: on odd texts, on whole vaults, and fast on the worst of them."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from starlight.index import disk
from starlight.notes import chunking, inline, markdown, scanner
from starlight.notes.constructs import NotPlain
from starlight.notes.model import Note
from tests.notes.strategies import any_text, markdown_text, odd_markdown
from tests.parts import need

DATA = Path(os.environ.get("STARLIGHT_BENCH_DATA") or Path(__file__).parents[3] / "shared" / "data")
VAULTS = sorted(folder for folder in (DATA / "vaults").glob("*") if folder.is_dir())


def by_markdown_it(text: str) -> Note:
    """The note that ``text`` holds, with nothing left to the scanner."""

    def refuse(content: str) -> inline.Records:
        raise NotPlain

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "scan", lambda text, line: None)
        patch.setattr(inline, "find", refuse)
        return markdown.parse(text, "stem")


def check_same(text: str) -> None:
    assert markdown.parse(text, "stem") == by_markdown_it(text)


@given(odd_markdown)
@settings(max_examples=2_000, derandomize=True, deadline=None)
def test_odd_texts_are_the_same(text: str) -> None:
    check_same(text)


@given(any_text | markdown_text)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_any_texts_are_the_same(text: str) -> None:
    check_same(text)


@pytest.mark.parametrize(
    "text",
    [
        '> > [r]: x.md\n"t"\n',  # the title of a definition on a line that only lazily belongs to the quote
        "> a\n>\n>\n\n\nb",  # a quote takes the blank lines after it where its own last lines are blank
        "a|b\n-|-\n\x0b\n",  # a row of white space that is not blank
        "> - [a\n     b](c)\n",
        "-\t[two\n\t  lines](tea.md)\n",
        "[^a]:\n    no definition [[tea]]\n",
        "[a]: b\n[c](d)\n",
        "<http://a.b\n> [a](b)",
        "![a](javascript:x) [b](c)",
        "- - - - - - - - - - - [[tea]]\n",  # deeper than markdown-it-py goes
        "1. a\n   ```\n   [[no]]\n b\n",
        "- a\n      - b\n\n  c\n",
        "[[[[[[[[[[[[[[[[[[[[[[[[[a](b)",
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_corners(text: str, line_end: str) -> None:
    check_same(text.replace("\n", line_end))


def test_a_nul_does_not_move_links() -> None:
    (link,) = markdown.parse("a\0b [[tea]]", "stem").links
    assert (link.start, link.end) == (4, 11)


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\ntext\nmore\n\n- a\n  - b\n\n    c\n1. d\n",
        "> [!note]\n> text\nlazy\n\n> - a\n> - b\n",
        "```py\ncode\n```\n\n    code\n\n***\n",
        "| a | b |\n|---|---|\n| c | d |\n",
        "<div>\nx\n</div>\n\n<!-- c -->\n",
        "[a]: b.md 'title'\n[b]: <c d>\n\n[^1]: foot note\n",
        "\t- a\n\t- b\n\nA\n===\nB\n---\n",
    ],
)
def test_what_documentation_is_made_of_is_plain(text: str) -> None:
    assert scanner.scan(text) is not None


@pytest.mark.parametrize(
    "content",
    [
        "[a](b) and [`b`](c 'd') \\[ `[x]` [1] [a][b] ![i](j) [![i](j)](k) <b>x</b> <http://a.b>",
        "![[a#b|c]] [[d]] #tag [ ] todo",
        "[!INCLUDE [a](b.md)]",
    ],
)
def test_what_paragraphs_are_made_of_is_plain(content: str) -> None:
    inline.find(content)


def notes_of(vault: Path, step: int) -> list[str]:
    """The texts of every ``step``-th note."""
    facts = disk.Selection(vault).walk(lambda path, reason: pytest.fail(f"{path}: {reason}"))
    return [
        (vault / fact.path).read_bytes().decode("utf-8-sig", errors="replace")
        for fact in itertools.islice(facts, 0, None, step)
    ]


@pytest.mark.parametrize("vault", VAULTS or [None], ids=lambda vault: vault.name if vault else "none")
def test_notes_of_a_vault_are_the_same_and_mostly_plain(vault: Path | None) -> None:
    need("data", vault is not None, "vaults of Markdown notes under $STARLIGHT_BENCH_DATA/vaults")
    assert vault is not None
    size = left = 0
    for text in notes_of(vault, step=20):
        check_same(text)
        size += len(text)
        left += 0 if scanner.scan(text.replace("\r\n", "\n").replace("\0", "")) else len(text)
    assert size
    assert left <= size / 20


@pytest.mark.parametrize(
    "text",
    [
        "- item [[tea]]\n" * 50_000,
        "".join(f"{number}. item\n\n   more\n" for number in range(30_000)),
        "| a | b |\n|---|---|\n" + "| [[tea]] | d |\n" * 100_000,
        "| a | b |\n|---|---|\n" + "| c\n" * 100_000,
        "> quote\n" * 50_000,
        "> " * 5_000 + "deep",
        "- " * 5_000 + "deep",
        "".join(" " * depth + "- a\n" for depth in range(2_000)),
        "[" * 49_000 + "](a)",
        "[a" * 20_000 + "](b)",
        "`a``b" * 9_000 + "[[tea]]",
        "<a <!-- [[tea]] ![" * 2_500 + "](x)",
        "words " * 2_000_000,
        "[label\n" * 5_000,
        "[a]:\n" * 20_000,
        "- [a\n" * 30_000,
        "- [a\n" + "- text\n" * 30_000,
        "> ```\na\n" * 20_000,
        "> > ```\n> a\n" * 20_000,
        "- > ```\n  a\n" + "  > ```\n  a\n" * 20_000,
        "```\n" * 50_001,
        "<div>\n" * 50_000,
        "text\n" * 200_000,
        "a | b\n" * 50_000,
        "\n" * 500_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_the_worst_texts_take_linear_time(text: str) -> None:
    started = time.process_time()
    note = markdown.parse(text, "stem")
    chunking.chunks(text, note)
    assert time.process_time() - started < 3
