import pytest

from starlight import values
from starlight.notes.model import FrontMatter
from starlight.readers import formats
from starlight.readers.document import Document, Mark
from starlight.readers.escaping import literal
from starlight.readers.stored import from_json, to_json


def test_a_place_in_the_text_has_the_number_of_its_page():
    document = Document("one two three", unit="page", marks=(Mark(0, 1), Mark(4, 2), Mark(8, 4)))
    assert [document.locator(at) for at in (0, 3, 4, 7, 8, 12)] == [("page", page) for page in (1, 1, 2, 2, 4, 4)]


def test_before_the_first_mark_and_without_marks_there_is_no_number():
    assert Document("cover", unit="page", marks=(Mark(2, 1),)).locator(1) is None
    assert Document("text").locator(3) is None


def test_what_looks_like_markdown_is_escaped_at_the_head_of_a_line_only():
    text = "# no heading\n---\nfour # five\n- a dash\n-5 degrees\n<b>"
    assert literal(text) == "\\# no heading\n\\---\nfour # five\n\\- a dash\n-5 degrees\n\\<b>"


def test_a_document_is_the_same_after_it_was_kept():
    front = FrontMatter(title="T", aliases=("a",), tags=("t",), properties=(("author", ("A", "B")),), problems=("odd",))
    document = Document("über\n\u2028", front, "page", (Mark(0, 1), Mark(3, 2)), {"id:1": 2})
    assert from_json(to_json(document)) == document


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"text": 1}', '{"text": "", "front": [], "marks": [], "ids": []}']
)
def test_what_is_no_document_is_a_value_error(content: str):
    with pytest.raises(ValueError, match=r"."):
        from_json(content)


def test_settings_name_the_formats_that_there_are():
    assert tuple(each.name for each in formats.FORMATS) == values.FORMATS


def test_half_of_a_pair_of_surrogates_is_no_text():
    found = from_json(to_json(Document("a\ud800b", FrontMatter(title="\udc00"))))
    assert (found.text, found.front.title) == ("a?b", "?")
