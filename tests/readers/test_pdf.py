"""PDFs into text: the order of columns, what is a paragraph, what is left out, and files that cannot be read."""

from __future__ import annotations

import io
import random
import re

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from starlight.errors import NoteError
from starlight.readers import formats
from starlight.readers.document import Document
from starlight.readers.pdf import read
from tests.faults.scale import scaled
from tests.pdfs import Paper, drawn, mixed, paper, words
from tests.readers import fuzzing_process

WORDS = re.findall(
    r"\S+",
    "documents systems engineering representation of the in a with portable complicated well-known matter for measure "
    "information evaluation language understanding and to methods relation knowledge organisation",
)
CHANCE = random.Random(7)


def sentence() -> str:
    return " ".join(CHANCE.choices(WORDS, k=CHANCE.randint(8, 24))).capitalize() + "."


def paragraphs(number: int) -> list[str]:
    return [" ".join(sentence() for _ in range(CHANCE.randint(2, 6))) for _ in range(number)]


PAPER = Paper(
    "On the Order of Words in Printed Documents",
    abstract=paragraphs(1)[0],
    sections=[
        (1, "1 Introduction", paragraphs(8)),
        (2, "1.1 Earlier work", paragraphs(9)),
        (3, "1.1.1 Columns", paragraphs(2)),
        (1, "2 Method", paragraphs(9)),
        (1, "Acknowledgments", paragraphs(1)),
    ],
    references=[f"[{number}] A. Author. {sentence()} Journal {number}, 2001." for number in range(1, 16)],
)


def lines(text: str, *, left: float = 60, top: float = 80, leading: float = 12) -> list[tuple[float, float, str]]:
    """Lines below one another, at places for ``drawn``."""
    return [(left, top + leading * number, line) for number, line in enumerate(text.splitlines())]


def page_of(document: Document, text: str) -> int:
    """The page on which ``text`` is found."""
    locator = document.locator(document.text.index(text))
    assert locator
    assert locator.unit == "page"
    return locator.number


def headings(document: Document) -> list[str]:
    return re.findall(r"^#+ .*$", document.text, re.MULTILINE)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_a_paper_is_read_word_for_word_in_order(columns):
    document = read(paper(PAPER, columns=columns), "paper.pdf")
    assert words(document.text) == PAPER.words()


@pytest.mark.parametrize("columns", [1, 2])
def test_paragraphs_are_one_line_each_across_columns_and_pages(columns):
    document = read(paper(PAPER, columns=columns), "paper.pdf")
    blocks = document.text.split("\n\n")
    for _, _, texts in PAPER.sections:
        for text in texts:
            assert text in blocks


def test_headings_have_the_levels_of_their_numbers_and_the_title_is_first():
    document = read(paper(PAPER, columns=2), "paper.pdf")
    assert document.front.title == PAPER.title
    assert headings(document) == [
        f"# {PAPER.title}",
        "## Abstract",
        "## 1 Introduction",
        "### 1.1 Earlier work",
        "#### 1.1.1 Columns",
        "## 2 Method",
        "## Acknowledgments",
        "## References",
    ]


@pytest.mark.parametrize("columns", [1, 2])
def test_each_reference_is_a_paragraph(columns):
    document = read(paper(PAPER, columns=columns), "paper.pdf")
    assert document.text.split("## References\n\n")[1].split("\n\n") == list(PAPER.references)


def test_references_without_numbers_are_known_by_their_hanging_lines():
    references = [f"Author, A. ({year}). {sentence()} Press." for year in range(1990, 2004)]
    document = read(paper(Paper("A Paper about Papers", sections=PAPER.sections, references=references)), "paper.pdf")
    assert document.text.split("## References\n\n")[1].split("\n\n") == references


def test_running_heads_and_page_numbers_are_left_out():
    document = read(paper(PAPER), "paper.pdf")
    assert len(document.marks) > 2
    assert "Journal of Known Texts" not in document.text
    assert document.text.count(PAPER.title) == 1
    assert not re.search(r"^\d+$", document.text, re.MULTILINE)


