"""Endings and beginnings of words that other words are made with, taken off: light stemming of single scripts.

FTS5's Porter stemmer (1980) sees words of ASCII alone.  What is here is of the same kind as it: rules without a
dictionary, the same for what is indexed and what is asked, so that a rule that goes wrong joins two words and loses
none.  Texts are folded before (``notes.folding``).
"""

from __future__ import annotations

import re

_ARABIC = "\u0621-\u063a\u0641-\u064a\u066e-\u06d3"
# The article, alone or behind "and", "in", "like", "so", "for" (after Larkey, Ballesteros & Connell's light10, 2002).
_ARTICLE = re.compile(f"(?<![{_ARABIC}])(?:[وبکف]?ال|لل)(?=[{_ARABIC}]{{3}})")
# Persian: the plural with what may follow it, comparison, and the prefix of the present tense.
_PERSIAN_END = re.compile(f"(?<=[{_ARABIC}]{{3}})(?:ها(?:ی(?:ی|م|ت|ش|مان|تان|شان)?)?|ترین|تر|ات)(?![{_ARABIC}])")
_PERSIAN_START = re.compile(f"(?<![{_ARABIC}])ن?می(?=[{_ARABIC}]{{4}})")

_DEVANAGARI = "\u0900-\u0963\u0971-\u097f"
# Endings of Hindi's nouns, adjectives and verbs (after Ramanathan & Rao, 2003).
_HINDI_END = re.compile(
    f"(?<=[{_DEVANAGARI}]{{2}})(?:"
    "ाएंगी|ाएंगे|ाऊंगी|ाऊंगा|ाएगी|ाएगा|ाओगी|ाओगे|एंगी|ेंगी|एंगे|ेंगे|ूंगी|ूंगा|ातीं|नाओं|नाएं|ताओं|ताएं|ियों|ियां"
    "|ाकर|ाइए|ाईं|ाया|ेगी|ेगा|ोगी|ोगे|ाने|ाना|ाते|ाती|ाता|तीं|ाओं|ाएं|ुओं|ुएं|ुआं"
    "|कर|ाओ|िए|ाई|ाए|ने|नी|ना|ते|ीं|ती|ता|ां|ों|ें|ो|े|ू|ु|ी|ि|ा"
    f")(?![{_DEVANAGARI}])"
)


def stemmed_arabic(text: str) -> str:
    """Return ``text`` with the words in Arabic letters, Arabic's and Persian's, without article, plural and tense."""
    if "ال" in text or "لل" in text:
        text = _ARTICLE.sub("", text)
    return _PERSIAN_START.sub("", _PERSIAN_END.sub("", text))


def stemmed_devanagari(text: str) -> str:
    """Return ``text`` with the words in Devanagari without endings."""
    return _HINDI_END.sub("", text)
