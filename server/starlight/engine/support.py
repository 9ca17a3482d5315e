"""Whether sources say what a statement says, by rules (docs/citations.md states them)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from starlight.engine.answer import Support
from starlight.engine.grounds import Grounds, spoken
from starlight.notes.claims import Claim, Word
from starlight.notes.contrast import CONNECTORS, opposites
from starlight.notes.inflection import BUCKET, are_forms
from starlight.notes.quantities import Quantity, agree

ENOUGH = 0.8
"""The share of what a statement's words tell that its sources have, where they support it."""
SOME = 0.5
"""The share below which they do not support it."""
_MOST_UNITS = 3
_FURTHER = 0.2
_FURTHER_WORDS = 3
"""What a further unit must add, by share or by words (a number counts as two), where it does not stand beside one that is taken."""
_BESIDE = 2
"""Words on each side of a name that say what it is said of; a source has them within twice as many."""
_GAP = 3
"""Characters between a number and what it counts, at most."""
_NEAR = 6
"""Words between a negation and what it negates, at most."""


class Finding(NamedTuple):
    """What was found of a statement in some sources; ``share`` of its words, 0 to 1."""

    support: Support
    share: float
    reason: str = ""


class _Window(NamedTuple):
    """The units that a statement is compared with, and which of its words are in none of them."""

    units: tuple[int, ...]
    missing: tuple[int, ...]
    share: float


def find(claim: Claim, cited: Sequence[int], grounds: Grounds) -> Finding:
    """Return how far the sources ``cited`` together support ``claim``."""
    if not claim.words:
        return Finding("weak", 0.0, "there is nothing in it to check")
    comparison = _Comparison(claim, cited, grounds)
    fault = comparison.fault()
    share = comparison.window.share
    if fault:
        return Finding(fault.support, share, fault.reason)
    if comparison.is_literal:
        return Finding("supported", 1.0)
    if share >= ENOUGH:
        return Finding("supported", share)
    return Finding("weak" if share >= SOME else "unsupported", share, comparison.missing())