def test_the_head_of_a_table_that_goes_on_over_pages_stays():
    head = [(60, 80, "Name"), (200, 80, "Value")]
    pages = [
        [*head, *lines(f"name {page}\nother {page}", top=92), *lines("a\nb", left=200, top=92)] for page in range(5)
    ]
    assert read(drawn(*pages), "table.pdf").text.count("Name  Value\n") == 5


def test_pages_that_all_say_the_same_are_read():
    assert read(drawn(*([lines("The same form.")] * 4)), "forms.pdf").text.count("The same form.") == 4


def test_pages_are_found_again_from_places_in_the_text():
    document = read(drawn(lines("The first page.\nIt ends here."), [], lines("The third page.")), "three.pdf")
    assert [page_of(document, text) for text in ("The first", "ends", "third")] == [1, 1, 3]


def test_a_paragraph_that_goes_on_over_a_page_has_both_pages():
    document = read(drawn(lines("A sentence that be-"), lines("gins on one page.")), "two.pdf")
    assert document.text == "A sentence that begins on one page."
    assert [page_of(document, text) for text in ("that", "gins")] == [1, 2]


def test_words_cut_at_the_end_of_a_line_are_whole_and_real_hyphens_stay():
    text = (
        "Some engineers think of representa-\ntion in state-of-the-\nart systems, and of the well-\n"
        "known problems. What is well-known since Jean-\nPaul is COVID-\n19 and a state of the art."
    )
    assert read(drawn(lines(text)), "hyphens.pdf").text == (
        "Some engineers think of representation in state-of-the-art systems, and of the well-known problems. "
        "What is well-known since Jean-Paul is COVID-19 and a state of the art."
    )


def test_addresses_that_go_on_in_the_next_line_are_whole():
    text = "It is found at https://example.org/a/\npage.html and at https://doi.org/10.1007/3-\n540-65193-4_29."
    expected = "It is found at https://example.org/a/page.html and at https://doi.org/10.1007/3-540-65193-4_29."
    assert read(drawn(lines(text)), "addresses.pdf").text == expected


def test_a_figure_across_two_columns_parts_what_is_above_it_from_what_is_below():
    def column(name: str, left: float, top: float) -> list[tuple[float, float, str]]:
        text = "\n".join(f"{name}{number} is a line of this column here" for number in range(6))
        return lines(text, left=left, top=top)

    caption = [(60, 200, "Figure 1: A caption that runs across both of the columns of this page, as wide as it is.")]
    page = [*column("c", 60, 230), *column("b", 320, 80), *caption, *column("d", 320, 230), *column("a", 60, 80)]
    found = re.findall(r"[a-d](?=\d is)|Figure", read(drawn(page), "figure.pdf").text)
    assert "".join(found) == "a" * 6 + "b" * 6 + "Figure" + "c" * 6 + "d" * 6


def test_footnotes_between_the_parts_of_a_paragraph_follow_it():
    notes = [(60, 700, "1 A note at the foot of the page.")]
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for text, below in (
        ("A paragraph of the text which goes on where", notes),
        ("the next page begins, and ends.", []),
    ):
        for size, placed in ((10, lines(f"{sentence()[:60]}.\n{text}")), (7, below)):
            canvas.setFont("Times-Roman", size)
            for left, top, line in placed:
                canvas.drawString(left, A4[1] - top, line)
        canvas.showPage()
    canvas.save()
    document = read(file.getvalue(), "footnotes.pdf")
    assert "1 A note at the foot of the page." in document.text.split("\n\n")
    assert page_of(document, "1 A note") == 1


def test_rows_of_a_table_stay_lines_with_their_cells_in_order():
    table = [(60 + 150 * column, 80 + 14 * row, f"r{row}c{column}") for column in range(3) for row in range(4)]
    expected = "\n".join("  ".join(f"r{row}c{column}" for column in range(3)) for row in range(4))
    assert read(drawn(table), "table.pdf").text == expected


