"""How much of a page of a PDF its images cover: a scanned page is one."""

from __future__ import annotations

import itertools
from typing import Any

_IMAGE, _FORM = 3, 5
"""``FPDF_PAGEOBJ_IMAGE``, and ``FPDF_PAGEOBJ_FORM``, which is a drawing that others are in."""
_MOST = 5_000
"""Objects of a page that are looked at: a drawing may have a hundred thousand lines."""


def share(page: Any) -> float:  # noqa: ANN401 -- the library has no types
    """Return which part of an open page of PDFium's its images cover, from 0 to 1.

    What covers the same place twice counts twice: some scans are layers, which cover all of the page anyway, and some
    are stripes, which have to be added up.
    """
    sides = page.get_bbox()
    found = (each for each in itertools.islice(page.get_objects(max_depth=1), _MOST) if _is_image(page, each))
    covered = sum(_common(each.get_bounds(), sides) for each in found)
    return float(min(covered / max(_common(sides, sides), 1.0), 1.0))


def _is_image(page: Any, found: Any) -> bool:  # noqa: ANN401
    if found.type == _FORM:
        return any(True for _ in page.get_objects(filter=[_IMAGE], form=found, level=1))
    return bool(found.type == _IMAGE)


def _common(box: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the area of what two boxes (left, bottom, right and top) have in common."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(width, 0.0) * max(height, 0.0)
