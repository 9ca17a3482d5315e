"""Words so common that they say nothing about what is asked, in a few languages.

Dropped from a query's lexical leg when other words remain; never dropped from the index, so that a query made
of such words alone still finds what holds them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from starlight.notes.text import words

_ENGLISH = """
a about am an and any are as at be been but by can could did do does for from had has have how i if in into is it
its me my no not of on or our shall should so some such than that the their them then there these they this those
to too us was we were what when where which who whom whose why will with would you your
"""
_GERMAN = """
aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du ein eine einem einen einer eines er
es für hat ich ihr im in ist kann man mein mich mir mit nach nicht noch nur ob oder seit sich sie sind so um und uns
vom von vor war was wann warum wer wie wir wo zu zum zur über
"""
_FRENCH = """
au aux avec ce ces cette dans de des du elle en est et il ils je la le les leur mais mon ne nos nous on ou où par pas
pour qu que quel quelle qui sa se ses son sont sur un une vous
"""
_SPANISH = """
al como con cuando cómo de del donde el ella en es esta este la las lo los mi no nos o para pero por que qué se sin
son su sus un una y yo
"""
_PERSIAN = """
از است این آن با بر برای به تا در را که می من ما شما او آنها یک و هر هم یا چه چرا چگونه کجا کدام
"""


@functools.cache
def _languages() -> tuple[frozenset[str], ...]:
    """Return the stop words of each language, as the words of a query are."""
    return tuple(frozenset(words(each)) for each in (_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _PERSIAN))


def telling(terms: Sequence[str]) -> list[str]:
    """Return ``terms`` without the stop words of their language, or all of them where nothing else is left.

    The language is the one whose stop words cover most of the terms: "die" is dropped from a German query, not
    from an English one.
    """
    stop_words = max(_languages(), key=lambda known: sum(term in known for term in terms))
    return [term for term in terms if term not in stop_words] or list(terms)


def is_stop_word(word: str) -> bool:
    """Whether ``word`` is a stop word of any of the languages."""
    return any(word.casefold() in known for known in _languages())