def test_bullets_are_items_of_a_list():
    document = read(drawn(lines("What we need:\n• bread and\n   butter\n• tea")), "list.pdf")
    assert document.text == "What we need:\n\n- bread and butter\n- tea"


def test_what_looks_like_markdown_is_none():
    assert read(drawn(lines("# no heading\n\n\n---")), "plain.pdf").text == "\\# no heading\n\n\\---"


def test_the_file_s_own_words_about_itself():
    options = {"title": "Another Title", "author": "Ada Lovelace; Charles Babbage", "keywords": "engines, notes"}
    front = read(paper(PAPER, **options), "paper.pdf").front
    assert dict(front.properties) == {"author": ("Ada Lovelace", "Charles Babbage"), "keywords": ("engines", "notes")}
    assert front.title == PAPER.title  # what is printed large counts, where the other is nowhere in the text
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", front.created)


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - draft.doc", "paper_final.tex", "(anonymous)"])
def test_titles_that_programs_put_there_are_none(title):
    assert (
        read(
            drawn(lines("Only text."), title=None) if not title else paper(Paper("A True Title"), title=title), "x.pdf"
        ).front.title
        == "A True Title"
    )


def test_a_stated_title_that_is_printed_is_the_title():
    front = read(paper(PAPER, title="1.1 Earlier work"), "paper.pdf").front
    assert front.title == "1.1 Earlier work"


def test_a_text_that_is_bold_as_a_whole_has_no_headings_by_its_weight():
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setFont("Helvetica-Bold", 10)
    for left, top, line in lines("A short line\n\n\nAnother line\n\n\nAnd one more"):
        canvas.drawString(left, A4[1] - top, line)
    canvas.save()
    assert headings(read(file.getvalue(), "bold.pdf")) == []


def test_bookmarks_say_what_headings_are():
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for level, name in ((0, "The first part"), (1, "a smaller one")):
        canvas.bookmarkPage(name)
        canvas.addOutlineEntry(name, name, level)
        for left, top, line in [(60, 80, name), *lines("\n".join(sentence() for _ in range(4)), top=110)]:
            canvas.drawString(left, A4[1] - top, line)
        canvas.showPage()
    canvas.save()
    assert headings(read(file.getvalue(), "outline.pdf")) == ["## The first part", "### a smaller one"]


def test_sideways_pages_are_read_as_they_are_meant():
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=landscape(A4))
    canvas.translate(0, A4[0])
    canvas.rotate(-90)
    for left, top, line in lines("The first line of this page\ngoes on here."):
        canvas.drawString(left, A4[1] - top, line)
    canvas.save()
    assert read(file.getvalue(), "sideways.pdf").text == "The first line of this page goes on here."


def test_numbers_beside_the_lines_of_a_draft_are_left_out():
    text = lines("\n".join(f"This is line {word} of a draft" for word in "abcdefghijkl"))
    numbers = [(30, top, str(number)) for number, (_, top, _) in enumerate(text, start=17)]
    assert not re.search(r"\d", read(drawn([*text, *numbers]), "draft.pdf").text)


def test_ligatures_and_mathematical_letters_are_plain():
    from starlight.readers.pdf_text import clean

    assert clean("eﬃcient ﬁnd  \u00ad\U0001d465 th´eor`eme . . . . . . . 12") == "efficient find  x théorème … 12"


def test_many_pages():
    number = scaled(120, 2_000)
    document = read(drawn(*(lines(f"Page {page} says {sentence()}") for page in range(number))), "long.pdf")
    assert document.marks[-1].number == number
    assert f"Page {number - 1} says" in document.text


WHOLE = paper(PAPER, columns=2)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (bytes(4_096), "is empty"),
        (b"PK\x03\x04 a document of another kind", "is no PDF"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 20, "is damaged"),
        (WHOLE[:200], "is damaged"),
        (paper(PAPER, encrypt=StandardEncryption("secret", strength=128)), "is encrypted: save a copy without"),
        (mixed(200), "is scanned"),
        (mixed(200, 100, 50, stamp="This content was downloaded by a library."), "is scanned"),
        (drawn([]), "has no text"),
    ],
)
def test_files_that_cannot_be_read_say_why(data, reason):
    with pytest.raises(NoteError, match=reason):
        read(data, "broken.pdf")


