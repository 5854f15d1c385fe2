"""flow.fail."""

from __future__ import annotations

from studio.nodes.flow.fail import Fail


async def test_examples(examples) -> None:
    await examples(Fail)


async def test_message_and_details(fails) -> None:
    error = await fails("flow.failed", Fail, message="ключ {x}", details={"a": 1})
    assert error.message == "ключ {x}"
    assert error.arguments["details"] == {"a": 1}
