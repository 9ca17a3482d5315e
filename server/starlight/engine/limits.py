"""How many results may be asked for."""

from __future__ import annotations

from starlight.errors import InvalidRequest

MAX_LIMIT = 1_000


def check_limit(limit: int) -> int:
    """Return ``limit``, the number of results that a search may give.

    Raises:
        InvalidRequest: it is below 1 or above 1,000.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit must be from 1 to {MAX_LIMIT}, not {limit}")
    return limit
