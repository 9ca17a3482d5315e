"""Errors for people become error responses; other faults stay what they are."""

from __future__ import annotations

import pytest
from pygls.exceptions import JsonRpcException

from starlight import errors
from starlight.lsp.errors import translated


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InvalidRequest("`limit` must be a whole number"), -32602),
        (errors.IndexUnavailable("the disk is gone"), -32803),
        (errors.RootRefused("a home directory"), -32803),
    ],
)
def test_sentence_and_code(error, code):
    with pytest.raises(JsonRpcException) as raised, translated():
        raise error
    assert raised.value.code == code
    assert raised.value.message == str(error)


def test_faults_of_ours_pass():
    with pytest.raises(ZeroDivisionError), translated():
        _ = 1 / 0
