"""flow.changed."""

from __future__ import annotations

from studio.nodes.flow.changed import Changed
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Changed)


async def test_branches() -> None:
    with NodeTester(Changed) as tester:
        first = await tester.run({"value": {"a": 1}})
        same = await tester.run({"value": {"a": 1.0}}, state=first.state)
        other = await tester.run({"value": {"a": True}}, state=same.state)
        null = await tester.run({"value": None}, state=other.state)
        again = await tester.run({"value": None}, state=null.state)
    assert [one.ports for one in (first, same, other, null, again)] == [
        ("changed",),
        ("unchanged",),
        ("changed",),
        ("changed",),
        ("unchanged",),
    ]
    assert same.output == {"changed": False, "previous": {"a": 1}}