class _Comparison:
    """One statement beside the sources that it cites."""

    def __init__(self, claim: Claim, cited: Sequence[int], grounds: Grounds) -> None:
        self.claim, self.cited, self.grounds = claim, tuple(cited), grounds
        self.named = _named(cited)
        self.is_literal = any(spoken(claim) in grounds.spoken[number] for number in cited)
        self.allowed = frozenset(at for at, unit in enumerate(grounds.units) if unit.source in cited)
        self.window = self._window()

    def fault(self) -> Finding | None:
        """Return the first rule that is broken, None where all hold."""
        rules = (
            (self._negations, self._orders)
            if self.is_literal
            else (self._quotations, self._quantities, self._names, self._negations, self._opposites, self._orders)
        )
        return next((fault for rule in rules if (fault := rule())), None)

    def missing(self) -> str:
        """Say which words are in no cited source."""
        nowhere = [at for at in self.window.missing if not self.grounds.where(self._key(at)) & self.allowed]
        if not nowhere:
            return f"{self.named} {_says(self.cited)} this in no one place"
        words = list(dict.fromkeys(self.claim.words[at].text for at in nowhere))[:4]
        quoted = ", ".join(f"'{word}'" for word in words)
        return f"the word{'s' if len(words) > 1 else ''} {quoted} {_are(words)} not in {self.named}"

    def _key(self, at: int) -> str:
        return self.claim.words[at].key

    # -- which part of the sources

    def _window(self) -> _Window:
        """Choose the units that hold most of the statement, greedily: the best, then what adds to it."""
        items = self._items()
        total = sum(weight for weight, _ in items.values()) or 1.0
        open_items, chosen = dict(items), []
        while open_items and len(chosen) < _MOST_UNITS:
            gains: dict[int, float] = defaultdict(float)
            counts: dict[int, int] = defaultdict(int)
            for (kind, _), (weight, places) in open_items.items():
                for place in places:
                    gains[place] += weight
                    counts[place] += 2 if kind == "quantity" else 1
            floor = _FURTHER * total
            gains = {at: gain for at, gain in gains.items() if gain >= floor or counts[at] >= _FURTHER_WORDS or self._is_next(at, chosen)}
            best = max(gains, key=lambda at: (gains[at] * (1.2 if self._is_next(at, chosen) else 1), -at), default=None)
            if best is None:
                break
            chosen.append(best)
            open_items = {item: found for item, found in open_items.items() if best not in found[1]}
        lacking = [item for item in open_items if not self._is_above(item, chosen)]
        share = 1 - sum(items[item][0] for item in lacking) / total
        if not items:
            share = 0.0
        return _Window(tuple(sorted(chosen)), tuple(at for kind, at in lacking if kind == "word"), share)

    def _is_next(self, at: int, chosen: list[int]) -> bool:
        """Whether a unit stands beside one that is taken, or is to be the first."""
        return not chosen or any(abs(at - one) <= 1 and self._source(at) == self._source(one) for one in chosen)

    def _source(self, at: int) -> int:
        return self.grounds.units[at].source

    def _items(self) -> dict[tuple[str, int], tuple[float, frozenset[int]]]:
        """What is looked for: words and quantities, with their weights and the units that have them."""
        items: dict[tuple[str, int], tuple[float, frozenset[int]]] = {}
        seen: set[str] = set()
        for at in self.claim.content:
            key = self._key(at)
            if key not in seen:
                seen.add(key)
                items["word", at] = self.grounds.weight(key), self.grounds.where(key) & self.allowed
        for number, quantity in enumerate(self.claim.quantities):
            if quantity.is_sure:
                items["quantity", number] = 1.5, self._having(quantity)
        return items

    def _having(self, quantity: Quantity) -> frozenset[int]:
        units = self.grounds.units
        return frozenset(at for at in self.allowed if any(agree(quantity, q) for q in units[at].claim.quantities))

    def _is_above(self, item: tuple[str, int], chosen: Iterable[int]) -> bool:
        """Whether a heading, a line with a colon above the chosen units, or the note's title has that."""
        kind, at = item
        contexts = self._contexts(chosen)
        if kind == "quantity":
            quantity = self.claim.quantities[at]
            return any(agree(quantity, found) for context in contexts for found in context.quantities)
        return any(_has(context, self._key(at)) for context in contexts)

    def _contexts(self, chosen: Iterable[int]) -> list[Claim]:
        found: dict[int, Claim] = {}
        for at in chosen:
            unit = self.grounds.units[at]
            for claim in (*unit.above, self.grounds.titles[unit.source]):
                found[id(claim)] = claim
        return list(found.values())

    def _read(self) -> list[Claim]:
        """The chosen units, as claims."""
        return [self.grounds.units[at].claim for at in self.window.units]

    # -- the rules

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
                return Finding("unsupported", 0.0, f"{shown} is not in {self.named}")
        return None

    def _quantities(self) -> Finding | None:
        there = [q for claim in (*self._read(), *self._contexts(self.window.units)) for q in claim.quantities]
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
                return Finding("unsupported", 0.0, f"{shown} is not in {self.named}, which {_says(self.cited)} it of another unit")
            if self._having(quantity):
                return self._of_something_else(quantity)
            return Finding("unsupported", 0.0, f"{shown} is not in {self.named}")
        return None

    def _has_other_unit(self, quantity: Quantity, agreeing: Sequence[Quantity]) -> bool:
        """Whether one of the two has a unit, and the other a word in its place that is none."""
        claims = [*self._read(), *self._contexts(self.window.units)]
        if quantity.unit:
            unit = self.claim.text[quantity.start : quantity.end].split()[-1].strip(".0123456789,-")
            return not any(q.unit for q in agreeing) and bool(unit) and not any(unit in claim.text for claim in claims)
        following = next((w for w in self.claim.words if w.start >= quantity.end), None)
        counted = following and following.is_content and following.start - quantity.end < _GAP
        return bool(counted and following and all(q.unit for q in agreeing) and not any(_has(c, following.key) for c in claims))

    def _counts_else(self, quantity: Quantity) -> Finding | None:
        """Find a number that stands at other words in a unit with several of them."""
        near = _keys_near(self.claim, quantity)
        if not self.claim.content:
            return None if self._are_together() else self._of_something_else(quantity)
        is_elsewhere = False
        for claim in self._read():
            here = [q for q in claim.quantities if agree(quantity, q)]
            others = [q for q in claim.quantities if q.is_sure and not agree(quantity, q)]
            if here and others:
                beside = set().union(*(_keys_near(claim, q) for q in here))
            else:
                beside = {word.key for word in claim.words}
            if _meet(near, beside):
                if here:
                    return None
                is_elsewhere = True
            elif here and others:
                is_elsewhere |= any(_meet(near, _keys_near(claim, q)) for q in others)
        return self._of_something_else(quantity) if is_elsewhere else None

    def _are_together(self) -> bool:
        """Whether one unit has all numbers of a statement that has no words: the row of a table."""
        sure = [q for q in self.claim.quantities if q.is_sure]
        return any(all(any(agree(q, found) for found in claim.quantities) for q in sure) for claim in self._read())

    def _of_something_else(self, quantity: Quantity) -> Finding:
        shown = self.claim.text[quantity.start : quantity.end].rstrip(" .")
        return Finding("unsupported", 0.0, f"{shown} is said of something else in {self.named}")

    def _names(self) -> Finding | None:
        missing = set(self.window.missing)
        for at, word in enumerate(self.claim.words):
            may_be_name = word.is_first and word.text[:1].isupper() and at in missing
            if (word.is_name or may_be_name) and (name := self._replaced(at)):
                reason = f"{self.named} {_says(self.cited)} '{name}' where this says '{word.text}'"
                return Finding("unsupported", 0.0, reason)
            if word.is_name and at in missing and not self.grounds.where(word.key) & self.allowed:
                return Finding("unsupported", 0.0, f"'{word.text}' is not in {self.named}")
            if word.is_name and (at in missing or self._is_of_something_else(at)):
                return Finding("weak", 0.0, f"'{word.text}' is said of something else in {self.named}")
        return None

    def _is_of_something_else(self, at: int) -> bool:
        """Whether a name stands in the chosen units, but at none of the words that the statement has beside it."""
        near = _beside(self.claim, at, _BESIDE)
        is_there = False
        for claim in self._read():
            for place in _places(claim, self._key(at)):
                is_there = True
                if not near or _meet(near, _beside(claim, place, 2 * _BESIDE)):
                    return False
        return is_there and any(_has(claim, key) for claim in self._read() for key in near)

    def _replaced(self, at: int) -> str:
        """Return the name that the sources have between the same words, and the statement has not."""
        before, after = _neighbours(self.claim, at)
        if not (before or after):
            return ""
        found = ""
        for claim in self._read():
            for place in claim.content:
                left, right = _neighbours(claim, place)
                is_between = _fits(before, left) and (_fits(after, right) if after else bool(before))
                if not is_between:
                    continue
                if are_forms(claim.words[place].key, self._key(at)):
                    return ""
                if self._is_name(claim.words[place]) and not _has(self.claim, claim.words[place].key):
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
        claims = self._read()
        for negation in self.claim.negations:
            if not _is_said(self.claim, negation.heads, claims):
                return Finding("unsupported", 0.0, f"this says '{negation.text}' where {self.named} {_does(self.cited)} not")
        for claim in claims:
            for negation in claim.negations:
                shared = [at for at in negation.heads if _has(self.claim, claim.words[at].key)]
                is_told = negation.heads[:1] == tuple(shared[:1]) or len(shared) > 1
                # The same words without a negation elsewhere in the sources are what the statement may mean.
                if shared and is_told and not _is_said(claim, tuple(shared), [self.claim]):
                    if not any(_is_said(self.claim, _like(self.claim, claim, shared), [c]) for c in claims if c is not claim):
                        reason = f"{self.named} {_says(self.cited)} '{negation.text}' where this does not"
                        return Finding("unsupported", 0.0, reason)
        return None

    def _opposites(self) -> Finding | None:
        claims = self._read()
        theirs = {word.key for claim in claims for word in claim.words}
        ours = {word.key for word in self.claim.words}
        for word in self.claim.words:
            if word.key in theirs:
                continue
            for opposite in opposites(word.key):
                if opposite in theirs and opposite not in ours:
                    reason = f"{self.named} {_says(self.cited)} '{opposite}' where this says '{word.text}'"
                    return Finding("unsupported", 0.0, reason)
        return None

    def _orders(self) -> Finding | None:
        """Find "A before B" where the source has "B before A"."""
        for connector, left, right in _relations(self.claim):
            for found, before, after in (r for claim in self._read() for r in _relations(claim)):
                n_turned = _n_shared(left, after) + _n_shared(right, before)
                if found == connector and n_turned > 1 and n_turned > _n_shared(left, before) + _n_shared(right, after):
                    said = f"'{before[-1]} {connector} {after[0]}'"
                    return Finding("unsupported", 0.0, f"{self.named} {_says(self.cited)} {said}, this the other way round")
        return None


