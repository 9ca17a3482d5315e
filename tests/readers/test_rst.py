import textwrap

import pytest

from starlight.notes import markdown
from starlight.readers import rst


def document(text: str):
    return rst.read(textwrap.dedent(text).encode(), "tea.rst")


def read(text: str) -> list[str]:
    return document(text).text.split("\n")


def line(text: str) -> str:
    (only,) = read(text)
    return only


def test_levels_of_headings_are_those_of_their_adornments_in_order():
    text = """\
        =====
        Tea #
        =====
        Kinds
        -----
        text

        Green
        .....
        Black
        -----"""
    assert read(text) == ["", "# Tea # #", "", "## Kinds", "", "text", "", "### Green", "", "## Black", ""]


def test_a_transition_is_a_rule_and_borders_of_tables_are_nothing():
    assert read("a\n\n----\n\nb") == ["a", "", "***", "", "b"]
    assert read("=====  ===\ntea    hot\n=====  ===\n+---+\n| a |\n+===+") == ["", "tea    hot", "", "", "| a |", ""]


def test_a_heading_below_code_is_one():
    assert read("::\n\n   code\n\nTea\n---\ntext") == ["", "```", "code", "```", "# Tea", "", "text"]


def test_what_stands_in_a_cell_goes_on_below_itself():
    text = """\
        +--------------+---------+
        | `a pot <te   | is hot  |
        | a.rst>`_     | and     |
        +==============+=========+
        | *spans* ``both`` of two |
        +--------------+---------+
        after

        Tea
        ---"""
    assert read(text) == [
        *("", "| [a pot](tea.rst) | is hot |", "|  | and |", "", "| *spans* `both` of two |", "", "after"),
        *("", "# Tea", ""),
    ]


def test_fields_at_the_head_are_what_the_file_says_of_itself():
    fields = ":Author: Ann\n:date: 2020-01-02 10:00\n:modified: 2021-01-01\n:tags: hot, drinks\n:orphan:"
    text = f"Tea\n===\n\n{fields}\n\nx\n:a b: c"
    found = document(text)
    assert (found.front.created, found.front.modified) == ("2020-01-02 10:00", "2021-01-01")
    assert found.front.tags == ("hot", "drinks")
    assert dict(found.front.properties)["author"] == ("Ann",)
    assert "a b" not in dict(found.front.properties)
    lines = found.text.split("\n")
    assert lines[3] == "Author: Ann"
    assert lines[7] == ""
    assert lines[-1] == "a b: c"
    assert markdown.parse(found.text, "x").title == "Tea"


def test_the_header_of_a_pep():
    front = document("PEP: 8\nTitle: Style\n of code\nCreated: 05-Jul-2001\n\nIntro\n=====\n").front
    assert front.title == "Style"
    assert front.created == "05-Jul-2001"


def test_code():
    text = """\
        See::

            *a*
              ```

        .. code-block:: python
           :linenos:

           b = ``1``

        c ::

          d
        e

        >>> *f*
        1
        """
    assert read(text) == [
        *("See:", "````", "*a*", "  ```", "````"),
        *("", "", "```python", "b = ``1``", "```"),
        *("c", "", "    d", "e", ""),
        *("    >>> *f*", "    1", ""),
    ]


def test_roles_and_literals():
    assert line("``a*b`` `c` *d* **e**") == "`a*b` c *d* **e**"
    assert line(":ref:`the text <place>` :ref:`place` :term:`tea`") == "the text place tea"
    assert line(":py:func:`~tea.pot.boil` :class:`!Cup`") == "`boil` `Cup`"
    assert line(":doc:`Install it <guide/install>` :doc:`tea`") == "[Install it](guide/install.rst) [tea](tea.rst)"
    assert line(":math:`x_1` a [1]_ b [#n]_ H\\ :sub:`2`") == "$x_1$ a [1] b [#n] H`2`"
    assert line("a #tag") == "a \\#tag"


