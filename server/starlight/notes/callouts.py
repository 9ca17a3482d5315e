"""The callouts that hold a summary of ours: known by their title, so that they are told from a user's own."""

from __future__ import annotations

import re

HEAD = "> [!summary] Starlight"
"""The line that such a callout begins with; people may fold it, with a sign behind the bracket."""
_CALLOUT = re.compile(
    r"^[ ]{0,3}>[ \t]*\[!summary\][+-]?[ \t]+starlight[ \t]*(?:(?:\r\n?|\n)[ ]{0,3}>[^\r\n]*)*(?=[\r\n]|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_WRITTEN = re.compile(r"[^\r\n]")


def ends(text: str, start: int) -> int:
    """Return where the last line of the callout of ours that begins at ``start`` ends; ``start`` where none does."""
    found = _CALLOUT.match(text, start)
    return found.end() if found else start


def blanked(text: str) -> str:
    """Return ``text`` with blanks where such callouts stand, so that everything else keeps its place."""
    return _CALLOUT.sub(lambda found: _WRITTEN.sub(" ", found[0]), text)
