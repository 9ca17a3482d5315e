"""Numbers are compared as values, in whatever format and unit they are written."""

from __future__ import annotations

import pytest
from hypothesis import given

from starlight.notes.inflection import are_forms, key
from starlight.notes.quantities import agree, quantities
from tests.notes.strategies import any_text


def _one(text: str):
    return next(quantity for quantity in quantities(text) if quantity.is_sure)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,200", "1200"), ("1.200", "1200"), ("1 200 m", "1200 m"), ("1'200", "1200"), ("2,5 kg", "2.5 kg"),
        ("12 km", "12,000 m"), ("90 minutes", "1.5 hours"), ("5%", "5 percent"), ("5 Prozent", "5 %"),
        ("twenty-five minutes", "25 min"), ("drei Stunden", "3 h"), ("$5", "5 dollars"), ("10k", "10,000"),
        ("5 million", "5,000,000"), ("7:30 pm", "19:30"), ("3 pm", "15:00"), ("19 Uhr", "19:00"), ("2nd", "2"),
        ("3 May 2024", "2024-05-03"), ("May 3, 2024", "3. Mai 2024"), ("3 mai 2024", "03.05.2024"),
        ("2024年5月3日", "May 3rd, 2024"), ("5/3/2024", "2024-05-03"), ("½ cup", "0.5 cups"), ("v1.10.3", "1.10.3"),
    ],
)  # fmt: skip
def test_the_same(one, other):
    assert agree(_one(one), _one(other))
    assert agree(_one(other), _one(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 km", "12 miles"), ("1,200", "12"), ("5 %", "5 kg"), ("3 May 2024", "2024-05-04"), ("7:30 am", "19:30"),
        ("-5 °C", "5 °C"), ("20 °C", "20 °F"), ("1.10.3", "1.10.4"), ("twelve", "13"), ("5 MB", "5 GB"),
    ],
)  # fmt: skip
def test_not_the_same(one, other):
    assert not agree(_one(one), _one(other))


def test_a_date_says_its_month_but_not_the_other_way_round():
    assert agree(_one("May 2024"), _one("2024-05-03"))
    assert not agree(_one("2024-05-03"), _one("May 2024"))


def test_the_unit_of_a_range_is_that_of_both_ends():
    assert [quantity.unit and quantity.unit.factor for quantity in quantities("12 to 15 km")] == [1000, 1000]


@pytest.mark.parametrize("text", ["H2O", "mp3", "2FA", "utf8", "May we go?", "one of them", "a", ""])
def test_what_is_no_number(text):
    assert [quantity for quantity in quantities(text) if quantity.is_sure] == []


@given(any_text)
def test_any_text_can_be_read(text):
    for quantity in quantities(text):
        assert 0 <= quantity.start < quantity.end <= len(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("install", "installation"), ("running", "run"), ("study", "studies"), ("wrote", "write"), ("Gärten", "Garten"),
     ("stopped", "stop"), ("using", "use")],
)  # fmt: skip
def test_forms_of_one_word(one, other):
    assert are_forms(key(one), key(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("publish", "public"),
        ("note", "notebook"),
        ("server", "service"),
        ("link", "like"),
        ("form", "format"),
        ("v2", "v3"),
    ],
)
def test_not_forms_of_one_word(one, other):
    assert not are_forms(key(one), key(other))
