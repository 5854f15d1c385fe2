"""The graph of a level."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.catalog import Catalog
from studio.domain.workflow import Workflow
from studio.validation import LevelGraph, analyse
from studio.validation.analysis import roots

NODES = 8


def graph(nodes: dict[str, Any], edges: list[str] | None = None, output: Any = None) -> Workflow:
    full = {id: {"type": "text.slugify", **node} for id, node in nodes.items()}
    return Workflow.model_validate({"studio": 1, "name": "x", "nodes": full, "edges": edges or [], "output": output})


def refer(*ids: str) -> dict[str, Any]:
    return {"params": {"text": " ".join(f"{{{{ {id}.slug }}}}" for id in ids)}}


def test_references_and_edges(catalog: Catalog) -> None:
    level = analyse(
        graph(
            {
                "c": refer("b", "inputs"),
                "b": refer("a"),
                "a": {},
                "d": {"params": {"separator": "-"}},
                "e": refer("zz"),
            },
            ["a.slug -> d.text", "b -> d.separator", "d -> nowhere", "a -> a2"],
            "{{ c.slug }} {{ now }}",
        ),
        catalog,
    )
    assert level.order == ("a", "e", "b", "c", "d")
    assert level.implied == {"c": {"b"}, "b": {"a"}, "a": set(), "d": {"a"}, "e": set()}
    assert [str(edge) for edge in level.listed_in["d"]] == ["a.slug -> d.text", "b -> d.separator"]
    assert set(level.listed_in) == {"d"}
    assert [str(edge) for edge in level.listed_out["b"]] == ["b -> d.separator"]
    assert level.wired == {"d": {"text": "{{ a.slug }}"}}
    assert level.names["c"] == {"b", "inputs"}
    assert level.output_names == {"c", "now"}
    assert level.cycles == ()
    assert level.upstream("c") == {"a", "b"}
    assert level.upstream("d") == {"a", "b"}
    assert level.upstream("a") == set()


def test_what_is_inside_counts_for_the_container(catalog: Catalog) -> None:
    inner = {"type": "flow.noop", "params": {"a": "{{ row.x }} {{ seen.x }} {{ other.x }} {{ item }}"}}
    level = analyse(
        graph(
            {
                "seen": {},
                "unseen": {},
                "other": {},
                "loop": {
                    "params": {"as": "row", "items": []},
                    "body": {
                        "nodes": {"own": inner, "last": {"type": "flow.noop", **refer("own")}},
                        "output": "{{ [own for own in seen.y] }}",
                    },
                },
                "guard": {"body": {"next": "{{ seen.x }}"}, "catch": {"output": "{{ error.x }}"}, "finally": refer2()},
                "agent": {
                    "slots": {
                        "model": {"id": "m", "type": "flow.noop", **refer("seen", "args")},
                        "tools": [{"id": "t", "type": "flow.noop", **refer("other")}],
                    }
                },
                "hook": {"inputs": "{{ event.body + seen.x }}"},
                "rescue": {"fallback": [{"type": "flow.noop", "params": {"a": "{{ seen.slug }}"}}]},
                "many": {"each": "{{ seen.x }}", "params": {"a": "{{ item + index + other.x }}"}},
                "choosy": {"run_if": "{{ seen.x }}"},
            }
        ),
        catalog,
    )
    assert level.implied["loop"] == {"seen", "other"}
    assert level.implied["guard"] == {"seen", "other"}
    assert level.implied["agent"] == {"seen", "other"}
    assert level.implied["hook"] == {"seen"}
    assert level.implied["rescue"] == {"seen"}
    assert level.implied["many"] == {"seen", "other"}
    assert level.implied["choosy"] == {"seen"}
    assert level.names["many"] == {"seen", "other"}
    assert "row" not in level.names["loop"]


def refer2() -> dict[str, Any]:
    return {"nodes": {"f": {"type": "flow.noop", **refer("other")}}}


def test_cycles_name_their_nodes(catalog: Catalog) -> None:
    level = analyse(
        graph(
            {
                "a": refer("c"),
                "b": refer("a"),
                "c": {},
                "d": refer("c"),
                "e": refer("e"),
                "x": refer("y"),
                "y": refer("x"),
            },
            ["b -> c", "free -> a"],
        ),
        catalog,
    )
    assert {frozenset(cycle) for cycle in level.cycles} == {frozenset("abc"), frozenset("e"), frozenset("xy")}
    for cycle in level.cycles:
        for source, target in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            assert source in set(level.waits_for(target)) | ({target} if len(cycle) == 1 else set())
    assert set(level.order) == set("abcdexy")


def test_ports_depend_on_params(catalog: Catalog) -> None:
    nodes = {
        "if_it": {"type": "flow.if", "params": {"condition": True}},
        "pick": {"type": "flow.switch", "params": {"value": 1, "cases": {"small": 1}}},
        "broken": {"type": "probe.ways", "params": {"ways": 5}},
        "unknown": {"type": "no.such"},
    }
    ports = analyse(graph(nodes), catalog).ports
    assert ports == {
        "if_it": {"true", "false"},
        "pick": {"small", "default"},
        "broken": frozenset(),
        "unknown": frozenset(),
    }


def test_broken_expressions_hide_no_others() -> None:
    assert roots({"a": "{{ b.c }}", "d": ["{{ 1 + }}", "{{ e }}"]}) == {"b", "e"}
    assert roots("plain") == frozenset()
    assert roots(True) == frozenset()
    deep: Any = "{{ a }}"
    for _ in range(200):
        deep = [deep]
    assert roots(deep) == frozenset()


def test_long_chains_and_wide_levels_need_no_recursion(catalog: Catalog) -> None:
    count = 3000
    chain = analyse(graph({f"n{n}": refer(f"n{n - 1}") if n else {} for n in reversed(range(count))}), catalog)
    assert chain.order == tuple(f"n{n}" for n in range(count))
    assert len(chain.upstream(f"n{count - 1}")) == count - 1
    ring = analyse(graph({f"n{n}": refer(f"n{(n - 1) % count}") for n in range(count)}), catalog)
    assert len(ring.cycles[0]) == count


def check_order(level: LevelGraph) -> None:
    place = {id: index for index, id in enumerate(level.order)}
    on_cycle = {id for cycle in level.cycles for id in cycle}
    for id in level.order:
        behind = level.upstream(id) & on_cycle
        for source in level.waits_for(id):
            if not behind and id not in on_cycle:
                assert place[source] < place[id]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_any_graph_is_ordered_or_has_cycles(catalog: Catalog, data: st.DataObject) -> None:
    ids = [f"n{n}" for n in range(NODES)]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids))
    references = data.draw(st.sets(pairs, max_size=10))
    listed = data.draw(st.sets(pairs, max_size=6))
    nodes = {id: refer(*sorted(source for source, target in references if target == id)) for id in ids}
    level = analyse(graph(nodes, [f"{source} -> {target}" for source, target in sorted(listed)]), catalog)
    assert sorted(level.order) == ids
    check_order(level)
    cyclic = {id for id in ids if id in level.upstream(id) or (id, id) in references}
    assert bool(level.cycles) == bool(cyclic)
    for cycle in level.cycles:
        assert set(cycle) <= cyclic
