"""flow.assert."""

from __future__ import annotations

from studio.nodes.flow.assert_ import Assert


async def test_examples(examples) -> None:
    await examples(Assert)


async def test_all_failures_are_named(fails) -> None:
    checks = [{"that": False, "message": "one"}, {"that": True, "message": "two"}, {"that": False, "message": "trois"}]
    error = await fails("flow.assertion", Assert, checks=checks)
    assert error.message == "2 of 3 checks failed: one; trois"


async def test_shape(fails) -> None:
    await fails("node.param_invalid", Assert, checks=[])
    await fails("node.param_missing", Assert, checks=[{"that": True}])