def _has(claim: Claim, key: str) -> bool:
    start = key[:BUCKET]
    return any(word.key.startswith(start) and are_forms(word.key, key) for word in claim.words)


def _places(claim: Claim, key: str) -> list[int]:
    start = key[:BUCKET]
    return [at for at, word in enumerate(claim.words) if word.key.startswith(start) and are_forms(word.key, key)]


def _is_said(claim: Claim, heads: tuple[int, ...], others: Sequence[Claim]) -> bool:
    """Whether one of ``others`` negates the first of the words ``heads`` of ``claim`` that it has as often, or as little.

    Where none of them has any of these words, it is enough that one of them negates something.
    """
    for head in heads:
        found = [(other, place) for other in others for place in _places(other, claim.words[head].key)]
        if found:
            is_negated = _is_negated(claim, head)
            return any(_is_negated(other, place) == is_negated for other, place in found)
    return any(other.negations for other in others)


def _is_negated(claim: Claim, at: int) -> bool:
    """Whether an odd number of negations stands close to a word, in its clause."""
    clause = claim.words[at].clause
    near = [n for n in claim.negations if abs(n.at - at) <= _NEAR and claim.words[n.at].clause == clause]
    return len(near) % 2 == 1


def _like(claim: Claim, other: Claim, heads: Sequence[int]) -> tuple[int, ...]:
    """Return where ``claim`` has these words of ``other``."""
    return tuple(place for at in heads for place in _places(claim, other.words[at].key)[:1])


