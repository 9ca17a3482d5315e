"""Front matter: what people write in it, and what they break."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.notes import frontmatter, markdown
from starlight.notes.model import FrontMatter


def check_front_matter(text: str, **expected: object) -> None:
    found = frontmatter.parse(text)
    assert {name: getattr(found, name) for name in expected} == expected


def check_problem(text: str, *parts: str) -> None:
    """The note has one problem, which says all of ``parts``, and its body is read all the same."""
    note = markdown.parse(f"{text}# Body\n", "stem")
    (problem,) = note.problems
    assert all(part in problem for part in parts), problem
    assert [heading.text for heading in note.headings] == ["Body"]


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("title: Tea", {"title": "Tea"}),
        ("Title: Tea", {"title": "Tea"}),
        ("title: '  Tea: a story '", {"title": "Tea: a story"}),
        ("title: |\n  Two\n  lines", {"title": "Two lines"}),
        ("title: No", {"title": "No"}),
        ("title: 1.10", {"title": "1.10"}),
        ("title:", {"title": ""}),
        ("title: ~", {"title": ""}),
        ("title: null", {"title": ""}),
        ("title: [a, b]", {"title": ""}),
        ("aliases: [chai, Earl Grey]", {"aliases": ("chai", "Earl Grey")}),
        ("aliases: chai, Earl Grey", {"aliases": ("chai", "Earl Grey")}),
        ("aliases:\n  - chai\n  - 2024-01-05", {"aliases": ("chai", "2024-01-05")}),
        ("alias: chai", {"aliases": ("chai",)}),
        ("aliases: []", {"aliases": ()}),
        ("aliases: {a: b}", {"aliases": ()}),
        ("tags: [drink, '#hot', 007]", {"tags": ("drink", "hot", "007")}),
        ("tags: drink hot", {"tags": ("drink", "hot")}),
        ("tags: drink,hot, black/assam", {"tags": ("drink", "hot", "black/assam")}),
        ("keywords: drink", {"tags": ("drink",)}),
        ("date: 2024-03-01", {"created": "2024-03-01"}),
        ("created: 2024-03-01T10:00:00+02:00", {"created": "2024-03-01T10:00:00+02:00"}),
        ("date created: last spring", {"created": "last spring"}),
        ("updated: 2024-03-02 09:30", {"modified": "2024-03-02 09:30"}),
        ("created: 2024-03-01\nlastmod: 2024-03-02", {"created": "2024-03-01", "modified": "2024-03-02"}),
        ("title: چای\naliases: [茶, चाय]", {"title": "چای", "aliases": ("茶", "चाय")}),
        ("", {"title": "", "problems": ()}),
        ("# only a comment", {"title": "", "problems": ()}),
        ("title: Tea\nother: {deep: [1, {2: 3}]}", {"title": "Tea", "problems": ()}),
        ("title: !!python/object/apply:os.system [exit 1]", {"title": ""}),
        ("title: !!int ''", {"title": ""}),
        ("created: 0001-01-01T00:00:00+10:00", {"created": "0001-01-01T00:00:00+10:00"}),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_values(yaml: str, expected: dict[str, object], line_end: str, mark: str) -> None:
    text = f"{mark}---\n{yaml}\n---\nbody\n".replace("\n", line_end)
    check_front_matter(text, lines=yaml.count("\n") + 3, **expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Tea\n",
        "\n---\ntitle: not at the very start\n---\n",
        "---\ntitle: never closed\n\n# Tea\n",
        "----\ntitle: four dashes\n----\n",
        "--- title: Tea ---\n",
        " ---\ntitle: indented\n---\n",
    ],
)
def test_no_front_matter(text: str) -> None:
    assert frontmatter.parse(text) == frontmatter.FrontMatter()


def test_closing_fences() -> None:
    check_front_matter("---\ntitle: Tea\n...\nbody", title="Tea", lines=3)
    check_front_matter("---  \ntitle: Tea\n--- ", title="Tea", lines=3)
    check_front_matter("---\ntitle: a --- b\n---\n---\n", title="a --- b", lines=3)


def test_a_problem_names_its_line() -> None:
    check_problem("---\ntitle: Tea\naliases: [open\n---\n", "not valid YAML", "(line 4)")
    check_problem("---\ntitle: Tea: with: colons\n---\n", "not valid YAML", "(line 2)")
    check_problem("---\ntitle: a\n\tindent: by tab\n---\n", "not valid YAML", "(line 3)")
    check_problem("---\n{{template}}: x\n---\n", "not valid YAML")
    check_problem("---\n" + "[" * 50_000 + "\n---\n", "not valid YAML")
    check_problem("---\njust words\n---\n", "not a table of names and values")
    check_problem("---\n- a\n- list\n---\n", "not a table of names and values")


def test_a_date_that_is_none_costs_nothing_else() -> None:
    check_problem("---\ntitle: Tea\ncreated: 2024-02-31\n---\n", "2024-02-31 is not a date")
    check_front_matter("---\ntitle: Tea\ncreated: 2024-02-31\n---\n", title="Tea", created="2024-02-31")
    check_front_matter("---\ncreated: 2024-02-29\nmodified: 2024-2-9\n---\n", problems=())


def test_long_values_are_cut() -> None:
    front = frontmatter.parse(f"---\ntitle: {'long ' * 1_000}\naliases: [{'b' * 5_000}]\n---\n")
    assert len(front.title) == len(front.aliases[0]) == 500


_names = st.sampled_from(
    ["title", "tags", "ms.date", "date created", "Title", "_x", "a-b", "1a", "é", "null", "<<", "y"]
)
_values = r"""
x
a b
'q'
"q"
'it''s'
"a\n"
[a, b]
[]
[a b, 'c']
["a, b", c]
[a,b]
a: b
a:
http://x.y#z
a #c
a#c
- x
~
null
&a
*a
|
>
@x
`x`
{a: b}
2024-01-01
(x)
.x
a'b"c\
'a' b
[a, [b]]
[a,]
[- a]
[a: b]
[a  b]
...
---
a	b
‘x’ 🍵
""".splitlines()
_yaml_line = st.one_of(
    st.builds("{}{}{}".format, _names, st.sampled_from([": ", ": ", ":  ", ":", " : "]), st.sampled_from(_values)),
    st.builds(
        "{}{}{}".format, st.sampled_from(["", "  ", " "]), st.sampled_from(["- ", "-"]), st.sampled_from(_values)
    ),
    st.sampled_from(_values),
)


@given(st.lists(_yaml_line, max_size=5), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=1_000, derandomize=True)
def test_plain_front_matter_is_what_yaml_says_it_is(lines: list[str], line_end: str) -> None:
    text = line_end.join(["---", *lines, "---", ""])
    found = frontmatter.parse(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frontmatter, "_plain", lambda source: None)
        assert found == frontmatter.parse(text)


LOGSEQ = """\
title:: Page embed
type:: [[Feature]]
alias:: term/embedded page, [[Embedding]]
tags:: #[[embed]], block

- ## Usage
"""


@pytest.mark.parametrize("mark", ["", "- ", "\ufeff"])
def test_the_properties_of_a_page_of_logseq_are_front_matter(mark: str):
    check_front_matter(
        mark + LOGSEQ,
        title="Page embed",
        kind="Feature",
        aliases=("term/embedded page", "Embedding"),
        tags=("embed", "block"),
        lines=0,
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_they_end_where_lines_do(line_end: str):
    text = line_end.join(["alias:: tea\x0cpot\x85a::b, \u2028cup", "icon::", "tags:: a", "More text."])
    check_front_matter(text, aliases=("tea pot a::b", "cup"), tags=("a",), lines=0)


def test_they_are_text_of_the_note_too():
    note = markdown.parse(LOGSEQ, "Page___embed")
    assert [link.target for link in note.links] == ["Feature", "Embedding", "embed"]
    assert note.aliases == ("term/embedded page", "Embedding", "Page/embed")


@pytest.mark.parametrize(
    "text", ["C++::vector is a class", "a :: b", "A text.\nname:: value", "std::vector\nmore", "::"]
)
def test_two_colons_in_prose_are_no_property(text: str):
    assert frontmatter.parse(text) == FrontMatter()
