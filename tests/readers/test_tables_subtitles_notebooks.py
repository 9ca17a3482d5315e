import json

import pytest

from starlight.errors import NoteError
from starlight.readers import csv_head, notebook, subtitles


def table(text: str, name: str = "t.csv") -> list[str]:
    return csv_head.read(text.encode(), name).text.split("\n")


def test_rows_have_bars_between_their_cells():
    assert table('name,hot\n"green, tea",yes\n\n') == ["name | hot", "green, tea | yes", "", ""]
    assert table("a;b;c\n1,5;2;3\n") == ["a | b | c", "1,5 | 2 | 3", ""]
    assert table("a\tb, c\n1\t2\n", "t.tsv") == ["a | b, c", "1 | 2", ""]


def test_a_cell_over_two_lines_stands_on_both():
    assert table('a,"b\nc",d\ne,f,g\n') == ["a | b", "c | d", "e | f | g", ""]


def test_rows_after_the_fiftieth_are_not_read():
    lines = table("".join(f"row {n},x\n" for n in range(100)))
    assert len(lines) == 101
    assert lines[49] == "row 49 | x"
    assert not any(lines[50:])


def test_long_rows_are_read_to_their_end():
    words = " ".join(f"w{n}" for n in range(60_000))
    assert table(f'a,"{words}",c\nd,e,f\n') == [f"a | {words} | c", "d | e | f", ""]


def test_what_is_said_in_webvtt():
    text = (
        "WEBVTT - A film\n\nNOTE\nno\n\n1\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hi &amp; <i>you</i>\n- two\n\n"
        "00:03.000 --> 00:04.000\n- two\nthree\n"
    )
    lines = subtitles.read(text.encode(), "x.vtt").text.split("\n")
    assert lines == ["A film", *[""] * 6, "Ann: Hi & you", "\\- two", "", "", "", "three", ""]


def test_what_is_said_in_subrip():
    text = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Où êtes-vous ?\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n"
    data = text.replace("\n", "\r\n").encode("cp1252")
    lines = subtitles.read(data, "x.srt").text.split("\n")
    assert lines == ["", "", "Où êtes-vous ?", "", "", "", "42", ""]


CELLS = [
    {"cell_type": "markdown", "source": ["# Tea\n", "text"]},
    {"cell_type": "code", "source": "", "outputs": []},
    {
        "cell_type": "code",
        "source": "print('```')\n```",
        "outputs": [
            {"output_type": "stream", "text": ["\x1b[31mred\x1b[0m\n"]},
            {"output_type": "display_data", "data": {"image/png": "AAAA", "text/plain": "<Figure>"}},
            {"output_type": "error", "ename": "ValueError", "evalue": "no"},
        ],
    },
    {"cell_type": "raw", "source": "raw"},
]


def book(cells, **more):
    about = {"language_info": {"name": "python"}, "title": "All tea", "authors": [{"name": "Ann"}]}
    return notebook.read(json.dumps({"cells": cells, "metadata": about, **more}).encode(), "x.ipynb")


def test_a_notebook_is_its_cells():
    found = book(CELLS)
    code = "````python\nprint('```')\n```\n````"
    assert found.text == f"# Tea\ntext\n\n{code}\n\n```\nred\n\n<Figure>\nValueError: no\n```\n\n```\nraw\n```"
    assert found.unit == "cell"
    assert [found.locator(found.text.index(part)).number for part in ("# Tea", "print", "red", "raw")] == [1, 3, 3, 4]
    assert found.front.title == "All tea"
    assert dict(found.front.properties)["author"] == ("Ann",)


def test_what_code_gave_is_cut():
    found = book([{"cell_type": "code", "source": "x", "outputs": [{"text": "y" * 100_000}]}])
    assert 1_000 < len(found.text) < 3_000


def test_notebooks_of_format_3_have_worksheets():
    cells = [{"cell_type": "heading", "level": 2, "source": "Tea"}, {"cell_type": "code", "input": "x = 1"}]
    data = json.dumps({"worksheets": [{"cells": cells}], "metadata": {}}).encode()
    assert notebook.read(data, "x.ipynb").text == "## Tea\n\n```\nx = 1\n```"


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b"[" * 100_000, b"1" * 10_000, b'{"nbformat": 4, "metadata": {}}']
)
def test_what_is_no_notebook_says_so(data):
    with pytest.raises(NoteError, match="is not a notebook"):
        notebook.read(data, "x.ipynb")


@pytest.mark.parametrize("cell", [1, None, [], {}, {"source": 1}, {"source": [1, {}], "cell_type": "markdown"}])
def test_odd_cells_say_nothing(cell):
    assert book([cell]).text == ""


def test_half_a_character_is_no_reason_to_fail():
    assert book([{"cell_type": "markdown", "source": "\ud800a"}]).text == "?a"
