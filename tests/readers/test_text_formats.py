"""What all formats of text have in common: their lines, and that no bytes take them long or make them fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.errors import NoteError
from starlight.notes import markdown
from starlight.notes.place import Lines
from starlight.readers import decoding, formats
from starlight.readers.document import Document

WITH_LINES = [each for each in formats.FORMATS if each.has_lines]
OURS = [each for each in formats.FORMATS if each.has_lines or each.name == "notebook"]

BEGINNINGS = r"""
text of [[a][b]] *c* /d/ =e= `f` ``g``
[[id:ab][two
lines]] and *more
* heading  :tag:
** h
#+title: t
#+begin_src c
#+end_src
#+begin_quote
#+end_quote
:PROPERTIES:
:ID: ab-cd
:END:
# comment
| a | b |
|---+---|
- item :: x
  + deeper
1. one
===
-----
~~~~
====
Title
text::
    code
+---+---+
| `a <b | ``c |
| d>`_ | e`` |
.. note:: x
.. code-block:: c
   :opt: 1
.. _a: b
.. toctree::
`a <b>`_ :doc:`c
d <e>`
= Title
== h
:name: value
[source,c]
----
|===
<<a,b
c>> link:x[y
z] image::i.png[]
NOTE: x
** item
\begin{document}
\end{document}
\section{a \textbf{b}}
\hypertarget{a}{%
\section{\texorpdfstring{a
b}{c}}\label{d}
\begin{itemize}
\item x
\item
\end{itemize}
\begin{equation}
\end{equation}
\begin{verbatim}
\end{verbatim}
\title{a
\footnote{x} $a$ \[ b
\] \href{u}{v
w} \cite{a,
b} % c
a,"b
c",d
a;b;c
WEBVTT
00:01.000 --> 00:02.000
<v Ann>Hi &amp; &#10; <i>x</i>
>>> x
```
<b>
""".splitlines()

lines = st.lists(
    st.one_of(
        st.sampled_from(BEGINNINGS),
        st.builds("{}{}".format, st.sampled_from(BEGINNINGS), st.sampled_from(BEGINNINGS)),
        st.builds("  {}".format, st.sampled_from(BEGINNINGS)),
        st.text(st.sampled_from("ab \t*/_=~`#:|-.[]<>{}\\$%&\"'\f\v\u2028\x85\x1cé茶"), max_size=20),
    ),
    max_size=25,
)
texts = st.builds(lambda parts, end: end.join(parts), lines, st.sampled_from(["\n", "\r\n", "\r"]))


@pytest.mark.parametrize("known", WITH_LINES, ids=lambda known: known.name)
@settings(max_examples=100, derandomize=True, deadline=None)
@given(text=texts)
def test_each_line_of_the_text_is_a_line_of_the_file(known, text):
    document = formats.read(known, text.encode(), f"x{known.endings[0]}")
    assert len(Lines(document.text)) == len(Lines(text))
    assert document.text.count("\n") == len(Lines(text)) - 1
    assert document.front.lines == 0
    assert not document.marks
    markdown.parse(document.text, "x")


@pytest.mark.parametrize("known", WITH_LINES, ids=lambda known: known.name)
@settings(max_examples=20, derandomize=True, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_read(known, text):
    if "\0" not in text and not text.startswith("\ufeff"):
        document = formats.read(known, text.encode(), f"x{known.endings[0]}")
        assert len(Lines(document.text)) == len(Lines(text))


@pytest.mark.parametrize("known", OURS, ids=lambda known: known.name)
@settings(max_examples=30, derandomize=True, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_document_or_an_error_for_people(known, data):
    try:
        assert isinstance(formats.read(known, data, f"x{known.endings[0]}"), Document)
    except NoteError as error:
        assert str(error).startswith("is ")  # noqa: PT017 -- either is right


@pytest.mark.parametrize("known", OURS, ids=lambda known: known.name)
@pytest.mark.parametrize("data", [b"\0" * 100, b"PK\3\4\0\0"])
def test_a_file_of_another_kind_says_so(known, data):
    with pytest.raises(NoteError, match="is a binary file"):
        formats.read(known, data, f"x{known.endings[0]}")


MANY = [
    *("a", " ", "*", "* ", "[", "[[", "[[a][b ", "/a ", "=a ", "*a ", "_a", "a_ ", "$a", "`", "`a ", "``a ", "**a "),
    *("[cite:", "[fn:a:", "<2020-10-10 ", "<<", "<<a,", "{", "}", "\\", "\\a{", "\\cmd", "\\verb|", "\\[", "\\("),
    *("$$a", "%", ":a", ":", "::", ":a:`b ", "`a <", "a|", "|", '"', '"a,', "link:a[", "http://a[", "#a ", "<", "<v "),
    *("&#", "+a ", "* heading\n", "h\n===\n\n", "== h\n", "\\section{a}\n", "- a\n", "#+begin_src\n* h\n", "```\n"),
    *(":PROPERTIES:\n", "----\n", ".. a\n", ".. code-block:: x\n", "\\begin{a}\n", "\\begin{verbatim}\n", "=\n", "\n"),
    *("\\begin{itemize}\n", "a::\n\n b\n", "1\n00:00:01,000 --> 00:00:02,000\nhi\n\n", "a,b\n", "\r"),
    *("\\section{", "\\section{\n", "\\section{a\n}", "\\texorpdfstring{", "\\item\n"),
    *("\\title[", "\\begin{tabular}{", "\\begin{tabular}{\n", "\\url{", "\\href{a}{"),
    *("\\section{\\texorpdfstring{a}{\n", "+--+\n", "+--+\n| `a | b |\n", "+--+|", "|a\n|b|\n"),
]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("known", OURS, ids=lambda known: known.name)
def test_much_of_the_same_is_read_in_one_pass(known):
    """A rule that looks at all of it again at each of its parts would take hours."""
    for part in MANY:
        data = (part * (100_000 // len(part))).encode()
        try:
            assert formats.read(known, data, f"x{known.endings[0]}").text.count("\n") <= 100_000
        except NoteError as error:
            assert known.name == "notebook", error  # noqa: PT017 -- either is right


def test_nested_lists_do_not_grow_without_end():
    for known in WITH_LINES:
        data = "".join(f"{' ' * n}- x\n" for n in range(1_000)).encode()
        assert len(formats.read(known, data, f"x{known.endings[0]}").text) < 3 * len(data)


@pytest.mark.parametrize("known", WITH_LINES, ids=lambda known: known.name)
def test_other_encodings_are_read(known):
    text = "# -*- coding: cp1251 -*-\nчай\n"
    assert decoding.decode(text.encode("cp1251")) == text
    assert formats.read(known, text.encode("utf-16"), f"x{known.endings[0]}").text.count("\n") == 2
