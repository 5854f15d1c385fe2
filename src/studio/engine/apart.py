"""Nodes whose code runs in another process: what asks it must not hold up the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from studio.contracts.apart import asking_for
from studio.domain.status import Effect
from studio.sdk import ApartNode, BaseNode, NodeContext

T = TypeVar("T")


async def aside(impl: BaseNode, workspace: str, function: Callable[..., T], *args: Any) -> T:
    """What a function gives that calls a pure function of a node: in a thread where that is asked elsewhere."""
    if not isinstance(impl, ApartNode):
        return function(*args)
    return await asyncio.to_thread(asking_for, workspace, function, *args)


async def effect_for(impl: BaseNode, value: Any, context: NodeContext) -> Effect:
    """The effect that a node has with an input."""
    return await impl.effect_for(value, context) if isinstance(impl, ApartNode) else impl.effect_of(value)
