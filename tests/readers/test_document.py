from starlight.readers.document import Document, Mark
from starlight.readers.escaping import literal
from starlight.readers.formats import Format, format_of


def test_a_place_in_the_text_has_the_number_of_its_page():
    document = Document("one two three", unit="page", marks=(Mark(0, 1), Mark(4, 2), Mark(8, 4)))
    assert [document.number_at(at) for at in (0, 3, 4, 7, 8, 12)] == [1, 1, 2, 2, 4, 4]


def test_before_the_first_mark_and_without_marks_there_is_no_number():
    assert Document("cover", unit="page", marks=(Mark(2, 1),)).number_at(1) == 0
    assert Document("text").number_at(3) == 0


def test_what_looks_like_markdown_is_escaped_at_the_head_of_a_line_only():
    text = "# no heading\n---\nfour # five\n- a dash\n-5 degrees\n<b>"
    assert literal(text) == "\\# no heading\n\\---\nfour # five\n\\- a dash\n-5 degrees\n\\<b>"


def test_a_format_is_known_by_the_ending_of_a_name_in_any_case():
    known = Format("pdf", "PDF", (".pdf",), "pdf", 1, "")
    assert format_of("papers/Smith 2020.PDF", [known]) is known
    assert format_of("papers/pdf", [known]) is None
    assert format_of("papers/.pdf", [known]) is None
