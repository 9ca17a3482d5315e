"""Words that may be made of words."""

from __future__ import annotations

import pytest

from starlight.notes.compounds import joined, splits


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("dampf", "schiff", "dampfschiff"),
        ("arbeit", "gruppe", "arbeitsgruppe"),
        ("tag", "licht", "tageslicht"),
        ("sonne", "schein", "sonnenschein"),
        ("student", "wohnheim", "studentenwohnheim"),
        ("kind", "garten", "kindergarten"),
        ("hund", "hütte", "hundehütte"),
        ("schule", "buch", "schulbuch"),
    ],
)
def test_together_and_apart(first: str, second: str, whole: str):
    assert whole in joined(first, second)
    if len(first) > 3:
        assert (first, second) in splits(whole)


@pytest.mark.parametrize(
    ("first", "second"), [("a", "gruppe"), ("über", "gruppe"), ("gruppe", "2024"), ("茶室", "茶道"), ("группа", "люди")]
)
def test_what_is_no_part(first: str, second: str):
    assert joined(first, second) == []


@pytest.mark.parametrize("word", ["", "schiffe", "v2.1.0 beta", "snake_case_name", "паровоходство", "a" * 200])
def test_what_is_not_taken_apart(word: str):
    assert splits(word) == []
