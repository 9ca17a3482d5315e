from __future__ import annotations

import pytest

from starlight.errors import NoteError
from starlight.readers.document import Document
from starlight.readers.html import read
from tests.readers.parts import docx, page, paragraph

BLOG = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>How bread rises - The Kitchen</title>
<meta name="author" content="Ada Baker"><meta property="article:published_time" content="2024-03-05T10:00:00Z">
<meta name="keywords" content="bread, sour dough"></head><body>
<div class="top"><a href="/">The Kitchen</a> <a href="/r">Recipes</a> <a href="/login">Log in</a></div>
<ul class="links"><li><a href="/a">Breads</a></li><li><a href="/b">Cakes</a></li></ul>
<div><div class="left"><b>Popular</b><ul><li><a href="/1">Ten soups for winter</a></li><li><a href="/2">Knives</a></li>
</ul></div>
<div class="middle"><h1>How bread rises</h1>
<p>Yeast eats the sugars that enzymes make of starch, and gives off carbon dioxide, which the gluten of the dough
holds in bubbles until the heat of the oven sets it.</p>
<p>Short.</p>
<p>At 26 degrees it takes some three hours, and at four degrees a night, which gives it more taste than any spice.</p>
<h2>See also</h2>
<ul><li><a href="https://example.org/s">Starch</a></li><li><a href="/o">Ovens</a></li></ul></div></div>
<div class="bottom"><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a> <a href="/c">Contact us</a></div>
<div class="cookie-banner">We use cookies <button>Accept</button></div></body></html>"""


def document(body: str | bytes, name: str = "a.html") -> Document:
    return read(body.encode() if isinstance(body, str) else body, name)


def text_of(body: str) -> str:
    return document(f"<html><body>{body}</body></html>").text


def test_a_page_without_marked_content_is_what_is_between_its_first_and_last_block_of_text():
    text = document(BLOG).text
    assert text.startswith("# How bread rises\n\nYeast eats")
    assert text.endswith("## See also\n\n- [Starch](https://example.org/s)\n- [Ovens](/o)\n")
    assert "\n\nShort.\n\n" in text


def test_a_page_says_who_wrote_it_and_when_and_its_title_is_without_that_of_the_site():
    front = document(BLOG).front
    assert (front.title, front.created, front.language) == ("How bread rises", "2024-03-05T10:00:00Z", "en")
    assert front.tags == ("bread", "sour-dough")
    assert ("author", ("Ada Baker",)) in front.properties


@pytest.mark.parametrize(
    "around",
    [
        "<nav>Around</nav>",
        "<footer>Around</footer>",
        "<header><a href='/'>Around</a></header>",
        "<aside>Around</aside>",
        "<div role='navigation'>Around</div>",
        "<div id='cookie-consent'>Around</div>",
        "<ul class='breadcrumbs'><li>Around</li></ul>",
        "<script>Around()</script>",
        "<style>.Around{}</style>",
        "<noscript>Around</noscript>",
        "<template>Around</template>",
        "<p hidden>Around</p>",
        "<p style='display: none'>Around</p>",
        "<span aria-hidden='true'>Around</span>",
        "<form><textarea>Around</textarea></form>",
        "<svg><text>Around</text></svg>",
        "<iframe src='https://example.org'>Around</iframe>",
        "<!-- Around -->",
    ],
)
def test_what_is_around_the_content_is_left_out(around):
    assert text_of(f"{around}<h1>Title</h1><p>Text of the page.</p>{around}") == "# Title\n\nText of the page.\n"


def test_main_is_the_content_and_so_is_one_article():
    rest = "<div>Something else, said beside it in a sentence that is long enough to be taken for text.</div>"
    for tag in ("main", "article", "div role=main"):
        content = f"<{tag}><header><h1>Title</h1></header><p>{'Text of the page. ' * 6}</p></{tag.split()[0]}>"
        assert text_of(f"{rest}{content}{rest}").startswith("# Title\n\nText")
        assert "Something else" not in text_of(f"{rest}{content}{rest}")


def test_a_main_that_holds_next_to_nothing_is_not_the_content():
    assert "Everything" in text_of(f"<main>Loading</main><div><p>{'Everything is here. ' * 20}</p></div>")


def test_a_note_beside_the_text_is_a_part_of_it():
    assert "Mind this" in text_of("<main><p>Text</p><aside class='admonition warning'>Mind this</aside></main>")


def test_blocks():
    found = text_of(
        "<h2>Head <a class='headerlink' href='#head'>¶</a></h2><p>One<br>two <b>bold</b> <code>a_`b`</code></p>"
        "<ul><li>a<ol start=3><li>b<li><p>c</p><p>d</p></ol><li>e</ul><blockquote><p>said</p><p>twice</p></blockquote>"
        "<pre class='highlight-python'>x = [\n\t1]\n</pre><dl><dt>Term</dt><dd>Meaning</dd></dl><hr>"
        "<img src='x.png' alt='A roof'><p>10<sup>6</sup> CO<sub>2</sub> 1<sup>st</sup></p>"
    )
    assert found == (
        "## Head\n\nOne\ntwo bold `` a_`b` ``\n\n- a\n  3. b\n  4. c\n\n     d\n- e\n\n> said\n>\n> twice\n\n"
        "```python\nx = [\n    1]\n```\n\nTerm\n\nMeaning\n\nA roof\n\n10^6 CO_2 1st\n"
    )


def test_tables_of_values_and_tables_that_only_place_things():
    values = "<table><caption>Times</caption><tr><th>Flour<th>Hours<tr><td>Rye<td>12|14</table>"
    assert text_of(values) == "Times\n\n| Flour | Hours |\n| --- | --- |\n| Rye | 12\\|14 |\n"
    assert text_of(f"<table><tr><td><h1>Title</h1><p>Text</p>{values}</td></tr></table>") == (
        "# Title\n\nText\n\nTimes\n\n| Flour | Hours |\n| --- | --- |\n| Rye | 12\\|14 |\n"
    )


def test_links_are_kept_where_they_lead_somewhere():
    links = "".join(
        f"<p><a href='{address}'>a [b]</a></p>"
        for address in ("https://e.org/a b(1)", "../b.html#c", "#here", "javascript:alert(1)", "data:text/html,x", "")
    )
    shown = ["[a \\[b\\]](https://e.org/a%20b%281%29)", "[a \\[b\\]](../b.html#c)", *["a [b]"] * 4]
    assert text_of(links).split("\n\n") == [*shown[:-1], shown[-1] + "\n"]
    assert text_of("<a href='https://e.org'><h2>Card</h2><p>More</p></a>") == "## [Card](https://e.org)\n\nMore\n"


def test_footnotes():
    text = (
        "<p>Text<a href='#fn1' class='footnote-ref'><sup>1</sup></a>.</p>"
        "<section class='footnotes'><ol><li id='fn1'><p>The note. <a href='#fnref1'>↩</a></p></li></ol></section>"
    )
    assert text_of(text) == "Text[^1].\n\n[^1]: The note.\n"


def test_formulas_are_tex_where_the_page_has_it():
    formula = "<math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math>"
    assert text_of(f"<p>Be {formula} so.</p>") == "Be $x^2$ so.\n"


def test_text_that_looks_like_markdown_is_text():
    assert text_of("<p># five<br>- a dash</p><p>&lt;script&gt;</p>") == "\\# five\n\\- a dash\n\n\\<script>\n"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset=windows-1251>", "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        ("", "utf-8"),
        ("<meta charset=utf-8>", "utf-16"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251"),
    ],
)
def test_encodings(head, encoding):
    assert document(f"{head}<p>хлеб</p>".encode(encoding)).text == "хлеб\n"


@pytest.mark.parametrize(
    "charset",
    ["utf-7", "undefined", "idna", "unicode_escape", "hex", "rot13", "zlib", "no-such", "utf-16", "\x00", "é"],
)
def test_encodings_that_make_no_sense_cost_odd_letters_at_most(charset):
    assert "bread" in document(f"<meta charset='{charset}'><p>bread +ADw- é</p>".encode("latin-1")).text


def test_a_page_that_is_xml():
    assert (
        document(page("<script src='x'/><p>Text&nbsp;&amp; &eacute; <b/>more</p>"), "a.xhtml").text == "Text & é more\n"
    )
    assert document("<html><title/><body><p>Text &unknown; <br>more</p></body></html>", "a.xhtml").text


def test_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY l0 "laugh">{laughs}]>'
    body = "<html xmlns='http://www.w3.org/1999/xhtml'><body><p title='&l11;'>Text &x; &l11; end</p></body></html>"
    for name in ("a.html", "a.xhtml"):
        text = document(head + body, name).text
        assert "Text" in text
        assert "the secret" not in text
        assert "laughlaugh" not in text


@pytest.mark.parametrize(
    "tags", ["<div>", "<b><i>", "<ul><li>", "<blockquote>", "<table><tr><td>", "<a href=x>", "<font>"]
)
def test_elements_within_elements(tags):
    n = 900 // tags.count("<") if tags.startswith("<table") else 1_900 // tags.count("<")
    assert "deep" in text_of(f"<p>Text</p>{tags * n}deep")


def test_elements_within_elements_without_end():
    with pytest.raises(NoteError, match="nest too deeply"):
        text_of("<div>" * 100_000)


def test_a_picture_within_the_page_may_be_long():
    assert (
        text_of(f"<img alt='A roof' src='data:image/png;base64,{'A' * 11_000_000}'><p>Text</p>") == "A roof\n\nText\n"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no text"),
        (b"<script>write('text')</script>", "no text, or gets it from a script"),
        (docx(paragraph("Text")), "a ZIP archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x00" * 100, "something else, or damaged"),
    ],
)
def test_other_files_say_what_they_are(data, reason):
    with pytest.raises(NoteError, match=reason):
        document(data)


def test_a_page_that_is_cut_short_is_read_as_far_as_it_goes():
    assert "Yeast eats" in document(BLOG[: len(BLOG) * 3 // 4]).text


def test_a_section_that_is_named_after_its_heading_is_content():
    section = '<section id="related-work"><h2>Related work</h2><p>Others have tried before us.</p></section>'
    assert "Others have tried" in text_of(f"<main><h1>Roofs</h1><p>A long text about roofs.</p>{section}</main>")
