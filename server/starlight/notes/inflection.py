"""Whether two words are forms of one: a light comparison of what is left when endings are taken away.

No stemmer of one language: a common beginning, and on both sides nothing but an ending that one of a few European
languages has (after the "prefix conflation" of Frakes, "Stemming Algorithms", 1992), with the irregular English verbs.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENDINGS = _set(
    """
    s es ed d ing er ers ion ions tion tions ation ations ment ments able ible al ally ly ity ies ied y ier iest est
    ness e en n ern em t te ten tet st ung ungen lich liche lichen lichem licher keit heit ive ives ative or ors ance
    ence ant ent r ze zed zes zing ise ises ised ising ize izes ized izing isation ization i a o as os ar ado ada ados
    adas ando endo ido ida idos idas es ez ons ent ait aient ais er ir ée ées é és ions isse nd nde nden nder ndes ful
    fully less ge se ses
    """
)
_SHORT_ENDINGS = _set("s es ed d ing er e en n ly y ies ied st t")
_IRREGULAR = """
be is are was were been being am
use uses used using
begin began begun
break broke broken
bring brought
build built
buy bought
catch caught
choose chose chosen
come came
do does did done
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feel felt
find found
fly flew flown
forget forgot forgotten
get got gotten
give gave given
go goes went gone
grow grew grown
have has had
hear heard
hold held
keep kept
know knew known
lead led
leave left
lie lay lain
lose lost
make made
mean meant
meet met
pay paid
run ran
say said
see saw seen
sell sold
send sent
show shown
sit sat
speak spoke spoken
spend spent
stand stood
take took taken
teach taught
tell told
think thought
throw threw thrown
understand understood
wear wore worn
win won
write wrote written
child children
man men
woman women
person people
foot feet
mouse mice
tooth teeth
index indices indexes
good better best
bad worse worst
"""
_BASES = {form: line.split()[0] for line in _IRREGULAR.strip().splitlines() for form in line.split()}

BUCKET = 3
"""Forms of one word share this many characters at their beginning, or all of the shorter one."""


@functools.lru_cache(maxsize=65_536)
def key(word: str) -> str:
    """Return ``word`` in lower case without marks above its letters, irregular English forms as their base."""
    folded = word.casefold()
    if not folded.isascii():
        # Marks of Latin, Greek and Cyrillic letters; those of other scripts are letters of their own.
        parts = unicodedata.normalize("NFKD", folded)
        folded = "".join(char for char in parts if not "\u0300" <= char <= "\u036f")
    return _BASES.get(folded, folded)


@functools.lru_cache(maxsize=131_072)
def are_forms(one: str, other: str) -> bool:
    """Whether two keys are forms of one word."""
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()):
        return False
    n_same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        n_same += 1
    shorter = min(len(one), len(other))
    if n_same < BUCKET or n_same < shorter - 4:
        return False
    endings = _ENDINGS if n_same >= 4 else _SHORT_ENDINGS
    if n_same == shorter:
        rest = (one if len(one) > shorter else other)[shorter:]
        return rest in endings or (len(rest) > 1 and rest[0] == one[n_same - 1] and rest[1:] in endings)
    # "running", "runs": the letter that was doubled stands for no ending.
    return all(_is_ending(word, n_same, endings) for word in (one, other))


def _is_ending(word: str, at: int, endings: Iterable[str]) -> bool:
    rest = word[at:]
    return rest in endings or (len(rest) > 1 and rest[0] == word[at - 1] and rest[1:] in endings)
