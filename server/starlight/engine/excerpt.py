"""The part of the sources that a statement is compared with: the few sentences that have most of its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from starlight.engine.grounds import Grounds, spoken
from starlight.notes.claims import Claim
from starlight.notes.comparing import has
from starlight.notes.quantities import Quantity, agree

_MOST_UNITS = 3
_FURTHER = 0.2
_FURTHER_WORDS = 3
"""What a further unit must add, by share or by words (a number counts as two), where it stands beside none taken."""
_A_NUMBER = 1.5
"""What a number weighs, beside words that weigh by how rare they are."""
_NEXT = 1.2
"""How much dearer a unit is that stands beside one that is taken."""

_Item = tuple[str, int]
"""A word or a quantity of the statement, by its index: ("word", 3)."""
_Wanted = dict[_Item, tuple[float, frozenset[int]]]
"""What is looked for, with what it weighs and the units that have it."""


class Excerpt:
    """The units that a statement is compared with.

    ``claims`` are what they say, ``context`` the headings and titles above them; ``missing`` are the indices of the
    statement's words that are in neither, and ``share`` says how much of it the others tell, 0 to 1.
    """

    def __init__(self, claim: Claim, cited: Sequence[int], grounds: Grounds) -> None:
        self._claim, self._grounds = claim, grounds
        self._allowed = frozenset(at for at, unit in enumerate(grounds.units) if unit.source in cited)
        wanted = self._wanted()
        self.is_empty = not wanted
        chosen = self._literal() or self._choose(wanted)
        self.claims = [grounds.units[at].claim for at in sorted(chosen)]
        self.context = self._above(chosen)
        lacking = [item for item, found in wanted.items() if not found[1] & chosen and not self._is_above(item)]
        total = sum(weight for weight, _ in wanted.values())
        self.share = 1 - sum(wanted[item][0] for item in lacking) / total if total else 0.0
        self.missing = tuple(at for kind, at in lacking if kind == "word")

    def is_in_sources(self, at: int) -> bool:
        """Whether the sources cited have that word of the statement anywhere."""
        return bool(self._grounds.where(self._claim.words[at].key) & self._allowed)

    def having(self, quantity: Quantity) -> frozenset[int]:
        """Return the units of the sources cited that have ``quantity``."""
        units = self._grounds.units
        return frozenset(at for at in self._allowed if any(agree(quantity, q) for q in units[at].claim.quantities))

    def _wanted(self) -> _Wanted:
        wanted: _Wanted = {}
        seen: set[str] = set()
        for at in self._claim.content:
            key = self._claim.words[at].key
            if key not in seen:
                seen.add(key)
                wanted["word", at] = self._grounds.weight(key), self._grounds.where(key) & self._allowed
        for number, quantity in enumerate(self._claim.quantities):
            if quantity.is_sure:
                wanted["quantity", number] = _A_NUMBER, self.having(quantity)
        return wanted

    def _literal(self) -> set[int]:
        """Return the unit that has the statement word for word; the one that is nothing else comes first."""
        said = spoken(self._claim)
        held = [at for at in sorted(self._allowed) if said in self._grounds.units[at].spoken]
        return {min(held, key=lambda at: len(self._grounds.units[at].spoken))} if held else set()

    def _choose(self, wanted: _Wanted) -> set[int]:
        """Choose units greedily: the best, then what adds to it."""
        floor = _FURTHER * sum(weight for weight, _ in wanted.values())
        chosen: set[int] = set()
        for _ in range(_MOST_UNITS):
            gains: dict[int, float] = defaultdict(float)
            counts: dict[int, int] = defaultdict(int)
            for (kind, _number), (weight, found) in wanted.items():
                for at in found if not found & chosen else ():
                    gains[at] += weight
                    counts[at] += 2 if kind == "quantity" else 1
            worth = {
                at: gain * (_NEXT if self._is_next(at, chosen) else 1)
                for at, gain in gains.items()
                if gain >= floor or counts[at] >= _FURTHER_WORDS or self._is_next(at, chosen)
            }
            if not worth:
                break
            chosen.add(max(worth, key=lambda at: (worth[at], -at)))
        return chosen

    def _is_next(self, at: int, chosen: Iterable[int]) -> bool:
        """Whether a unit stands beside one that is taken, or is to be the first."""
        units = self._grounds.units
        taken = tuple(chosen)
        return not taken or any(abs(at - one) <= 1 and units[at].source == units[one].source for one in taken)

    def _above(self, chosen: Iterable[int]) -> list[Claim]:
        found: dict[int, Claim] = {}
        for at in sorted(chosen):
            unit = self._grounds.units[at]
            found.update((id(claim), claim) for claim in (*unit.above, self._grounds.titles[unit.source]))
        return list(found.values())

    def _is_above(self, item: _Item) -> bool:
        kind, at = item
        if kind == "quantity":
            quantity = self._claim.quantities[at]
            return any(agree(quantity, found) for claim in self.context for found in claim.quantities)
        return any(has(claim, self._claim.words[at].key) for claim in self.context)
