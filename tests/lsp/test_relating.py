"""When what belongs to a place is looked for, and when it is told: with searches that end when the test says so."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from starlight.config import Settings
from starlight.errors import IndexUnavailable, InvalidRequest
from starlight.lsp import relating
from starlight.lsp.relating import Subscription

A, B = ({"uri": f"file:///{name}.md", "position": {"line": 1, "character": 0}} for name in "ab")
HIT, BETTER = {"path": "c.md", "score": 0.5}, {"path": "c.md", "score": 0.6}
OTHER = {"path": "d.md", "score": 0.4}


class Root:
    """A folder that is open: all that a subscription asks of one."""

    def __init__(self, state="ready", revision=1):
        self.status = SimpleNamespace(state=state, revision=revision)


@pytest.fixture
def searches(monkeypatch):
    """The searches that have begun: what was asked, and the future of the answer."""
    begun = []

    async def related(_server, asked):
        begun.append((asked, asyncio.get_running_loop().create_future()))
        return await begun[-1][1]

    monkeypatch.setattr(relating, "related", related)
    monkeypatch.setattr(relating, "_PAUSE", 0.0)
    monkeypatch.setattr(relating, "_INDEX_PAUSE", 0.0)
    return begun


@pytest.fixture
def told():
    return []


@pytest.fixture
def subscription(told):
    session = SimpleNamespace(settings=Settings(), run=lambda name, work: asyncio.create_task(work, name=name))
    protocol = SimpleNamespace(notify=lambda _method, found: told.append((found["uri"], found["hits"])))
    return Subscription(SimpleNamespace(session=session, protocol=protocol))


async def turns():
    """Let everything happen that can happen by now; timers of no time need a turn of their own."""
    for _ in range(6):
        await asyncio.sleep(0)


async def answer(search, *hits):
    search[1].set_result({"complete": True, "hits": list(hits)})
    await turns()


async def follow(subscription, asked):
    subscription.follow(asked)
    await turns()


async def test_what_is_the_same_is_not_told(subscription, searches, told):
    for hit in (HIT, BETTER, OTHER):  # a score is not shown
        await follow(subscription, A)
        await answer(searches[-1], hit)
    assert told == [(A["uri"], [HIT]), (A["uri"], [OTHER])]


async def test_the_newest_place_wins(subscription, searches, told):
    await follow(subscription, A)
    await follow(subscription, B)
    first, second = searches
    assert first[1].cancelled()
    await answer(second, HIT)
    assert told == [(B["uri"], [HIT])]


async def test_another_document_is_told_the_same(subscription, searches, told):
    for asked in (A, B):
        await follow(subscription, asked)
        await answer(searches[-1], HIT)
    assert told == [(A["uri"], [HIT]), (B["uri"], [HIT])]


async def test_many_changes_are_one_search(subscription, searches, told):
    await follow(subscription, A)
    await answer(searches[0], HIT)
    for _ in range(9):
        subscription.text_changed()
    await turns()
    assert len(searches) == 2
    await answer(searches[1], HIT)
    assert told == [(A["uri"], [HIT])]


@pytest.mark.parametrize("end", [Subscription.end, lambda subscription: subscription.forget("file:///%61.md")])
async def test_an_end_ends_all(subscription, searches, told, end):
    await follow(subscription, A)
    subscription.text_changed()
    end(subscription)
    await turns()
    subscription.text_changed()
    subscription.index_changed(Root())
    subscription.folders_changed()
    await turns()
    assert len(searches) == 1
    assert searches[0][1].cancelled()
    assert told == []


async def test_another_document_may_be_closed(subscription, searches):
    await follow(subscription, A)
    subscription.forget(B["uri"])
    await turns()
    assert not searches[0][1].cancelled()


async def test_a_folder_that_goes(subscription, searches, told):
    await follow(subscription, A)
    subscription.folders_changed()
    await turns()
    assert searches[0][1].cancelled()
    await answer(searches[1])
    assert told == [(A["uri"], [])]


async def test_an_index_that_grows_leaves_the_list_alone(subscription, searches):
    """But where there is none yet, it is looked again; and at the end always."""
    root = Root("indexing")
    await follow(subscription, A)
    await answer(searches[0])
    for state, revision, count in (
        ("indexing", 1, 2),  # nothing was found so far
        ("indexing", 1, 2),  # nothing is new
        ("indexing", 2, 3),
        ("indexing", 3, 3),  # the last search found something
        ("ready", 3, 4),
    ):
        root.status = SimpleNamespace(state=state, revision=revision)
        subscription.index_changed(root)
        await turns()
        assert len(searches) == count
        if not searches[-1][1].done():
            await answer(searches[-1], *([HIT] if count == 3 else []))


async def test_a_folder_that_cannot_be_searched(subscription, searches, told):
    await follow(subscription, A)
    searches[0][1].set_exception(IndexUnavailable("no"))
    await turns()
    assert told == [(A["uri"], [])]


async def test_what_makes_no_sense_changes_nothing(subscription, searches):
    await follow(subscription, A)
    with pytest.raises(InvalidRequest):
        subscription.follow({**A, "position": 3})
    subscription.text_changed()
    await turns()
    assert [asked for asked, _ in searches] == [A, A]
