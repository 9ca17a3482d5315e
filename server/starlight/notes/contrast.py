"""Words that say the opposite of one another, and words between things whose order matters."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OPPOSITES = """
before after
more less fewer
most least
always never
enable disable
enabled disabled
on off
open close
opened closed
first last
left right
above below
over under
inside outside
increase decrease
increases decreases
higher lower
larger smaller
bigger smaller
longer shorter
faster slower
earlier later
best worst
better worse
hot cold
early late
easy difficult
easy hard
required optional
include exclude
maximum minimum
start end
public private
vor nach
mehr weniger
immer nie
oben unten
größer kleiner
länger kürzer
avant après
plus moins
toujours jamais
antes después
más menos
siempre nunca
"""
CONNECTORS = _set(
    "before after than above below from without because instead replaces causes precedes follows "
    "vor nach als statt avant après que antes después contre gegen"
)
"""Words whose sides cannot be exchanged."""


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in _OPPOSITES.strip().splitlines():
        one, *others = line.split()
        table[one] = (*table.get(one, ()), *others)
        for other in others:
            table[other] = (*table.get(other, ()), one)
    return table


_TABLE = _table()
_PREFIXES = ("un", "in", "im", "non", "dis", "ir")
_LEAST = 5
"""Letters that a word has at least for a prefix to negate it: "side" is not the opposite of "inside"."""


def opposites(key: str) -> tuple[str, ...]:
    """Return the words that say the opposite of ``key`` (lower case), where it is known to have some."""
    found = _TABLE.get(key, ())
    if len(key) < _LEAST or not key.isascii():
        return found
    bare = tuple(key.removeprefix(p) for p in ("un", "non") if key.startswith(p) and len(key) >= _LEAST + len(p))
    return (*found, *bare, *(prefix + key for prefix in _PREFIXES))
