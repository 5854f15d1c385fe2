"""What cannot be a node is refused with the reason."""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Callable, Iterator

import pytest

from studio.sdk import BaseNode, Effect, NodeContext, NodeDefinitionError, as_node


def made(function: Callable[..., t.Any], **facts: t.Any) -> type[BaseNode]:
    return as_node(function, type="test.made", effect=Effect.PURE, **facts)


def add(a: int, b: int = 2) -> int:
    return a + b


def untyped(a) -> int:
    return a


def unreturned(a: int):
    return a


def open_ended(**parts: str) -> str:
    return "".join(parts)


def private(_a: int) -> int:
    return _a


def mutable(words: list[str] = []) -> int:
    return len(words)


def sentinel(a: t.Any = object()) -> int:
    return 1


def binary(data: bytes) -> int:
    return len(data)


def gives_binary() -> dict[str, bytes]:
    return {}


def callback(hook: Callable[[int], int]) -> int:
    return hook(1)


def arbitrary(thing: threading.Thread) -> int:
    return 1


def gives_arbitrary() -> threading.Thread:
    return threading.current_thread()


def yields_arbitrary() -> Iterator[threading.Thread]:
    yield threading.current_thread()


def unresolved(a: NoSuchType) -> int:  # noqa: F821
    return 1


def sync_context(a: int, ctx: NodeContext) -> int:
    return a


class Tree(t.TypedDict):
    inner: list[Tree]


def recursive(tree: Tree) -> int:
    return 1


async def waiting() -> int:
    return 1


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (untyped, "`a` has no type"),
        (unreturned, "return type is not stated"),
        (open_ended, "`**parts` leaves open"),
        (private, "starts with an underscore"),
        (mutable, "mutable"),
        (sentinel, "no form can show"),
        (binary, "bytes"),
        (gives_binary, "bytes"),
        (callback, "not data"),
        (arbitrary, "not data"),
        (gives_arbitrary, "not data"),
        (yields_arbitrary, "not data"),
        (unresolved, "type hints cannot be read"),
        (sync_context, "must be `async def`"),
        (recursive, "refers to itself"),
        (int, "it is a class"),
        (min, "no signature"),
        (lambda: 1, "return type is not stated"),
    ],
)
def test_what_cannot_be_a_node(function, reason):
    with pytest.raises(NodeDefinitionError) as caught:
        made(function)
    assert reason in str(caught.value)
    assert getattr(function, "__qualname__", "") in str(caught.value)


def test_where_it_cannot_run():
    with pytest.raises(NodeDefinitionError, match="does not belong in a thread"):
        made(waiting, runs_in="thread")
    with pytest.raises(NodeDefinitionError, match="runs in this process"):
        made(add, runs_in="process")
    with pytest.raises(NodeDefinitionError, match="`type` must be an id"):
        as_node(add, type="plain", effect=Effect.PURE)
