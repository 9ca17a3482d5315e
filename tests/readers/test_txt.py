from starlight.readers import txt


def read(text: str) -> str:
    return txt.read(text.encode(), "notes.txt").text


def test_plain_text_is_what_it_is():
    assert read("Tea.\n\n- green\n- black\n> he said\n") == "Tea.\n\n- green\n- black\n> he said\n"


def test_what_looks_like_markdown_and_is_none_is_escaped():
    assert read("# 1\n```\n<b>\na\n---\n") == "\\# 1\n\\```\n\\<b>\na\n\\---\n"


def test_an_underlined_line_is_a_heading():
    assert read("Tea\n===\n\nGreen tea\n---------\nIt is green.") == "# Tea\n\n\n## Green tea\n\nIt is green."


def test_a_ruler_is_no_underline():
    for text in ("a b c\nd e f\n-----\n", "Tea is good.\n---\n", "\n---\n\n", "1 2 3\n-----\n"):
        assert "#" not in read(text), text


def test_deep_indentation_is_no_code():
    assert read("\tOnce upon\na time\n") == "   Once upon\na time\n"


def test_form_feeds_between_pages_are_white_space():
    assert read("one\n\f\ntwo\n") == "one\n \ntwo\n"
