import codecs

import pytest

from starlight.errors import NoteError
from starlight.readers import decoding


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("thé".encode(), "thé"),
        ("thé".encode("utf-8-sig"), "thé"),
        ("thé".encode("utf-16"), "thé"),
        (codecs.BOM_UTF16_BE + "thé".encode("utf-16-be"), "thé"),
        ("thé".encode("utf-32"), "thé"),
    ],
)
def test_unicode_is_read_in_all_its_forms(data, text):
    assert decoding.decode(data) == text


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("# -*- coding: latin-2 -*-", "latin2"),
        ("# -*- mode: org; coding: iso-8859-7-unix -*-", "iso-8859-7"),
        ("# vim: set fileencoding=cp1251 :", "cp1251"),
        ("\\usepackage[koi8-r]{inputenc}", "koi8-r"),
        ("\\usepackage[applemac]{inputenc}", "mac-roman"),
        ("\\inputencoding{latin9}", "latin9"),
    ],
)
def test_a_file_says_what_it_is_written_in(line, encoding):
    text = f"{line}\n{bytes(range(0xE1, 0xF0)).decode(encoding)}\n"
    assert decoding.decode(text.encode(encoding)) == text


def test_the_declaration_may_stand_at_the_end():
    text = "x\n" * 5_000 + "Größe\n# Local Variables:\n# coding: cp437\n# End:\n"
    assert decoding.decode(text.encode("cp437")) == text


def test_a_text_in_seven_bits_is_read_as_it_says():
    text = "# -*- coding: iso-2022-jp -*-\n茶\n"
    assert decoding.decode(text.encode("iso-2022-jp")) == text


@pytest.mark.parametrize("name", ["unicode_escape", "idna", "punycode", "utf-7", "rot13", "zip", "no-such", "utf-16"])
def test_what_is_no_encoding_of_characters_is_not_believed(name):
    data = f"coding: {name}\n".encode() + b"caf\xe9"
    assert decoding.decode(data).endswith("café")


def test_utf_8_is_believed_before_what_the_file_says():
    assert decoding.decode("% coding: latin-1\nthé".encode()).endswith("thé")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café de la gare est fermé à cause des travaux. Où êtes-vous ?", "cp1252"),
        ("He said “no” — and left.", "cp1252"),
        ("Привет, как дела? Это простой текст на русском языке.", "cp1251"),
        ("Привет, как дела? Это простой текст на русском языке.", "koi8-r"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        ("你好，这是一个简单的中文文本，用来测试编码。", "gb18030"),
        ("こんにちは、これは簡単な日本語のテキストです。", "cp932"),
        ("안녕하세요, 이것은 간단한 한국어 텍스트입니다.", "cp949"),
        ("Καλημέρα, αυτό είναι ένα απλό κείμενο.", "cp1253"),
    ],
)
@pytest.mark.parametrize("times", [1, 3_000])
def test_a_text_that_says_nothing_is_read_as_the_language_that_it_looks_like(text, encoding, times):
    text = f"{text}\n" * times
    assert decoding.decode(text.encode(encoding)) == text


def test_a_few_letters_in_much_english_are_western():
    text = "Plain English for many lines.\n" * 3_000 + "A naïve résumé, half of a façade.\n"
    assert decoding.decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("data", [b"\x7fELF\0\0", b"\xff\xfe\0\0", "a\0b".encode("utf-16")])
def test_binary_data_is_no_text(data):
    if data == b"\xff\xfe\0\0":  # a byte order mark and nothing else
        assert decoding.decode(data) == ""
        return
    with pytest.raises(NoteError, match="is a binary file"):
        decoding.decode(data)


def test_a_mark_that_lies_is_said_with_the_place():
    with pytest.raises(NoteError, match=r"is not UTF-16 text \(byte 2\); save it as UTF-8"):
        decoding.decode(b"\xff\xfea")


def test_lines_end_as_in_an_editor():
    assert decoding.lines("a\r\nb\rc\n\nd\u2028e\ff\x85g".encode()) == ["a", "b", "c", "", "d\u2028e\ff\x85g"]
    assert decoding.lines(b"") == [""]
