from __future__ import annotations

import io
import zipfile

import pytest

from starlight.errors import NoteError
from starlight.readers.epub import read
from tests.readers.parts import docx, epub, page, paragraph


def text_of(chapters: dict[str, str], **parts) -> str:
    return read(epub(chapters, **parts), "a.epub").text


def test_chapters_come_in_the_order_of_the_spine_without_the_table_of_contents():
    text = text_of({"b.xhtml": page("<h1>One</h1><p>Text</p>"), "a.xhtml": page("<h1>Two</h1><p>More</p>")})
    assert text == "# One\n\nText\n\n# Two\n\nMore\n"


def test_links_to_other_chapters_are_their_text():
    body = "<p><a href='b.xhtml#x'>next</a>, <a href='https://e.org/'>there</a></p>"
    assert text_of({"a.xhtml": page(body)}) == "next, [there](https://e.org/)\n"


def test_notes():
    body = (
        "<p>Text<a epub:type='noteref' href='#n1'>1</a>.</p><aside epub:type='footnote'>"
        "<ol><li id='n1'><p>The note.</p></li></ol></aside>"
    )
    assert text_of({"a.xhtml": page(body)}) == "Text[^1].\n\n[^1]: The note.\n"


def test_a_chapter_with_empty_elements_in_its_head_or_that_is_not_well_formed_is_read():
    odd = page("<p>Text &nbsp;and <b/>more</p>", head="<title/><script src='a.js'/>")
    broken = "<html><head><title/></head><body><p>Unclosed<br><p>Second &unknown; one</body></html>"
    assert text_of({"a.xhtml": odd, "b.xhtml": broken}) == "Text and more\n\nUnclosed\n\nSecond &unknown; one\n"


def test_a_chapter_that_is_missing_costs_itself_only():
    found = epub({"a.xhtml": page("<p>Text</p>")}, {"META-INF/encryption.xml": "<encryption/>"})
    assert read(found.replace(b"OEBPS/nav.xhtml", b"OEBPS/gone.html"), "a.epub").text == "Text\n"


def test_a_chapter_that_cannot_be_read_costs_itself_only():
    deep = page("<div>" * 5_000 + "deep" + "</div>" * 5_000)
    book = read(epub({"a.xhtml": page("<p>One</p>"), "b.xhtml": deep, "c.xhtml": page("<p>Two</p>")}), "a.epub")
    assert book.text == "One\n\nTwo\n"
    assert len(book.front.problems) == 1
    assert "nest too deeply" in book.front.problems[0]
    with pytest.raises(NoteError, match="nest too deeply"):
        read(epub({"b.xhtml": deep}), "a.epub")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_parts_that_are_packed_in_other_ways_say_so(method):
    """They would unpack to any size at once."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        archive.writestr("META-INF/container.xml", '<container><rootfile full-path="book.opf"/></container>')
    with pytest.raises(NoteError, match="is packed in a way that documents are not"):
        read(whole.getvalue(), "a.epub")


def test_names_of_parts_may_be_encoded():
    book = epub({"a%20b.xhtml": page("<p>Lost</p>")}, {"OEBPS/a b.xhtml": page("<p>Found</p>")})
    assert read(book, "a.epub").text == "Found\n"


def test_metadata():
    metadata = (
        "<dc:date>2019</dc:date><dc:language>de</dc:language><dc:subject>Bread; Ovens</dc:subject>"
        "<dc:publisher>P</dc:publisher><meta property='dcterms:modified'>2024-03-05T10:00:00Z</meta>"
    )
    front = read(epub({"a.xhtml": page("<p>Text</p>")}, metadata=metadata), "a.epub").front
    assert (front.title, front.created, front.modified, front.language) == (
        "A book", "2019", "2024-03-05T10:00:00Z", "de",
    )  # fmt: skip
    assert front.tags == ("Bread", "Ovens")
    assert front.properties == (("author", ("Ada",)), ("keywords", ("Bread", "Ovens")), ("publisher", ("P",)))


@pytest.mark.parametrize(("path", "is_refused"), [("OEBPS/a.xhtml", True), ("OEBPS/font.otf", False)])
def test_books_that_are_protected_say_so_and_encrypted_fonts_do_not_matter(path, is_refused):
    encryption = f"<encryption><CipherReference URI='{path}'/></encryption>"
    book = epub({"a.xhtml": page("<p>Text</p>")}, {"META-INF/encryption.xml": encryption})
    if is_refused:
        with pytest.raises(NoteError, match="protected against copying"):
            read(book, "a.epub")
    else:
        assert read(book, "a.epub").text == "Text\n"


def test_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    head = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "laugh">]>'
    found = text_of({"a.xhtml": f"{head}<html><body><p title='&y;'>Text &x;&y; end</p></body></html>"})
    assert found.startswith("Text")
    assert "the secret" not in found
    assert "laugh" not in found


def test_addresses_of_parts_lead_nowhere_else(tmp_path):
    secret = tmp_path / "secret.xhtml"
    secret.write_text(page("<p>the secret</p>"))
    item = '<package><item id="a" href="{}" media-type="application/xhtml+xml"/><itemref idref="a"/></package>'
    for address in (str(secret), f"../../../../../../{secret}", secret.as_uri(), "https://example.org/a.xhtml"):
        with pytest.raises(NoteError, match="no chapters"):
            text_of({}, more={"OEBPS/book.opf": item.format(address)})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (docx(paragraph("Text")), "not an EPUB"),
        (epub({"a.xhtml": page("<p>Text</p>")})[:-100], "cut short"),
        (epub({"a.xhtml": page("<p> </p>")}), "no text"),
        (epub({}), "no chapters"),
    ],
)
def test_other_and_damaged_files_say_what_they_are(data, reason):
    with pytest.raises(NoteError, match=reason):
        read(data, "a.epub")
