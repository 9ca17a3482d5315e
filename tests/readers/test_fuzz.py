"""Whatever the bytes are, a reader gives a document or says what is wrong with the file."""

from __future__ import annotations

from collections import Counter

import pytest

from starlight.errors import NoteError
from starlight.readers.document import Document
from starlight.readers.formats import FORMATS, Format, read
from tests.readers.fuzzing import inputs, named
from tests.readers.samples import SAMPLES

SAMPLED = [known for known in FORMATS if known.name in SAMPLES]


def test_every_format_has_a_sample():
    assert set(SAMPLES) == {known.name for known in FORMATS} - {"pdf"}


@pytest.mark.parametrize("known", SAMPLED, ids=lambda known: known.name)
def test_samples_are_read(known: Format):
    assert read(known, SAMPLES[known.name], f"sample{known.endings[0]}").text


@pytest.mark.parametrize("known", SAMPLED, ids=lambda known: known.name)
def test_damaged_files_are_read_or_refused(known: Format):
    outcomes = Counter(outcome(known, data) for data in inputs(known.name, SAMPLES[known.name]))
    # The control: damage is not so great that nothing gets as far as the reader's own code, and great enough.
    assert outcomes["read"]
    assert known.has_lines or outcomes["refused"]


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00" * 5_000, b"PK\x03\x04", b"%PDF-1.7\n", b"\xff\xfe", b"<"])
def test_files_of_nothing(known: Format, data: bytes):
    assert outcome(known, data)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
@pytest.mark.parametrize("other", SAMPLES)
def test_files_with_the_ending_of_another_format(known: Format, other: str):
    assert outcome(known, SAMPLES[other])


def outcome(known: Format, data: bytes) -> str:
    """Return whether a file was read or refused; anything else fails."""
    try:
        found = read(known, data, f"damaged{known.endings[0]}")
    except NoteError as error:
        return "refused" if str(error) else ""
    except BaseException as error:
        raise AssertionError(named(data)) from error
    assert isinstance(found, Document)
    found.text.encode()  # no half of a pair of surrogates
    return "read"
