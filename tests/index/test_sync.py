"""What has changed between two sets of facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from starlight.index.disk import Fact
from starlight.index.sync import Comparison, Plan, diff

_names = st.sampled_from(["a.md", "b.md", "c/d.md", "e.md"])
_facts = st.dictionaries(_names, st.tuples(st.integers(0, 2), st.integers(0, 2))).map(
    lambda found: {path: Fact(path, *sizes) for path, sizes in found.items()}
)


def test_each_kind_of_change() -> None:
    stored = {path: Fact(path, 1, 1) for path in ("same.md", "longer.md", "later.md", "gone.md")}
    on_disk = [Fact("same.md", 1, 1), Fact("longer.md", 2, 1), Fact("later.md", 1, 2), Fact("new.md", 1, 1)]
    plan = diff(on_disk, stored)
    assert plan == Plan(added=(on_disk[3],), changed=(on_disk[1], on_disk[2]), removed=("gone.md",))
    assert len(plan) == 4


@given(_facts, _facts)
def test_a_plan_leads_from_one_to_the_other(on_disk: dict[str, Fact], stored: dict[str, Fact]) -> None:
    plan = diff(iter(on_disk.values()), stored)
    result = {path: fact for path, fact in stored.items() if path not in plan.removed}
    result.update({fact.path: fact for fact in (*plan.added, *plan.changed)})
    assert result == on_disk
    assert len(plan) == sum(stored.get(path) != on_disk.get(path) for path in {*stored, *on_disk})


@given(_facts, _facts, st.integers(0, 4))
def test_in_pieces_it_is_the_same_plan(on_disk: dict[str, Fact], stored: dict[str, Fact], at: int) -> None:
    facts = list(on_disk.values())
    comparison = Comparison(stored)
    comparison.take(facts[:at])
    assert comparison.added == [fact for fact in facts[:at] if fact.path not in stored]
    comparison.take(facts[at:])
    assert comparison.plan() == diff(facts, stored)
