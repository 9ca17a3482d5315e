"""The graph: neighbours, ways between notes, clusters, and notes that stand out."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.engine.clusters import clusters
from starlight.engine.communities import communities
from starlight.engine.graph import Graph, Near, Step
from starlight.engine.standing_out import bridges, hubs, orphans

N = 12
rows = st.integers(0, N - 1)
names = [f"n{row:02}" for row in range(N)]
links_of = st.dictionaries(st.tuples(rows, rows), st.integers(1, 3), max_size=30)
near_of = st.dictionaries(st.tuples(rows, rows), st.floats(0.5, 1.0), max_size=15)
tags_of = st.dictionaries(st.sampled_from(names), st.lists(st.sampled_from("abc"), max_size=2), max_size=N)


def graph_of(links, near=None, tags=None) -> Graph:
    found = {name: {} for name in names}
    for (one, other), n in links.items():
        found[names[one]][names[other]] = n
    pairs = [Near(names[one], names[other], cosine) for (one, other), cosine in (near or {}).items()]
    return Graph(found, pairs, tags)


def chain(*paths: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {path: {} for path in paths}
    for one, other in itertools.pairwise(paths):
        found[one][other] = 1
    return found


def merged(*parts: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for part in parts:
        for path, links in part.items():
            found.setdefault(path, {}).update(links)
    return found


def walked(steps) -> list[str]:
    return [steps[0].source, *(step.target for step in steps)] if steps else []


@settings(deadline=None, max_examples=150)
@given(links_of, near_of, tags_of, rows, rows)
def test_a_way_costs_the_same_both_ways_and_is_one(links, near, tags, one, other):
    graph = graph_of(links, near, tags)
    for find in (graph.way, graph.shortest):
        there, back = find(names[one], names[other]), find(names[other], names[one])
        if there is None or back is None:
            assert there is back
            continue
        assert there.cost == back.cost
        assert [(step.target, step.source, step.kind) for step in back.steps[::-1]] == [
            (step.source, step.target, step.kind) for step in there.steps
        ]
        if one != other:
            notes = walked(there.steps)
            assert (notes[0], notes[-1]) == (names[one], names[other])
            assert len(set(notes)) == len(notes)
            assert all(one.target == next_.source for one, next_ in itertools.pairwise(there.steps))


@settings(deadline=None, max_examples=100)
@given(links_of, near_of, tags_of, rows, rows)
def test_there_is_a_way_where_there_are_steps_and_none_is_shorter(links, near, tags, one, other):
    graph = graph_of(links, near, tags)
    depths = {reached.path: reached.depth for reached in graph.neighbours(names[one], depth=6, limit=1_000)}
    found = graph.shortest(names[one], names[other])
    if one != other and names[other] in depths:
        assert found is not None
        assert len(found.steps) == depths[names[other]]
    way = graph.way(names[one], names[other])
    assert (found is None) == (way is None)
    if found and way:
        assert len(found.steps) <= len(way.steps)


@settings(deadline=None, max_examples=100)
@given(links_of, near_of)
def test_clusters_are_the_same_every_time_and_have_each_note_once(links, near):
    found = clusters(graph_of(links, near), {name: (name, ()) for name in names})
    assert found == clusters(graph_of(dict(reversed(links.items())), near), {name: (name, ()) for name in names})
    assert sorted(path for cluster in found for path in cluster.notes) == names
    assert all(set(cluster.central) <= set(cluster.notes) for cluster in found)


def test_a_chain_of_few_links_says_more_than_a_hub():
    everything = {"hub": dict.fromkeys(("a", "b", *(f"x{n}" for n in range(300))), 1)}
    graph = Graph(merged(chain("a", "c", "d", "b"), everything, {f"x{n}": {} for n in range(300)}))
    assert walked(graph.way("a", "b").steps) == ["a", "c", "d", "b"]
    assert walked(graph.shortest("a", "b").steps) == ["a", "hub", "b"]


def test_ways_by_meaning_and_by_tags():
    graph = Graph(
        merged(chain("a", "b"), {"c": {}, "d": {}, "e": {}}), [Near("b", "c", 0.9)], {"c": ["Tea"], "d": ["tea"]}
    )
    assert graph.way("a", "d").steps == (
        Step("a", "b", "link", 1.0),
        Step("b", "c", "meaning", 0.9),
        Step("c", "d", "tag", 2.0, "Tea"),
    )
    assert graph.way("a", "e") is None
    assert graph.way("a", "a").steps == ()
    assert graph.way("a", "gone") is None


def test_of_ways_of_as_few_steps_the_strongest():
    two = {"a": {}, "b": {}, "k": {}, "m": {}}
    near = [Near("a", "k", 0.5), Near("k", "b", 0.5), Near("a", "m", 0.99), Near("m", "b", 0.99)]
    assert walked(Graph(two, near).shortest("a", "b").steps) == ["a", "m", "b"]
    tags = {"a": ["s"], "k": ["s", "t"], "b": ["t"]}
    assert walked(Graph(two, near, tags).shortest("a", "b").steps) == ["a", "k", "b"]
    linked = merged(two, chain("a", "z", "b"))
    assert walked(Graph(linked, near, tags).shortest("a", "b").steps) == ["a", "z", "b"]
    twice = merged(linked, {"a": {"zz": 2}, "zz": {"b": 1}})
    assert walked(Graph(twice, near, tags).shortest("a", "b").steps) == ["a", "zz", "b"]
    assert (
        len(Graph(merged(twice, chain("a", *(f"c{n}" for n in range(50)), "y")), near).shortest("y", "b").steps) == 53
    )


def test_neighbours_by_depth_and_the_strongest_first():
    graph = Graph(merged(chain("a", "b", "c", "d"), {"e": {"a": 2}, "f": {}}), [Near("a", "f", 0.6)])
    assert [(each.path, each.depth) for each in graph.neighbours("a", 2)] == [("e", 1), ("b", 1), ("f", 1), ("c", 2)]
    assert [each.path for each in graph.neighbours("a", 9, limit=2)] == ["e", "b"]
    assert graph.neighbours("gone") == []


def test_bad_input_makes_no_bad_graph():
    loops = Graph({"a": {"a": 3, "gone": 1}, "b": {"a": 1}}, [Near("a", "a", 1.0), Near("a", "gone", 1.0)])
    assert loops.links == {"a": {}, "b": {"a": 1}}
    assert loops.near == ()
    assert Graph({}).neighbours("a") == []
    assert clusters(Graph({}), {}) == ()
    alone = clusters(Graph({"a": {}}), {"a": ("One", ())})
    assert [(cluster.name, cluster.notes) for cluster in alone] == [("One", ("a",))]
    assert orphans(Graph({})) == hubs(Graph({}), 3) == bridges(Graph({}), (), 3) == []


def test_a_note_with_50_000_links():
    many = {f"n{n}": {} for n in range(50_000)}
    graph = Graph({**many, "list": dict.fromkeys(many, 1)})
    assert len(graph.neighbours("list", limit=10)) == 10
    assert walked(graph.way("n1", "n49999").steps) == ["n1", "list", "n49999"]
    assert hubs(graph, 1)[0] == ("list", 0, 50_000)


def test_communities_of_two_that_hang_together_by_one_edge():
    clique = [(one, other, 1.0) for one in range(5) for other in range(one)]
    edges = [*clique, *((one + 5, other + 5, 1.0) for one, other, _ in clique), (0, 5, 1.0)]
    assert communities(11, edges) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10]]


def test_communities_hang_together():
    edges = [(n, n + 1, 1.0) for n in range(200)]
    for part in communities(201, edges):
        assert part == list(range(part[0], part[-1] + 1))


@pytest.fixture
def two():
    tea = {f"tea{n}": {f"tea{other}": 1 for other in range(4) if other != n} for n in range(4)}
    steam = {f"steam{n}": {f"steam{other}": 1 for other in range(4) if other != n} for n in range(4)}
    return Graph(merged(tea, steam, {"tea0": {"steam0": 1}, "alone": {}, "lonely": {}}), [Near("alone", "tea1", 0.7)])


NAMED = {
    **{f"tea{n}": (f"The tea {n}", ("Brewing green tea", "Sources")) for n in range(4)},
    **{f"steam{n}": (f"Steam engine {n}", ("Boiler", "Sources")) for n in range(4)},
    "alone": ("Alone", ()),
    "lonely": ("Lonely", ()),
}


def test_clusters_are_called_by_what_tells_them_apart(two):
    found = {cluster.notes[-1]: cluster for cluster in clusters(two, NAMED)}
    assert set(found["steam3"].words) == {"steam", "engine", "boiler"}
    assert "sources" not in found["tea3"].name
    assert "tea" in found["tea3"].name
    assert found["tea3"].notes == ("alone", "tea0", "tea1", "tea2", "tea3")
    assert found["lonely"].name == "Lonely"


def test_where_words_say_nothing_a_title_does(two):
    found = clusters(two, dict.fromkeys(two.paths, ("§ 王者荣耀", ())))
    assert {cluster.name for cluster in found} == {"§ 王者荣耀"}


def test_notes_that_stand_out(two):
    found = clusters(two, NAMED)
    assert [(orphan.path, [pair.cosine for pair in orphan.near]) for orphan in orphans(two)] == [
        ("alone", [0.7]),
        ("lonely", []),
    ]
    assert hubs(two, 2) == [("tea0", 3, 4), ("steam0", 4, 3)][::-1]
    assert [bridge.path for bridge in bridges(two, found, 5)] == ["steam0", "tea0"]
    names = Counter(name for bridge in bridges(two, found, 5) for name in bridge.clusters)
    assert sorted(names.values()) == [2, 2]
