"""Running nodes and their examples."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from studio.domain.errors import StudioError
from studio.sdk import BaseNode
from studio.testing import NodeTester, listed, run_example

Examples = Callable[[type[BaseNode]], Awaitable[None]]
Run = Callable[..., Awaitable[Any]]
Fails = Callable[..., Awaitable[StudioError]]


@pytest.fixture
def examples() -> Examples:
    """Runs all examples of a node, of which there must be two; those the engine must run are only read."""

    async def run_all(node: type[BaseNode]) -> None:
        assert len(node.examples) >= 2
        for index in range(len(node.examples)):
            result = await run_example(node(), index)
            assert result.status != "failed", f"{node.type}, example {index} ({result.title}): {result.reason}"

    return run_all


@pytest.fixture
def run() -> Run:
    """Runs a node on keyword params, ``await run(Upper, text="a")``, and gives its output or raises its error.

    ``scope`` holds what the params' expressions find.
    """

    async def call(node: type[BaseNode], /, *, scope: dict[str, Any] | None = None, **params: Any) -> Any:
        with NodeTester(node) as tester:
            result = await tester.run(params, scope=scope)
            if result.error is not None:
                raise result.error
            return listed(result.output)

    return call


@pytest.fixture
def fails(run: Run) -> Fails:
    """Runs a node that must fail with a code, and gives the error."""

    async def call(code: str, node: type[BaseNode], /, **params: Any) -> StudioError:
        with pytest.raises(StudioError) as caught:
            await run(node, **params)
        assert caught.value.code == code, f"{caught.value.code}: {caught.value}"
        assert caught.value.message, "the message is empty"
        return caught.value

    return call
