"""What a tester answers where a node calls workflows, and what it tells of usage."""

from __future__ import annotations

from typing import Any

from studio.sdk import CallFailed
from studio.testing import NodeTester
from tests.engine.packs.lab.caller import Caller
from tests.engine.packs.lab.spends import Spends


async def test_calls_are_answered_by_outputs_functions_and_errors() -> None:
    failed = CallFailed("flow.call_failed", "It failed.")
    with NodeTester(Caller) as tester:
        answers: dict[str, Any] = {"double": lambda inputs: inputs["n"] * 2, "bad": failed}
        result = await tester.run({"workflow": "double", "inputs": {"n": 4}, "times": 2}, workflows=answers)
        assert (result.output, result.calls) == ({"value": [8, 8]}, [("double", {"n": 4})] * 2)
        caught = await tester.run({"workflow": "bad", "catch": True}, workflows=answers)
        assert caught.output == {"value": ["flow.call_failed permanent"]}
        assert (await tester.run({"workflow": "bad"}, workflows=answers)).error is failed


async def test_what_a_node_used_is_told() -> None:
    with NodeTester(Spends) as tester:
        result = await tester.run({"tokens": 3, "cost": 0.5})
        assert (result.tokens, result.cost) == (3, 0.5)
        assert (await tester.run({"tokens": -3})).error is not None
