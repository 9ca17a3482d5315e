"""Whether sources say what a statement says, by rules (docs/citations.md states them)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from starlight.engine.answer import Support
from starlight.engine.excerpt import Excerpt
from starlight.engine.grounds import Grounds, spoken
from starlight.notes import comparing
from starlight.notes.claims import Claim, Negation, Word
from starlight.notes.contrast import opposites
from starlight.notes.quantities import Quantity, agree

ENOUGH = 0.8
"""The share of what a statement's words tell that its sources have, where they support it."""
SOME = 0.5
"""The share below which they do not support it."""
_BESIDE = 2
"""Words on each side of a name that say what it is said of; a source has them within twice as many."""
_GAP = 3
"""Characters between a number and what it counts, at most."""


class Finding(NamedTuple):
    """What was found of a statement in some sources; ``share`` of its words, 0 to 1."""

    support: Support
    share: float
    reason: str = ""
    is_of_words: bool = False
    """Whether words are missing, and no rule is broken."""


def find(claim: Claim, cited: Sequence[int], grounds: Grounds) -> Finding:
    """Return how far the sources ``cited`` together support ``claim``."""
    said = spoken(claim)
    if any(unit.source in cited and unit.spoken == said for unit in grounds.units):
        return Finding("supported", 1.0)
    comparison = _Comparison(claim, cited, grounds)
    share = comparison.excerpt.share
    if fault := comparison.fault():
        return fault._replace(share=share)
    if comparison.is_literal:
        return Finding("supported", 1.0)
    if comparison.excerpt.is_empty:
        return Finding("weak", 0.0, "there is nothing in it to check")
    if share >= ENOUGH:
        return Finding("supported", share)
    return Finding("weak" if share >= SOME else "unsupported", share, comparison.missing(), is_of_words=True)


def _false(reason: str) -> Finding:
    return Finding("unsupported", 0.0, reason)


