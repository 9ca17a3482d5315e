import textwrap

from starlight.readers import asciidoc


def document(text: str):
    return asciidoc.read(textwrap.dedent(text).encode(), "tea.adoc")


def read(text: str) -> list[str]:
    return document(text).text.split("\n")


def line(text: str) -> str:
    (only,) = read(text)
    return only


def test_headings_and_attributes():
    found = document(
        "= Tea\nAnn Other\n:keywords: hot, drinks\n:revdate: 2020-01-02\n:!toc:\n\n== Kinds ==\n:late: x\n"
    )
    assert found.text.split("\n") == ["# Tea", "Ann Other", "", "", "", "", "## Kinds", "", ""]
    assert found.front.tags == ("hot", "drinks")
    assert found.front.created == "2020-01-02"
    assert "late" in dict(found.front.properties)


def test_underlined_headings():
    assert read("Tea\n===\n\nKinds\n-----\ntext") == ["# Tea", "", "", "## Kinds", "", "text"]


def test_links_and_references():
    assert (
        line("link:a_b.adoc[the text] https://t.example/x[site^]") == "[the text](a_b.adoc) [site](https://t.example/x)"
    )
    assert line("<<kinds,The kinds>> <<kinds>> <<x.adoc#y,z>>") == "[The kinds](#kinds) [kinds](#kinds) [z](x.adoc#y)"
    assert line("xref:x.adoc#y[z] xref:kinds[]") == "[z](x.adoc#y) [kinds](#kinds)"
    assert line("mailto:a@b.example[Ann] image:i.png[An icon,20]") == "[Ann](mailto:a@b.example) ![An icon](i.png)"
    assert read("see link:x.adoc[two\nlines].") == ["see [two](x.adoc)", "lines."]
    assert line("image::tea pot.png[Pot]") == "image::tea pot.png[Pot]"
    assert line('image::pot.png["Pot, hot",100]') == "![Pot](pot.png)"


def test_an_image_may_begin_a_line_of_text():
    assert line("image:i.png[An icon] and link:x.adoc[y] [z]") == "![An icon](i.png) and [y](x.adoc) [z]"
    assert line("image:i.png[]") == "![](i.png)"
    assert line("a|image::i.png[An icon] b") == "a|![An icon](i.png) b"


def test_mathematics():
    text = "[stem]\n.Energy\n++++\ne = *m* c^2\n++++\n*so*\n++++\n<b>\n++++"
    assert read(text) == ["", "Energy", "```math", "e = *m* c^2", "```", "**so**", "", "", ""]
    assert read("[latexmath]\n*a*\n++++\n<b>\n++++") == ["", "**a**", "", "", ""]


def test_emphasis_and_small_macros():
    assert line("*b* _i_ `c` #m# **u**n") == "**b** *i* `c` m **u**n"
    assert line("snake_case_name 2*3*4 a #tag") == "snake_case_name 2*3*4 a \\#tag"
    assert line("a footnote:[Why _so_.] kbd:[F1] stem:[x^2]") == "a  (Why *so*.) F1 $x^2$"


def test_code():
    text = """\
        .A listing
        [source,python]
        ----
        *a* # `b`
        ```
        ----
        ....
        x
        ....
        ```c
        y
        ```
        ++++
        <b>
        ++++
        ////
        no
        ////"""
    assert read(text) == [
        *("A listing", "", "````python", "*a* # `b`", "```", "````"),
        *("```", "x", "```", "```c", "y", "```"),
        *([""] * 6),
    ]


def test_admonitions_quotes_and_tables():
    assert line("NOTE: Hot *tea*.") == "Note: Hot **tea**."
    assert read("[WARNING]\n====\nHot!\n====") == ["Warning:", "", "Hot!", ""]
    assert read("[quote,Ann,Tea]\n____\nSo\n\nit is\n____\nx") == ["Ann, Tea", "", "> So", ">", "> it is", "", "x"]
    assert read("|===\n|a |b\n|===") == ["", "|a |b", ""]


def test_lists():
    text = "* a\n** b\n*** [x] c\n. d\n* e\n+\nmore\n\nterm:: what\n<1> callout"
    assert read(text) == [
        *("- a", "   - b", "      - [x] c", "         1. d", "- e", "", "more", "", "term: what", "1. callout"),
    ]


def test_comments_anchors_and_includes_are_left_out():
    assert read("// a\n[[here]]\n[#there.role]\ninclude::/etc/passwd[]\nifdef::x[]\ntoc::[]\ntext +") == [
        *[""] * 6,
        "text",
    ]
