"""Text that is no Markdown as Markdown."""

from __future__ import annotations

import re

_TAKEN = re.compile(
    r"^([ ]{0,3})(?=#{1,6}(?:[ \t]|$)|```|~~~|=+[ \t]*$|-+[ \t]*$|[-*+>][ \t]|<[A-Za-z!/?])", re.MULTILINE
)


def literal(text: str) -> str:
    r"""Return ``text`` with a ``\`` before what would be taken for a heading, a fence, a list, a quote or HTML.

    Only heads of lines are changed: what else looks like Markdown does no harm, and links and tags in the text of a
    document are not followed (``engine.describe``).
    """
    return _TAKEN.sub(r"\1\\", text)
