"""The one place where errors become messages of the protocol."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from starlight.errors import InvalidRequest, StarlightError


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn an error that is meant for people into an error response with its sentence, and nothing else."""
    try:
        yield
    except InvalidRequest as error:
        raise JsonRpcException(str(error), code=lsp.ErrorCodes.InvalidParams) from error
    except StarlightError as error:
        raise JsonRpcException(str(error), code=lsp.LSPErrorCodes.RequestFailed) from error
