from __future__ import annotations

import pytest

from starlight.errors import NoteError
from starlight.readers.odt import read
from tests.readers.parts import ODF, docx, odt, paragraph, zipped
from tests.readers.samples import PAGE


def text_of(body: str, **parts) -> str:
    return read(odt(body, **parts), "a.odt").text


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def test_headings_have_their_level():
    body = f'{p("The title", "Title")}<text:h text:outline-level="2">Two</text:h>{p("Text")}'
    assert text_of(body) == "# The title\n\n## Two\n\nText\n"


def test_lists_within_lists_with_and_without_numbers():
    inner = f"<text:list><text:list-item>{p('one')}{p('more')}</text:list-item></text:list>"
    body = f'<text:list text:style-name="L1"><text:list-item>{p("a")}{inner}</text:list-item></text:list>'
    assert text_of(body + p("After")) == "- a\n  1. one\n\n     more\n\nAfter\n"


def test_tables():
    cell = "<table:table-cell {}>{}</table:table-cell>"
    wide = cell.format('table:number-columns-spanned="2"', p("Both"))
    rows = [wide, cell.format("", p("a") + p("b")) + cell.format("", p("c"))]
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    assert text_of(f"<table:table>{table}</table:table>") == "| Both |  |\n| --- | --- |\n| a b | c |\n"


def test_links_spaces_and_breaks():
    link = '<text:a xlink:href="https://e.org/">here</text:a>'
    assert text_of(p(f'See<text:s text:c="9000000000"/>{link}<text:tab/>and<text:line-break/>more')) == (
        "See [here](https://e.org/) and\nmore\n"
    )


def test_notes_stand_at_the_end():
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body></text:note>"
    body = p(f"One{note.format(p('First') + p('more'))} two{note.format(p('Second'))}.")
    assert text_of(body) == "One[^1] two[^2].\n\n[^1]: First more\n\n[^2]: Second\n"


NOTE = f"<text:note><text:note-body>{p('First')}</text:note-body></text:note>"


@pytest.mark.parametrize(
    ("style", "shown"),
    [("P1", "```\na[^1]b\nc\n```\n\nAfter\n"), ("P2", "> a[^1]b\n>\n> c\n\nAfter\n")],
)
def test_a_note_in_code_or_a_quote_ends_with_itself(style, shown):
    body = p(f"a{NOTE}b", style) + p("c", style) + p("After")
    assert text_of(body) == f"{shown}\n[^1]: First\n"


def test_a_note_holds_code_or_a_quote_of_its_own():
    note = f"<text:note><text:note-body>{p('x = 1', 'P1')}</text:note-body></text:note>"
    assert text_of(p(f"a{note}b", "P2") + p("After")) == "> a[^1]b\n\nAfter\n\n[^1]: ``` x = 1 ```\n"


def test_code_and_quotes_by_the_styles_that_theirs_are_based_on():
    body = p("x = [", "P1") + p('<text:s text:c="2"/>1]', "P1") + p("Said.", "P2")
    body += p('Text <text:span text:style-name="T1">a_b</text:span>')
    assert text_of(body) == "```\nx = [\n  1]\n```\n\n> Said.\n\nText `a_b`\n"


def test_changes_comments_and_indexes_are_left_out():
    changes = f"<text:tracked-changes><text:changed-region>{p('deleted')}</text:changed-region></text:tracked-changes>"
    comment = f"<office:annotation><dc:creator>Bob</dc:creator>{p('a comment')}</office:annotation>"
    contents = f"<text:table-of-content><text:index-body>{p('Contents')}</text:index-body></text:table-of-content>"
    assert text_of(f"{changes}{contents}{p(f'Kept{comment} text')}") == "Kept text\n"


def test_pictures_are_their_description_and_formulas_their_letters():
    frame = (
        '<draw:frame><draw:image xlink:href="a.png"/><svg:title>A roof</svg:title><svg:desc>Old</svg:desc></draw:frame>'
    )
    formula = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    mathml = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi><annotation>x^2</annotation></math>'
    assert text_of(p(f"{frame}, {formula}"), more={"Object 1/content.xml": mathml}) == "A roof, x^2\n"


MATHS = 'xmlns:math="http://www.w3.org/1998/Math/MathML"'


def test_charts_and_objects_that_name_no_part_are_no_text():
    chart = f"<office:document-content {ODF} {MATHS}>{p('Sales')}</office:document-content>"
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    assert text_of(p(f"Before{frame}"), more={"Object 1/content.xml": chart}) == "Before\n"
    inside = f'<draw:frame><draw:object>{{}}</draw:object></draw:frame> <draw:object {MATHS} xlink:href="."/>'
    assert text_of(p(inside.format(f"<office:document>{p('Sales')}</office:document>") + "After")) == "After\n"
    bytes_ = "<draw:object-ole><office:binary-data>AAAA</office:binary-data></draw:object-ole>"
    assert text_of(p(inside.format(bytes_) + "After")) == "After\n"


def test_a_formula_may_stand_in_the_text():
    formula = f"<math:math {MATHS}><math:mi>x</math:mi><math:annotation>x^2</math:annotation></math:math>"
    assert text_of(p(f"So <draw:object>{formula}</draw:object> is.") + p("After")) == "So x^2 is.\n\nAfter\n"


def test_metadata():
    meta = (
        f"<office:document-meta {ODF}><office:meta><dc:title>The roof</dc:title><meta:initial-creator>Ada"
        "</meta:initial-creator><dc:creator>Bob</dc:creator><meta:keyword>house</meta:keyword><meta:creation-date>"
        "2024-03-05T10:00:00</meta:creation-date><dc:date>2024-04-01T10:00:00</dc:date></office:meta>"
        "</office:document-meta>"
    )
    front = read(odt(p("Text"), {"meta.xml": meta}), "a.odt").front
    assert (front.title, front.created, front.modified) == ("The roof", "2024-03-05T10:00:00", "2024-04-01T10:00:00")
    assert (front.tags, front.properties) == (("house",), (("author", ("Ada",)), ("keywords", ("house",))))


def test_elements_within_elements_without_end():
    lists = "<text:list><text:list-item>" * 2_000
    assert text_of(p("Text") + lists + p("deep")).endswith("deep\n")


def test_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    head = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "laugh">]>'
    body = f"<office:text>{p('Text &x;&y; end')}</office:text>"
    content = f"{head}<office:document-content {ODF}>{body}</office:document-content>"
    for encoding in ("utf-8", "utf-16"):
        found = read(zipped({"content.xml": content.encode(encoding)}), "a.odt").text
        assert found.startswith("Text")
        assert "secret" not in found
        assert "laugh" not in found


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (PAGE, "a web page"),
        (docx(paragraph("Text")), "not an OpenDocument text"),
        (odt(p("Text"))[:-100], "cut short"),
        (odt(""), "no text"),
        (odt(p("Text"), {"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "password"),
    ],
)
def test_other_and_damaged_files_say_what_they_are(data, reason):
    with pytest.raises(NoteError, match=reason):
        read(data, "a.odt")
