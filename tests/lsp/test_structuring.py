"""What `initialize` needs is ready before it comes."""

from __future__ import annotations

import copy

import cattrs.gen
import pytest
from lsprotocol import types as lsp

from starlight.lsp import structuring
from tests.e2e.client import CAPABILITIES


def test_the_first_message_of_any_client_makes_no_classes_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    converter = structuring.converter()
    request = copy.deepcopy(structuring._INITIALIZE)
    made: list[type] = []
    for name in ("make_dict_structure_fn", "make_dict_unstructure_fn"):
        real = getattr(cattrs.gen, name)
        monkeypatch.setattr(
            cattrs.gen, name, lambda cl, *rest, real=real, **more: made.append(cl) or real(cl, *rest, **more)
        )
    converter.structure(request, lsp.InitializeRequest)
    converter.unstructure(lsp.InitializeResponse(1, lsp.InitializeResult(lsp.ServerCapabilities(hover_provider=True))))
    assert made == []
    request["params"]["capabilities"] = CAPABILITIES
    structured = converter.structure(request, lsp.InitializeRequest)
    assert made, "the others are made when they are met"
    assert structured.params.capabilities.general
    assert structured.params.capabilities.general.position_encodings == ("utf-16",)