def test_links():
    assert line("`the [text] <https://tea.example/a_b>`_") == "[the (text)](https://tea.example/a_b)"
    assert line("`<https://tea.example>`__") == "[https://tea.example](https://tea.example)"
    assert read("`two\nlines <x.rst>`_, `one\n<y.rst>`_.") == ["[two](x.rst)", "lines , [one](y.rst)", "."]
    text = "Tea_ and `green tea`_, no_ and `none`_, a `b <tea_>`_\n\n.. _tea: https://t.example\n.. _`Green Tea`: g.rst"
    assert read(text)[0] == ("[Tea](https://t.example) and [green tea](g.rst), no_ and none, a [b](https://t.example)")


def test_comments_targets_options_and_what_is_for_programs_are_left_out():
    text = """\
        .. a comment
           with more

        .. _here:
        .. |x| replace:: y
        .. include:: /etc/passwd
        .. raw:: html

           <b>
        .. highlight:: c
        text"""
    assert read(text) == [*[""] * 10, "text"]


def test_directives_say_what_they_hold():
    text = """\
        .. note:: Be *warned*.
        .. warning::

           Hot!
        .. image:: tea pot.png
           :alt: A pot
           :width: 10
        .. figure:: cup.png

           The cup.
        .. versionadded:: 1.2
        .. py:function:: boil(water)
        .. [1] A note."""
    assert read(text) == [
        *("Note: Be *warned*.", "Warning:", "", "Hot!", "![A pot](<tea pot.png>)", "", ""),
        *("![](cup.png)", "", "The cup.", "Added in 1.2", "boil(water)", "[1] A note."),
    ]


def test_a_table_of_contents_is_links():
    text = ".. toctree::\n   :maxdepth: 2\n\n   intro\n   Green tea <kinds/green>\n   old/*\n   self\n"
    assert read(text)[3:7] == ["- [intro](intro.rst)", "- [Green tea](kinds/green.rst)", "", ""]


def test_lists():
    text = "* a\n  b\n\n  * c\n\n1. d\n#. e\n(3) f\n"
    assert read(text) == ["- a", "  b", "", "  - c", "", "1. d", "1. e", "3. f", ""]


def test_what_looks_like_markdown_and_is_none_is_escaped():
    assert read("# a\n<b>\n| verse\n| of two") == ["\\# a", "\\<b>", "verse", "of two"]


@pytest.mark.parametrize("role", [":ref:`<a\nb>`", ":ref:`‹a\nb>`", ":func:`~foo.\nbar.baz`"])
def test_a_role_over_two_lines_shifts_none_below(role: str):
    lines = document(f"See {role} here.\n\nBelow").text.split("\n")
    assert (len(lines), lines[3]) == (4, "Below")


def test_a_role_over_two_lines_of_a_cell_is_read():
    table = "+------------+---+\n| :ref:`<a   | x |\n| b>`        | y |\n+------------+---+\n\nBelow"
    lines = document(table).text.split("\n")
    assert (len(lines), lines[5]) == (6, "Below")


def test_an_empty_comment_and_a_target_take_nothing_below_a_blank_line():
    assert read("..\n\n   quoted\n\n.. _a:\n\n   text") == ["", "", "quoted", "", "", "", "text"]
    assert read(".. _a: https://x.example/\n   long\n   text\n\nb") == ["", "", "", "", "b"]
    assert read(".. a comment\n\n   of two\n\nb") == ["", "", "", "", "b"]
    assert read("..\n   a comment\n\n   of two\n\nb\n..") == ["", "", "", "", "", "b", ""]


def test_titles_of_one_letter_or_behind_a_space():
    assert read("M\n=\n\nText") == ["# M", "", "", "Text"]
    assert read("\n ``list<T>``\n-----------\n") == ["", "# `list<T>`", "", ""]
    assert read("Text\n=\n") == ["Text", "\\=", ""]
