"""The syntax tree as plain data, for whoever translates expressions into another language.

Every node is a list that begins with its kind:

    ["const", value]                    ["name", name]
    ["key", of, key]                    a constant key: ``of.key``
    ["item", of, key]                   a computed key, ``of[key]``
    ["slice", of, lower, upper, step]   None where a bound is left out
    ["call", name, args, keywords]      ["method", of, name, args, keywords]
    ["unary", op, operand]              op: - + ~ not
    ["arith", op, left, right]          op: + - * / // % ** << >> & | ^
    ["compare", first, [[op, right]..]] op: < <= > >= == != in, not in, is, is not
    ["and", values]  ["or", values]     ["if", test, body, orelse]
    ["list", items]  ["set", items]     an item may be ["star", list]
    ["dict", [[key, value]..]]          key None: value is merged in
    ["text", [[part, format]..]]        an f-string; literal parts are texts, with format None
    ["lambda", params, body]            ["comp", kind, element, key, [[target, source, conditions]..]]
"""

from __future__ import annotations

from typing import Any

from studio.expressions._nodes import (
    Arith,
    Attr,
    Bool,
    Call,
    Comp,
    Compare,
    Cond,
    Const,
    DictOf,
    FString,
    Item,
    Lambda,
    ListOf,
    Name,
    Node,
    Slice,
    Star,
    Unary,
)  # fmt: skip


def portable(node: Node) -> list[Any]:
    """The tree of a node as plain lists."""
    match node:
        case Const():
            return ["const", node.value]
        case Name():
            return ["name", node.id]
        case Attr():
            return ["key", portable(node.value), node.key]
        case Item():
            if isinstance(node.key, Const) and type(node.key.value) in (str, int):
                return ["key", portable(node.value), node.key.value]
            return ["item", portable(node.value), portable(node.key)]
        case Slice():
            return ["slice", portable(node.value), *map(_maybe, (node.lower, node.upper, node.step))]
        case Unary():
            return ["unary", node.op, portable(node.operand)]
        case Arith():
            tree = portable(node.first)
            for op, right in node.rest:
                tree = ["arith", op, tree, portable(right)]
            return tree
        case Compare():
            return ["compare", portable(node.first), [[op, portable(right)] for op, right in node.rest]]
        case Bool():
            return [node.op, [portable(value) for value in node.values]]
        case Cond():
            return ["if", portable(node.test), portable(node.body), portable(node.orelse)]
        case _:
            return _compound(node)


def _maybe(node: Node | None) -> list[Any] | None:
    return None if node is None else portable(node)


def _compound(node: Node) -> list[Any]:
    match node:
        case Call():
            args = [portable(argument) for argument in node.args]
            keywords = {name: portable(value) for name, value in node.keywords}
            if node.receiver is None:
                return ["call", node.name, args, keywords]
            return ["method", portable(node.receiver), node.name, args, keywords]
        case ListOf():
            return ["set" if node.unique else "list", [portable(item) for item in node.items]]
        case Star():
            return ["star", portable(node.value)]
        case DictOf():
            return ["dict", [[_maybe(key), portable(value)] for key, value in node.pairs]]
        case FString():
            return [
                "text",
                [[part, None] if isinstance(part, str) else [portable(part[0]), part[1]] for part in node.parts],
            ]
        case Lambda():
            return ["lambda", list(node.params), portable(node.body)]
        case Comp():
            clauses = [
                [clause.target, portable(clause.source), [portable(each) for each in clause.conditions]]
                for clause in node.clauses
            ]
            return ["comp", node.kind, portable(node.element), _maybe(node.key), clauses]
        case _:
            raise TypeError(type(node).__name__)
