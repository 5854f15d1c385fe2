"""flow.switch."""

from __future__ import annotations

import pytest

from studio.nodes.flow.switch import Switch


async def test_examples(examples) -> None:
    await examples(Switch)


async def test_ports_as_written() -> None:
    node = Switch()
    assert node.ports_of({"cases": {"a": 1, "b": 2}}) == ("a", "b", "default")
    assert node.ports_of({"cases": [{"port": "a", "when": "{{ x }}"}, "?"]}) == ("a", "default")
    assert node.ports_of({"cases": "{{ cases }}"}) == ("default",)
    assert node.ports_of({}) == ("default",)


@pytest.mark.parametrize(
    "cases", [{"default": 1}, {"error": 1}, {"Big": 1}, {"a-b": 1}, [{"port": "a", "when": True}] * 2, "a", 5]
)
async def test_wrong_cases_are_refused(fails, cases) -> None:
    await fails("node.param_invalid", Switch, cases=cases)


async def test_values_are_compared_as_data(run) -> None:
    assert (await run(Switch, value={"a": [1]}, cases={"x": {"a": [1.0]}}))["port"] == "x"
    assert (await run(Switch, value={"a": [1]}, cases={"x": {"a": [True]}, "y": {"a": 1}}))["port"] == "default"
    assert (await run(Switch, value=[1, 2], cases={"x": [1]}))["port"] == "default"