def _beside(claim: Claim, at: int, n_words: int) -> set[str]:
    """The content words next to a word, ``n_words`` on each side."""
    content = claim.content
    before = [n for n in content if n < at][-n_words:]
    after = [n for n in content if n > at][:n_words]
    return {claim.words[n].key for n in (*before, *after)}


def _keys_near(claim: Claim, quantity: Quantity) -> set[str]:
    """The content words beside a quantity in its clause: two before, two after."""
    clauses = {word.clause for word in claim.words if word.start < quantity.end and quantity.start < word.end}
    words = [word for word in claim.words if word.is_content and word.clause in clauses]
    before = [word.key for word in words if word.end <= quantity.start]
    after = [word.key for word in words if word.start >= quantity.end]
    return {*before[-2:], *after[:2]}


def _meet(these: set[str], those: set[str]) -> bool:
    return any(are_forms(one, other) for one in these for other in those)


def _neighbours(claim: Claim, at: int) -> tuple[str, str]:
    """The content words before and after a word, or after the names that it stands among; empty at an end."""
    content = claim.content
    is_name = claim.words[at].is_name
    before = next((n for n in reversed(content) if n < at and not (is_name and claim.words[n].is_name)), None)
    after = next((n for n in content if n > at and not (is_name and claim.words[n].is_name)), None)
    return (
        claim.words[before].key if before is not None else "",
        claim.words[after].key if after is not None else "",
    )


def _fits(wanted: str, found: str) -> bool:
    return wanted == found or bool(wanted and found and are_forms(wanted, found))


def _relations(claim: Claim) -> list[tuple[str, list[str], list[str]]]:
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


def _n_shared(these: Sequence[str], those: Sequence[str]) -> int:
    return sum(any(are_forms(one, other) for other in those) for one in these)


def _named(numbers: Sequence[int]) -> str:
    shown = [str(number) for number in numbers]
    if len(shown) == 1:
        return f"source {shown[0]}"
    return f"sources {', '.join(shown[:-1])} and {shown[-1]}"


def _says(numbers: Sequence[int]) -> str:
    return "says" if len(numbers) == 1 else "say"


def _does(numbers: Sequence[int]) -> str:
    return "does" if len(numbers) == 1 else "do"


def _are(words: Sequence[str]) -> str:
    return "are" if len(words) > 1 else "is"
