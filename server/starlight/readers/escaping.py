"""Text that is no Markdown as Markdown."""

from __future__ import annotations

import re

_BLOCKS = r"#{1,6}(?:[ \t]|$)|```|~~~|=+[ \t]*$|-+[ \t]*$|<(?![a-z]+:)[A-Za-z!/?]"
_TAKEN = re.compile(rf"^([ ]{{0,3}})(?={_BLOCKS}|[-*+>][ \t])", re.MULTILINE)
_TAKEN_BUT_LISTS = re.compile(rf"^([ ]{{0,3}})(?={_BLOCKS})", re.MULTILINE)
_HEADS = frozenset("#`~=-<*+>")


def literal_line(text: str) -> str:
    """Return ``literal(text)`` of one line that begins with its text: at once, where that is no mark."""
    return literal(text) if text[:1] in _HEADS else text


def literal(text: str, *, has_lists: bool = False) -> str:
    r"""Return ``text`` with a ``\`` before what would be taken for a heading, a fence, a list, a quote or HTML.

    Only heads of lines are changed: what else looks like Markdown does no harm, and links and tags in the text of a
    document are not followed (``engine.describe``).  ``has_lists``: lists and quotes are what they look like, as in
    text that people write.
    """
    return (_TAKEN_BUT_LISTS if has_lists else _TAKEN).sub(r"\1\\", text)
