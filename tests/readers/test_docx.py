from __future__ import annotations

import pytest

from starlight.errors import NoteError
from starlight.readers.docx import read
from tests.readers.parts import W, docx, paragraph, relationships, run, zipped
from tests.readers.samples import PAGE


def text_of(body: str, **parts) -> str:
    return read(docx(body, **parts), "a.docx").text


@pytest.mark.parametrize(
    ("style", "start"),
    [("Titel", "# "), ("berschrift1", "# "), ("berschrift2", "## "), ("Mine", "## "), ("Outlined", "### ")],
)
def test_headings_are_told_by_the_name_of_their_style_in_any_language_of_word(style, start):
    assert text_of(paragraph("A heading", style)) == f"{start}A heading\n"


def test_an_outline_level_of_the_paragraph_makes_a_heading_and_one_of_text_takes_it_away():
    own = '<w:p><w:pPr><w:pStyle w:val="{}"/><w:outlineLvl w:val="{}"/></w:pPr><w:r><w:t>A</w:t></w:r></w:p>'
    assert text_of(own.format("", 1)) == "## A\n"
    assert text_of(own.format("berschrift1", 9)) == "A\n"


def test_lists_have_their_depth_and_numbers_go_on_after_a_paragraph_between_them():
    body = (
        paragraph("one", item=(2, 0)) + paragraph("dash", item=(1, 1)) + paragraph("two", item=(2, 0))
        + paragraph("Between.") + paragraph("three", item=(2, 0)) + paragraph("bullet", "Items")
    )  # fmt: skip
    assert text_of(body) == "1. one\n   - dash\n2. two\n\nBetween.\n\n3. three\n\n- bullet\n"


def test_a_heading_with_a_number_is_a_heading():
    assert text_of(paragraph("Numbered", "berschrift1", item=(2, 0))) == "# Numbered\n"


def test_tables():
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    wide = cell.format('<w:gridSpan w:val="2"/>', paragraph("Both | together"))
    rows = [wide, cell.format("", paragraph("a") + paragraph("b")) + cell.format("", paragraph("c"))]
    table = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    expected = "Before\n\n| Both \\| together |  |\n| --- | --- |\n| a b | c |\n\nAfter\n"
    assert text_of(f"{paragraph('Before')}<w:tbl>{table}</w:tbl>{paragraph('After')}") == expected


def test_links_by_relation_and_by_field_and_none_within_the_document():
    fields = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> HYPERLINK "https://b.org/" </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("b")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    links = (
        f'<w:hyperlink r:id="x">{run("a")}</w:hyperlink>{run(", ")}{fields}{run(", ")}'
        f'<w:hyperlink w:anchor="_Toc1">{run("c")}</w:hyperlink>{run(", ")}'
        f'<w:fldSimple w:instr=" HYPERLINK &quot;javascript:alert(1)&quot; ">{run("d")}</w:fldSimple>'
    )
    found = text_of(f"<w:p>{links}</w:p>", links={"x": "https://a.org/(1)"})
    assert found == "[a](https://a.org/%281%29), [b](https://b.org/), c, d\n"


def test_what_was_deleted_or_is_hidden_is_left_out_and_what_was_inserted_is_there():
    body = (
        f'<w:p>{run("Kept ")}<w:del w:id="1"><w:r><w:delText>deleted</w:delText></w:r></w:del>'
        f'<w:ins w:id="2">{run("inserted")}</w:ins><w:moveFrom>{run("moved")}</w:moveFrom>'
        f"{run('hidden', '<w:vanish/>')}{run(' seen', '<w:vanish w:val=' + chr(34) + '0' + chr(34) + '/>')}</w:p>"
    )
    assert text_of(body) == "Kept inserted seen\n"


def test_footnotes_stand_at_the_end_in_the_order_of_the_text():
    refer = '<w:r><w:{}Reference w:id="{}"/></w:r>'
    body = f"<w:p>{run('One')}{refer.format('footnote', 7)}{run(' two')}{refer.format('endnote', 2)}</w:p>"
    note = (
        f"<w:{{0}}s {W}><w:{{0}} w:id='0'>{paragraph('-')}</w:{{0}}>"
        f"<w:{{0}} w:id='{{1}}'>{paragraph('Note')}</w:{{0}}></w:{{0}}s>"
    )
    parts = {f"word/{kind}s.xml": note.format(kind, i) for kind, i in (("footnote", 7), ("endnote", 2))}
    assert text_of(body, more=parts) == "One[^1] two[^2]\n\n[^1]: Note\n\n[^2]: Note\n"