class _Comparison:
    """One statement beside the sources that it cites."""

    def __init__(self, claim: Claim, cited: Sequence[int], grounds: Grounds) -> None:
        self.claim, self.cited, self.grounds = claim, tuple(cited), grounds
        self.named = _named(cited)
        self.says = f"{self.named} {'says' if len(cited) == 1 else 'say'}"
        self.is_literal = any(spoken(claim) in grounds.spoken[number] for number in cited)
        self.excerpt = Excerpt(claim, cited, grounds)

    def fault(self) -> Finding | None:
        """Return the first rule that is broken, None where all hold."""
        rules = (self._quotations, self._quantities, self._names, self._negations, self._opposites, self._orders)
        held = (self._negations,) if self.is_literal else rules
        return next((fault for rule in held if (fault := rule())), None)

    def missing(self) -> str:
        """Say which words are in no cited source."""
        nowhere = [at for at in self.excerpt.missing if not self.excerpt.is_in_sources(at)]
        if not nowhere:
            return f"{self.says} this in no one place"
        words = list(dict.fromkeys(self.claim.words[at].text for at in nowhere))[:4]
        quoted = ", ".join(f"'{word}'" for word in words)
        return f"the words {quoted} are not in {self.named}" if len(words) > 1 else f"{quoted} is not in {self.named}"

    def _quotations(self) -> Finding | None:
        for quotation in self.claim.quotations:
            texts = [self.grounds.texts[number] for number in self.cited]
            if quotation.is_code:
                is_there = any(quotation.text in text for text in texts)
            else:
                wanted = quotation.text.casefold().rstrip(".,!?;: ")
                is_there = any(wanted in text.casefold() for text in texts)
            if not is_there:
                shown = f"`{quotation.text}`" if quotation.is_code else f'"{quotation.text}"'
                return _false(f"{shown} is not in {self.named}")
        return None

    def _quantities(self) -> Finding | None:
        there = [q for claim in (*self.excerpt.claims, *self.excerpt.context) for q in claim.quantities]
        for quantity in self.claim.quantities:
            if not quantity.is_sure:
                continue
            agreeing = [found for found in there if agree(quantity, found)]
            if agreeing and not self._has_other_unit(quantity, agreeing):
                if fault := self._counts_else(quantity):
                    return fault
                continue
            shown = self.claim.text[quantity.start : quantity.end].rstrip(" .")
            if any(set(found.values) & set(quantity.values) for found in there):
                return _false(f"{shown} is not in {self.named}, where it has another unit")
            if self.excerpt.having(quantity):
                return self._of_something_else(quantity)
            return _false(f"{shown} is not in {self.named}")
        return None

    def _has_other_unit(self, quantity: Quantity, agreeing: Sequence[Quantity]) -> bool:
        """Whether one of the two has a unit, and the other a word in its place that is none."""
        claims = [*self.excerpt.claims, *self.excerpt.context]
        if quantity.unit:
            unit = self.claim.text[quantity.start : quantity.end].split()[-1].strip(".0123456789,-")
            return not any(q.unit for q in agreeing) and bool(unit) and not any(unit in claim.text for claim in claims)
        following = next((w for w in self.claim.words if w.start >= quantity.end), None)
        counted = following and following.is_content and following.start - quantity.end < _GAP
        return bool(
            counted
            and following
            and all(q.unit for q in agreeing)
            and not any(comparing.has(c, following.key) for c in claims)
        )

    def _counts_else(self, quantity: Quantity) -> Finding | None:
        """Find a number that stands at other words in a unit with several of them."""
        near = comparing.beside_quantity(self.claim, quantity)
        if not self.claim.content:
            return None if self._are_together() else self._of_something_else(quantity)
        is_elsewhere = False
        for claim in self.excerpt.claims:
            here = [q for q in claim.quantities if agree(quantity, q)]
            others = [q for q in claim.quantities if q.is_sure and not agree(quantity, q)]
            if here and others:
                beside = set().union(*(comparing.beside_quantity(claim, q) for q in here))
            else:
                beside = {word.key for word in claim.words}
            if comparing.meet(near, beside):
                if here:
                    return None
                is_elsewhere = True
            elif here and others:
                is_elsewhere |= any(comparing.meet(near, comparing.beside_quantity(claim, q)) for q in others)
        return self._of_something_else(quantity) if is_elsewhere else None

    def _are_together(self) -> bool:
        """Whether one unit has all numbers of a statement that has no words: the row of a table."""
        sure = [q for q in self.claim.quantities if q.is_sure]
        return any(
            all(any(agree(q, found) for found in claim.quantities) for q in sure) for claim in self.excerpt.claims
        )

    def _of_something_else(self, quantity: Quantity) -> Finding:
        shown = self.claim.text[quantity.start : quantity.end].rstrip(" .")
        return _false(f"{shown} is said of something else in {self.named}")

    def _names(self) -> Finding | None:
        missing = set(self.excerpt.missing)
        for at, word in enumerate(self.claim.words):
            may_be_name = word.is_first and word.text[:1].isupper() and at in missing
            if (word.is_name or may_be_name) and (name := self._replaced(at)):
                reason = f"{self.says} '{name}' where this says '{word.text}'"
                return _false(reason)
            if word.is_name and at in missing and not self.excerpt.is_in_sources(at):
                return _false(f"'{word.text}' is not in {self.named}")
            if word.is_name and (at in missing or self._is_of_something_else(at)):
                return Finding("weak", 0.0, f"'{word.text}' is said of something else in {self.named}")
        return None

    def _is_of_something_else(self, at: int) -> bool:
        """Whether a name stands in the chosen units, but at none of the words that the statement has beside it."""
        near = comparing.beside(self.claim, at, _BESIDE)
        is_there = False
        for claim in self.excerpt.claims:
            for place in comparing.places(claim, self.claim.words[at].key):
                is_there = True
                if not near or comparing.meet(near, comparing.beside(claim, place, 2 * _BESIDE)):
                    return False
        return is_there and any(comparing.has(claim, key) for claim in self.excerpt.claims for key in near)

    def _replaced(self, at: int) -> str:
        """Return the name that the sources have between the same words, and the statement has not."""
        before, after = comparing.neighbours(self.claim, at)
        if not (before or after):
            return ""
        found = ""
        for claim in self.excerpt.claims:
            for place in claim.content:
                left, right = comparing.neighbours(claim, place)
                is_between = comparing.fits(before, left) and (comparing.fits(after, right) if after else bool(before))
                if not is_between:
                    continue
                if comparing.fits(claim.words[place].key, self.claim.words[at].key):
                    return ""
                if self._is_name(claim.words[place]) and not comparing.has(self.claim, claim.words[place].key):
                    found = claim.words[place].text
        return found

    def _is_name(self, word: Word) -> bool:
        return word.is_name or (word.is_first and self._is_named(word.key))

    def _is_named(self, key: str) -> bool:
        """Whether a word is a name where it does not begin a sentence, and never has a small letter."""
        places = self.grounds.where(key)
        words = [w for at in places for w in self.grounds.units[at].claim.words if w.key == key]
        return any(word.is_name for word in words) and not any(word.text.islower() for word in words)

    def _negations(self) -> Finding | None:
        claims = self.excerpt.claims
        for negation in self.claim.negations:
            if not comparing.is_said(self.claim, negation.heads, claims):
                do = "does" if len(self.cited) == 1 else "do"
                return _false(f"this says '{negation.text}' where {self.named} {do} not")
        for claim in claims:
            others = [other for other in claims if other is not claim]
            for negation in claim.negations:
                if self._is_left_out(claim, negation, others):
                    return _false(f"{self.says} '{negation.text}' where this does not")
        return None

    def _is_left_out(self, claim: Claim, negation: Negation, others: Sequence[Claim]) -> bool:
        """Whether the statement has what ``claim`` negates, does not negate it, and no other sentence says it so."""
        shared = [at for at in negation.heads if comparing.has(self.claim, claim.words[at].key)]
        is_told = len(shared) > 1 or shared[:1] == list(negation.heads[:1])
        if not (shared and is_told) or comparing.is_said(claim, shared, [self.claim]):
            return False
        ours = comparing.like(self.claim, claim, shared)
        return not any(comparing.is_said(self.claim, ours, [other]) for other in others)

    def _opposites(self) -> Finding | None:
        claims = self.excerpt.claims
        theirs = {word.key for claim in claims for word in claim.words}
        ours = {word.key for word in self.claim.words}
        for word in self.claim.words:
            if word.key in theirs:
                continue
            for opposite in opposites(word.key):
                if opposite in theirs and opposite not in ours:
                    reason = f"{self.says} '{opposite}' where this says '{word.text}'"
                    return _false(reason)
        return None

    def _orders(self) -> Finding | None:
        """Find "A before B" where the source has "B before A"."""
        for connector, left, right in comparing.relations(self.claim):
            for found, before, after in (r for claim in self.excerpt.claims for r in comparing.relations(claim)):
                n_turned = comparing.n_shared(left, after) + comparing.n_shared(right, before)
                if (
                    found == connector
                    and n_turned > 1
                    and n_turned > comparing.n_shared(left, before) + comparing.n_shared(right, after)
                ):
                    said = f"'{before[-1]} {connector} {after[0]}'"
                    return _false(f"{self.says} {said}, this the other way round")
        return None


def _named(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"sources {', '.join(most)} and {last}" if most else f"source {last}"
