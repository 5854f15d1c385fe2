"""The syntax tree. Offsets count characters of the text that was parsed, braces and surrounding text included."""

from __future__ import annotations

from typing import Any, TypeAlias


class Node:
    """Base of all nodes: where it stands in the source, ``end`` exclusive."""

    __slots__ = ("end", "start")
    start: int
    end: int


class Const(Node):
    """A literal number, text, true, false or null."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: Any) -> None:
        self.start = start
        self.end = end
        self.value = value


class Name(Node):
    """A bare name."""

    __slots__ = ("id",)

    def __init__(self, start: int, end: int, id: str) -> None:
        self.start = start
        self.end = end
        self.id = id


class Attr(Node):
    """``value.key``: a data key after a dot."""

    __slots__ = ("key", "value")

    def __init__(self, start: int, end: int, value: Node, key: str) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.key = key


class Item(Node):
    """``value[key]``."""

    __slots__ = ("key", "value")

    def __init__(self, start: int, end: int, value: Node, key: Node) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.key = key


class Slice(Node):
    """``value[lower:upper:step]``."""

    __slots__ = ("lower", "step", "upper", "value")

    def __init__(
        self, start: int, end: int, value: Node, lower: Node | None, upper: Node | None, step: Node | None
    ) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.lower = lower
        self.upper = upper
        self.step = step


class Star(Node):
    """``*value`` in a list, ``**value`` in an object."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: Node) -> None:
        self.start = start
        self.end = end
        self.value = value


class Call(Node):
    """``name(args, key=value)`` where ``receiver`` is None, else ``receiver.name(args)``."""

    __slots__ = ("args", "keywords", "name", "name_end", "name_start", "receiver")

    def __init__(
        self,
        start: int,
        end: int,
        receiver: Node | None,
        name: str,
        name_start: int,
        args: list[Node],
        keywords: list[tuple[str, Node]],
    ) -> None:
        self.start = start
        self.end = end
        self.receiver = receiver
        self.name = name
        self.name_start = name_start
        self.name_end = name_start + len(name)
        self.args = args
        self.keywords = keywords


class Unary(Node):
    """``-x``, ``+x``, ``~x``, ``not x``."""

    __slots__ = ("op", "operand")

    def __init__(self, start: int, end: int, op: str, operand: Node) -> None:
        self.start = start
        self.end = end
        self.op = op
        self.operand = operand


class Arith(Node):
    """A chain of binary operators of one precedence, applied from left to right; ``**`` has one pair only."""

    __slots__ = ("first", "rest")

    def __init__(self, start: int, end: int, first: Node, rest: list[tuple[str, Node]]) -> None:
        self.start = start
        self.end = end
        self.first = first
        self.rest = rest


class Compare(Node):
    """A chain of comparisons: ``1 < x <= 5``, ``x in y``, ``x is null``."""

    __slots__ = ("first", "rest")

    def __init__(self, start: int, end: int, first: Node, rest: list[tuple[str, Node]]) -> None:
        self.start = start
        self.end = end
        self.first = first
        self.rest = rest


class Bool(Node):
    """``a and b and c`` or ``a or b or c``."""

    __slots__ = ("op", "values")

    def __init__(self, start: int, end: int, op: str, values: list[Node]) -> None:
        self.start = start
        self.end = end
        self.op = op
        self.values = values


class Cond(Node):
    """``body if test else orelse``."""

    __slots__ = ("body", "orelse", "test")

    def __init__(self, start: int, end: int, test: Node, body: Node, orelse: Node) -> None:
        self.start = start
        self.end = end
        self.test = test
        self.body = body
        self.orelse = orelse


Target: TypeAlias = "str | tuple[Target, ...]"
"""A loop variable, or several that an item is taken apart into."""


class Lambda(Node):
    """``lambda a, b: body``; stands only as an argument."""

    __slots__ = ("body", "params")

    def __init__(self, start: int, end: int, params: list[str], body: Node) -> None:
        self.start = start
        self.end = end
        self.params = params
        self.body = body


class Clause:
    """``for target in source if conditions``."""

    __slots__ = ("conditions", "source", "target")

    def __init__(self, target: Target, source: Node, conditions: list[Node]) -> None:
        self.target = target
        self.source = source
        self.conditions = conditions


class Comp(Node):
    """A comprehension. ``kind`` is list, set, dict or generator; ``key`` is set for dict only."""

    __slots__ = ("clauses", "element", "key", "kind")

    def __init__(self, start: int, end: int, kind: str, element: Node, key: Node | None, clauses: list[Clause]) -> None:
        self.start = start
        self.end = end
        self.kind = kind
        self.element = element
        self.key = key
        self.clauses = clauses


class ListOf(Node):
    """``[a, *b]``; also ``(a, b)``, and ``{a, b}`` with ``unique`` set, where double values go."""

    __slots__ = ("items", "unique")

    def __init__(self, start: int, end: int, items: list[Node], unique: bool) -> None:
        self.start = start
        self.end = end
        self.items = items
        self.unique = unique


class DictOf(Node):
    """``{key: value, **other}``; a pair without key is a Star."""

    __slots__ = ("pairs",)

    def __init__(self, start: int, end: int, pairs: list[tuple[Node | None, Node]]) -> None:
        self.start = start
        self.end = end
        self.pairs = pairs


class FString(Node):
    """An f-string: literal parts, and expressions with a format specification."""

    __slots__ = ("parts",)

    def __init__(self, start: int, end: int, parts: list[str | tuple[Node, str]]) -> None:
        self.start = start
        self.end = end
        self.parts = parts
