from __future__ import annotations

import pytest

from starlight.errors import NoteError
from starlight.readers.document import Document
from starlight.readers.eml import read
from tests.readers.samples import MAIL, PAGE

HEAD = "From: ada@example.org\nTo: bob@example.org\nSubject: The roof\nDate: Tue, 5 Mar 2024 10:00:00 +0100\n"


def mail(rest: str, encoding: str = "utf-8") -> Document:
    return read((HEAD + rest).encode(encoding), "a.eml")


def test_a_mail_says_who_wrote_to_whom_and_when():
    front = read(MAIL, "a.eml").front
    assert (front.title, front.created) == ("The roof", "2024-03-05T10:00:00+01:00")
    assert front.properties == (("from", ("Adá <ada@example.org>",)), ("to", ("bob@example.org",)))


def test_the_text_is_decoded_and_attachments_are_named():
    assert read(MAIL, "a.eml").text == "It leaks ä.\n\nAttachments: plan.pdf\n"


def test_plain_text_is_taken_before_html_which_is_read_where_there_is_nothing_else():
    both = (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/html\n\n<p>As <b>HTML</b></p>\n'
        "--b\nContent-Type: text/plain\n\n{}\n--b--\n"
    )
    assert mail(both.format("As text")).text == "As text\n"
    assert mail(both.format("")).text == "As HTML\n"


def test_html_beside_plain_text_that_is_no_alternative_to_it_is_read_too():
    both = (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html\n\n<p>As <b>HTML</b></p>\n'
        "--b\nContent-Type: text/plain\n\nUnsubscribe here\n--b--\n"
    )
    assert mail(both).text == "As HTML\n\nUnsubscribe here\n"
    nested = (
        'Content-Type: multipart/mixed; boundary="a"\n\n--a\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n'
        "Content-Type: text/plain\n\nAs text\n--b\nContent-Type: text/html\n\n<p>As HTML</p>\n--b--\n"
        "--a\nContent-Type: text/html\n\n<p>A footer</p>\n--a--\n"
    )
    assert mail(nested).text == "As text\n\nA footer\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_letters_may_stand_in_headers_as_they_are(encoding):
    data = 'From: "Adá Ünal" <ada@example.org>\nTo: bob@example.org\nSubject: Das Dach, größer\n\nText'.encode(encoding)
    front = read(data, "a.eml").front
    assert front.title == "Das Dach, größer"
    assert dict(front.properties)["from"] == ("Adá Ünal <ada@example.org>",)


def test_quotes_stay_quotes_and_what_looks_like_markdown_is_text():
    assert mail("\nYes.\n\n> # a heading?\n> no\n\n# five\n-- \nAda\n").text == (
        "Yes.\n\n> # a heading?\n> no\n\n\\# five\n\\--\nAda\n"
    )


def test_flowed_text_is_joined():
    text = mail('Content-Type: text/plain; format="flowed"\n\nIt is \nlong.\nNext\n-- \nAda\n').text
    assert text == "It is long.\nNext\n\\--\nAda\n"


def test_forwarded_mails_are_attachments():
    rest = 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nSee below.\n--b\nContent-Type: message/rfc822\n\n'
    assert mail(f"{rest}Subject: Old news\nFrom: c@d\n\nInner\n--b--\n").text == "See below.\n\nAttachments: Old news\n"


@pytest.mark.parametrize("charset", ["windows-1251", "utf-16", "hex", "no-such", "undefined", "=?x?q?y?=", ""])
def test_encodings_that_are_wrong_cost_odd_letters_at_most(charset):
    found = mail(f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\nhere хлеб", "cp1251")
    assert "here" in found.text
    assert ("хлеб" in found.text) == (charset == "windows-1251")


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x-uuencode", "nonsense"])
def test_parts_that_are_encoded_wrongly_are_read_as_they_are(encoding):
    assert isinstance(mail(f"Content-Transfer-Encoding: {encoding}\n\n=ZZ begin %%% text\n"), Document)


def test_headers_that_make_no_sense():
    odd = 'Subject: =?utf-8?b?!!!?= =?no-such?q?a?=\nFrom: "<<<>, ;\nDate: the day after\nTo: a@b\n\nText'
    assert read(odd.encode(), "a.eml").front.created == "the day after"


def test_parts_within_parts():
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(2_000))
    try:
        assert mail(f"{deep}\nText").text
    except NoteError as error:
        assert "parts" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "no email"), (PAGE, "no email"), (b"just text\nmore", "no email"), (b"From: a\nTo: b\n\n", "no text")],
)
def test_other_files_say_what_they_are(data, reason):
    with pytest.raises(NoteError, match=reason):
        read(data, "a.eml")