def test_code_is_fenced_and_quotes_are_quotes():
    body = (
        paragraph("x = [", "Code") + paragraph("  1]", "Code") + paragraph("Said.", "Zitat")
        + f"<w:p>{run('See ')}{run('a_b', '<w:rStyle w:val=' + chr(34) + 'Letters' + chr(34) + '/>')}{run('.')}</w:p>"
    )  # fmt: skip
    assert text_of(body) == "```\nx = [\n  1]\n```\n\n> Said.\n\nSee `a_b`.\n"


def test_pictures_are_their_description_and_text_boxes_are_read_once():
    picture = (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="A roof"/></wp:inline></w:drawing></w:r>'
    )
    box = (
        "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    ).format(paragraph("Boxed"))
    assert text_of(f"<w:p>{picture}</w:p><w:p>{run('Before')}{box}</w:p>") == "A roof\n\nBefore\n\nBoxed\n"


def test_the_table_of_contents_and_comments_are_left_out():
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{paragraph('Contents')}</w:sdtContent></w:sdt>{paragraph('One ... 1', 'Verzeichnis1')}"
    )
    assert text_of(contents + paragraph("Text")) == "Text\n"
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('A field')}</w:sdtContent></w:sdt>"
    assert text_of(filled) == "A field\n"


def test_formulas_and_raised_digits():
    raised = run("2", '<w:vertAlign w:val="superscript"/>')
    formula = (
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>"
    )
    assert text_of(f"<w:p>{run('x')}{raised}{run(' = ')}{formula}</w:p>") == "x^2 = a/b\n"


def test_text_that_looks_like_markdown_is_text():
    assert (
        text_of(paragraph("# five") + paragraph("- a dash") + paragraph("```")) == "\\# five\n\n\\- a dash\n\n\\```\n"
    )


def test_metadata():
    core = (
        '<p xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        "<dc:title>The roof</dc:title><dc:creator>Ada; Bob</dc:creator><keywords>house, wet rooms</keywords>"
        "<dcterms:created>2024-03-05T10:00:00Z</dcterms:created><dcterms:modified>2024-04-01T10:00:00Z</dcterms:modified></p>"
    )
    front = read(docx(paragraph("Text"), {"docProps/core.xml": core}), "a.docx").front
    assert (front.title, front.created, front.modified) == ("The roof", "2024-03-05T10:00:00Z", "2024-04-01T10:00:00Z")
    assert front.tags == ("house", "wet-rooms")
    assert front.properties == (("author", ("Ada", "Bob")), ("keywords", ("house", "wet rooms")))


def test_the_text_is_where_the_relationships_say():
    parts = {
        "_rels/.rels": relationships({"a": ("officeDocument", "/other/text.xml")}),
        "other/text.xml": f"<w:document {W}><w:body>{paragraph('There')}</w:body></w:document>",
    }
    assert read(zipped(parts), "a.docx").text == "There\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 and more", "a PDF"),
        (PAGE, "a web page"),
        (b"{\\rtf1 text}", "rich text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "older Office"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "without a password",
        ),
        (docx(paragraph("Text"))[:-200], "cut short"),
        (zipped({"readme.txt": "text"}), "not a Word document"),
        (docx(""), "no text"),
        (zipped({"word/document.xml": "<w:document"}), r"is damaged|no text"),
    ],
)
def test_other_and_damaged_files_say_what_they_are(data, reason):
    with pytest.raises(NoteError, match=reason):
        read(data, "a.docx")


def test_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY l0 "laugh">{laughs}]>'
    document = f"{head}<w:document {W}><w:body>{paragraph('Text &x;&l11; end')}</w:body></w:document>"
    found = read(zipped({"word/document.xml": document}), "a.docx").text
    assert "secret" not in found
    assert "laughlaugh" not in found
    assert found.startswith("Text")


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return docx(paragraph("Text"), {"word/document.xml": b"<w:document>" + b" " * 210_000_000})


def test_an_archive_that_unpacks_to_too_much_is_refused(bomb):
    assert len(bomb) < 1_000_000
    with pytest.raises(NoteError, match="unpack to more than 200 MB"):
        read(bomb, "a.docx")


def test_what_an_archive_says_of_its_sizes_is_not_believed(bomb):
    size = (210_000_012).to_bytes(4, "little")
    assert size in bomb
    with pytest.raises(NoteError, match=r"damaged|200 MB"):
        read(bomb.replace(size, (1_000).to_bytes(4, "little")), "a.docx")


def test_archives_inside_are_not_opened():
    inner = docx(paragraph("Inner"))
    assert "Inner" not in text_of(paragraph("Outer"), more={"word/embeddings/a.docx": inner})


def test_elements_within_elements_without_end():
    assert text_of(paragraph("Text") + "<w:tbl><w:tr><w:tc>" * 2_000 + paragraph("deep")) == "Text\n\ndeep\n"
