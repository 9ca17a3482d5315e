"""Emails (.eml): RFC 5322 and MIME, by the standard library."""

from __future__ import annotations

import email
import email.header
import email.message
import email.policy
import email.utils
import re
from collections.abc import Iterator
from itertools import groupby
from typing import TypeAlias

from starlight.errors import NoteError
from starlight.readers.document import Document
from starlight.readers.escaping import literal
from starlight.readers.html import markdown_of
from starlight.readers.markup import decoded
from starlight.readers.metadata import front_matter, one_line

_HEADERS = ("from", "to", "cc", "date", "subject", "message-id", "received", "mime-version", "content-type")
_LONGEST_HEADER = 5_000
_MOST_PARTS = 1_000
_Part: TypeAlias = "tuple[email.message.Message, int]"
_QUOTED = re.compile(r"^\\(?=>)", re.MULTILINE)


def read(data: bytes, name: str) -> Document:
    """Return the text of an email; see ``Reader``.

    Plain text is taken before HTML.  Attachments are named at the end and not read.
    """
    try:
        mail = email.message_from_bytes(data.lstrip(b"\r\n\t "), policy=email.policy.compat32)
        parts = list(_parts(mail))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise NoteError("is damaged: its parts cannot be told from each other") from error
    if sum(header in mail for header in _HEADERS) < 2:
        raise NoteError("is no email: it has no headers such as From and Date")
    subject = _header(mail, "subject")
    text = _text(parts)
    names = [name for part, _ in parts if (name := _attachment(part))]
    if names:
        text = f"{text}\nAttachments: {', '.join(names)}\n".lstrip("\n")
    if not (text or subject):
        raise NoteError("has no text")
    front = front_matter(
        title=subject,
        created=_date(_header(mail, "date")),
        others=[(name, _people(mail, name)) for name in ("from", "to", "cc")],
    )
    return Document(text or f"{literal(subject)}\n", front)


def _parts(mail: email.message.Message) -> Iterator[_Part]:
    """Yield the parts that hold text or are attached, in their order, each with the alternatives that it is one of.

    Those are a number; 0 where there are none.  Mails within a mail are attachments.
    """
    left = [(mail, 0)]
    for number in range(1, _MOST_PARTS + 1):
        if not left:
            return
        part, within = left.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            if not within and part.get_content_type() == "multipart/alternative":
                within = number
            left += [(each, within) for each in _inside(part)[::-1]]
        else:
            yield part, within


def _inside(part: email.message.Message) -> list[email.message.Message]:
    """Return the parts of a part."""
    payload = part.get_payload() if part.is_multipart() else None
    return [each for each in payload if isinstance(each, email.message.Message)] if isinstance(payload, list) else []


def _text(parts: list[_Part]) -> str:
    """Return the text of a mail as Markdown: all of it, and of alternatives the plain text, if there is one."""
    texts: list[str] = []
    for within, several in groupby((each for each in parts if not _attachment(each[0])), lambda each: each[1]):
        bodies = [part for part, _ in several]
        plain = {id(part): text for part in bodies if (text := _plain_text(part))}
        for part in bodies:
            if part.get_content_type() == "text/html" and not (within and plain):
                texts.append(markdown_of(_decoded(part)))
            else:
                texts.append(plain.get(id(part), ""))
    return "\n".join(filter(None, texts))


def _plain_text(part: email.message.Message) -> str:
    """Return the text of a part that is plain text, with a line break at its end; nothing for any other."""
    text = _plain(part) if part.get_content_type() == "text/plain" else ""
    return text.strip("\n") + "\n" if text.strip() else ""


def _plain(part: email.message.Message) -> str:
    text = re.sub(r"\r\n?|\x0c", "\n", _decoded(part))
    if (_parameter(part, "format") or "").lower() == "flowed":
        text = re.sub(r"^ ", "", _unflowed(text), flags=re.MULTILINE)
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)
    # What is quoted stays a quote; the rest is no Markdown.
    return _QUOTED.sub("", literal(re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)))


def _unflowed(text: str) -> str:
    """Join the lines that a space at their end says go on (RFC 3676); the mark of a signature does not."""
    return re.sub(r"(?m)^(?!-- $)(?!>)(.*) $\n(?![ >\n]|-- $)", r"\1 ", text)


def _decoded(part: email.message.Message) -> str:
    """Return the text of a part; what it says of its encoding is believed only where that exists."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        payload = None
    data = payload if isinstance(payload, bytes) else b""
    return decoded(data, _parameter(part, "charset"))


def _parameter(part: email.message.Message, name: str) -> str:
    try:
        found = part.get_param(name)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return found if isinstance(found, str) else found[2] if isinstance(found, tuple) else ""


def _attachment(part: email.message.Message) -> str:
    """Return the name of an attachment; nothing for what is text of the mail."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        name = ""
    kind = part.get_content_type()
    if not name and kind == "message/rfc822":
        return next((_header(mail, "subject") for mail in _inside(part)), "") or "a mail"
    is_attached = str(part.get("content-disposition") or "").lower().startswith("attachment")
    if name or is_attached:
        return one_line(_of_words(name))[:200] or kind
    return ""


def _header(mail: email.message.Message, name: str) -> str:
    return one_line(_of_words(next(iter(_headers(mail, name)), "")))


def _headers(mail: email.message.Message, name: str) -> list[str]:
    """Return the headers called ``name``.  Letters beyond ASCII may stand in them as they are (RFC 6532)."""
    given = (value for key, value in mail.raw_items() if key.lower() == name)
    return [decoded(str(value)[:_LONGEST_HEADER].encode("utf-8", "surrogateescape")) for value in given]


def _of_words(text: str) -> str:
    """Return a header with its encoded words decoded (RFC 2047)."""
    try:
        pieces = email.header.decode_header(text)
    except (ValueError, LookupError, TypeError, email.errors.MessageError):
        return text
    return "".join(each if isinstance(each, str) else decoded(each, charset or "") for each, charset in pieces)


def _people(mail: email.message.Message, name: str) -> list[str]:
    """Return who a header names, each as name and address."""
    try:
        pairs = email.utils.getaddresses(_headers(mail, name))
    except (ValueError, TypeError, IndexError, RecursionError):
        return []
    return [f"{_of_words(who)} <{address}>" if who else address for who, address in pairs if who or address]


def _date(text: str) -> str:
    """Return a date as ISO 8601 has it; as it is written where it is none."""
    try:
        return email.utils.parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return text
