"""json.diff."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.json._same import same
from studio.nodes.json.diff import Diff
from studio.nodes.json.patch import Patch
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Diff)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab/~", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN, PLAIN)
async def test_the_patch_leads_from_one_to_the_other(before, after) -> None:
    scope = {"before": before, "after": after}
    with NodeTester(Diff) as tester:
        result = await tester.run({"before": "{{ before }}", "after": "{{ after }}"}, scope=scope)
    with NodeTester(Patch) as tester:
        scope["changes"] = result.output["changes"]
        patched = await tester.run({"data": "{{ before }}", "changes": "{{ changes }}"}, scope=scope)
    assert same(patched.output["data"], after)
    assert result.output["equal"] == same(before, after)


async def test_deep_values_and_many_changes(monkeypatch, run, fails) -> None:
    one: list = [1]
    other: list = [2]
    for _ in range(150):
        one, other = [one], [other]
    changes = (await run(Diff, before="{{ one }}", after="{{ other }}", scope={"one": one, "other": other}))["changes"]
    assert [change["op"] for change in changes] == ["replace"]
    monkeypatch.setattr("studio.nodes.json.diff._MOST", 10)
    await fails("json.too_many_changes", Diff, before=list(range(20)), after=list(range(20, 40)))
