"""Two sentences beside one another: words that are forms of one, what stands next to what, what is negated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlight.notes.claims import Claim
from starlight.notes.contrast import CONNECTORS
from starlight.notes.inflection import BUCKET, are_forms
from starlight.notes.quantities import Quantity

_NEAR = 6
"""Words between a negation and what it negates, at most."""


def has(claim: Claim, key: str) -> bool:
    """Whether ``claim`` has a form of the word with that key."""
    return bool(places(claim, key))


def places(claim: Claim, key: str) -> list[int]:
    """Return the indices of the words of ``claim`` that are forms of that word."""
    start = key[:BUCKET]
    return [at for at, word in enumerate(claim.words) if word.key.startswith(start) and are_forms(word.key, key)]


def is_said(claim: Claim, heads: Sequence[int], others: Sequence[Claim]) -> bool:
    """Whether one of ``others`` negates a word as ``claim`` does: the first of ``heads`` that any of them has.

    Where none of them has any of these words, it is enough that one of them negates something.
    """
    for head in heads:
        found = [(other, place) for other in others for place in places(other, claim.words[head].key)]
        if found:
            is_negated = _is_negated(claim, head)
            return any(_is_negated(other, place) == is_negated for other, place in found)
    return any(other.negations for other in others)


def _is_negated(claim: Claim, at: int) -> bool:
    """Whether an odd number of negations stands close to a word, in its clause."""
    clause = claim.words[at].clause
    near = [n for n in claim.negations if abs(n.at - at) <= _NEAR and claim.words[n.at].clause == clause]
    return len(near) % 2 == 1


def like(claim: Claim, other: Claim, heads: Sequence[int]) -> tuple[int, ...]:
    """Return where ``claim`` has these words of ``other``, once each."""
    return tuple(place for at in heads for place in places(claim, other.words[at].key)[:1])


def beside(claim: Claim, at: int, n_words: int) -> set[str]:
    """The content words next to a word, ``n_words`` on each side."""
    content = claim.content
    before = [n for n in content if n < at][-n_words:]
    after = [n for n in content if n > at][:n_words]
    return {claim.words[n].key for n in (*before, *after)}


def beside_quantity(claim: Claim, quantity: Quantity) -> set[str]:
    """The content words beside a quantity in its clause: two before, two after."""
    clauses = {word.clause for word in claim.words if word.start < quantity.end and quantity.start < word.end}
    words = [word for word in claim.words if word.is_content and word.clause in clauses]
    before = [word.key for word in words if word.end <= quantity.start]
    after = [word.key for word in words if word.start >= quantity.end]
    return {*before[-2:], *after[:2]}


def meet(these: Iterable[str], those: Iterable[str]) -> bool:
    """Whether a word of one is a form of a word of the other."""
    those = tuple(those)
    return any(are_forms(one, other) for one in these for other in those)


def neighbours(claim: Claim, at: int) -> tuple[str, str]:
    """The content words before and after a word, or after the names that it stands among; empty at an end."""
    content = claim.content
    is_name = claim.words[at].is_name
    before = next((n for n in reversed(content) if n < at and not (is_name and claim.words[n].is_name)), None)
    after = next((n for n in content if n > at and not (is_name and claim.words[n].is_name)), None)
    return (
        claim.words[before].key if before is not None else "",
        claim.words[after].key if after is not None else "",
    )


def fits(wanted: str, found: str) -> bool:
    """Whether two neighbours are the same: forms of one word, or both none."""
    return wanted == found or bool(wanted and found and are_forms(wanted, found))


def relations(claim: Claim) -> list[tuple[str, list[str], list[str]]]:
    """Each connector, with the content words before and after it in its clause, four at most."""
    found = []
    for word in claim.words:
        if word.text.lower() in CONNECTORS:
            beside = [other for other in claim.words if other.is_content and other.clause == word.clause]
            before = [other.key for other in beside if other.end <= word.start]
            after = [other.key for other in beside if other.start >= word.end]
            if before and after:
                found.append((word.text.lower(), before[-4:], after[:4]))
    return found


def n_shared(these: Sequence[str], those: Sequence[str]) -> int:
    """How many words of one have a form in the other."""
    return sum(any(are_forms(one, other) for other in those) for one in these)