SAID = ["One page says this.", "And the next one that.", "It ends in a way of its own."]


@pytest.mark.parametrize(
    ("data", "pages"),
    [
        (mixed(SAID[0], 200, 100, SAID[1], 50), "2-3, 5"),
        (mixed(SAID[0], 200), "2"),
        (mixed(SAID[0], *[200] * 18, stamp="This content was downloaded by a library."), "2-19"),
        (mixed(SAID[0], 200, SAID[1], share=0.6), "2"),
        (mixed(200, SAID[0], 100, SAID[1]), "1, 3"),
        (mixed(200, SAID[0]), "1"),
        (
            mixed(SAID[0], *(page for _ in range(25) for page in (200, sentence()))),
            "2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, and 5 more",
        ),
    ],
)
def test_pages_that_are_images_are_named(data, pages):
    document = read(data, "appendix.pdf")
    assert document.text.startswith(SAID[0])
    (problem,) = document.front.problems
    assert problem.startswith(f"pages that are images have no text: {pages}; text recognition")


@pytest.mark.parametrize(
    "data",
    [
        mixed(*SAID),
        mixed(SAID[0], "", "", SAID[1]),
        mixed(SAID[0], 200, SAID[1], share=0.1),
        mixed(200, *SAID),
        mixed(200, *SAID, 100),
    ],
    ids=["text", "empty", "a small picture", "a cover", "both covers"],
)
def test_empty_pages_small_pictures_and_covers_are_no_problem(data):
    assert read(data, "book.pdf").front.problems == ()


def test_an_image_in_stripes_or_inside_of_a_drawing_is_one():
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    image = ImageReader(Image.new("L", (60, 10), 200))
    canvas.drawString(60, 700, SAID[0])
    canvas.showPage()
    for number in range(8):
        canvas.drawImage(image, 0, A4[1] * number / 8, A4[0], A4[1] / 8)
    canvas.showPage()
    canvas.beginForm("scan", 0, 0, 100, 100)
    canvas.drawImage(image, 0, 0, 100, 100)
    canvas.endForm()
    canvas.scale(A4[0] / 100, A4[1] / 100)
    canvas.doForm("scan")
    canvas.showPage()
    canvas.save()
    (problem,) = read(file.getvalue(), "stripes.pdf").front.problems
    assert "2-3;" in problem


def test_a_password_for_the_owner_only_is_none_for_readers():
    data = paper(PAPER, encrypt=StandardEncryption("", ownerPassword="secret", canCopy=0, strength=128))
    assert words(read(data, "locked.pdf").text) == PAPER.words()


def test_a_file_that_has_lost_its_end_gives_the_pages_that_are_there():
    assert words(read(WHOLE[: WHOLE.rindex(b"startxref")], "cut.pdf").text) == PAPER.words()


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_says_so(part):
    with pytest.raises(NoteError, match="is damaged or cut off"):
        read(WHOLE[: int(part * len(WHOLE))], "cut.pdf")


def test_scripts_and_links_are_no_part_of_the_text():
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.drawString(60, 700, "Press here.")
    canvas.linkURL("http://127.0.0.1:9/never", (60, 690, 160, 720))
    canvas._doc.Catalog.OpenAction = "<</S/JavaScript/JS(app.alert\\('run'\\))>>"
    canvas.save()
    assert b"JavaScript" in file.getvalue()
    assert read(file.getvalue(), "active.pdf").text == "Press here."


def test_random_and_damaged_bytes_give_text_or_a_reason(tmp_path):
    """In a process of their own: a crash of PDFium would be seen as one."""
    known = formats.format_of("x.pdf")
    assert known
    fuzzing_process.check(
        known, [WHOLE, mixed(200), mixed("short", 200), drawn(lines("short"))], scaled(200, 10_000), tmp_path
    )
