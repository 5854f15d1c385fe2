"""The parser's lower half: literals, names, brackets, and what follows them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions._habits import WORDS
from studio.expressions._lexer import MAX_NESTING, Token, foreign, too_deep
from studio.expressions._nodes import (
    Attr,
    Call,
    Clause,
    Comp,
    Const,
    DictOf,
    FString,
    Item,
    ListOf,
    Name,
    Node,
    Slice,
    Star,
    Target,
)  # fmt: skip

MAX_NODES = 5_000
_CONSTANTS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_MAX_CLAUSES = 8
_VALUES = frozenset({"num", "str", "fstr", "end"})


def is_word(token: Token) -> bool:
    """Whether a token is a word of any sort, keywords included."""
    value = token[1]
    return token[0] == "name" or (token[0] not in _VALUES and value[:1].isalpha())


class AtomParser(ABC):
    """State of the parser, and the grammar of everything that is no operator."""

    def __init__(self, tokens: list[Token], depth: int) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = depth
        self.nodes = 0

    @abstractmethod
    def whole(self) -> Node:
        """The expression that makes up all tokens."""

    @abstractmethod
    def expression(self) -> Node:
        """A full expression."""

    @abstractmethod
    def binary(self, level: int) -> Node:
        """Everything that binds at least as strongly as ``level``."""

    def unexpected(self) -> ExpressionError:
        """The error for the present token, with the right spelling where it is a habit from elsewhere."""
        token = self.tokens[self.at]
        tag, value, start, end = token
        before: Token = self.tokens[self.at - 1] if self.at else ("end", "", 0, 0)
        if tag == "end":
            return ExpressionError(
                "expression.incomplete", "The expression ends where a value is expected.", start=start, end=end
            )
        if tag == "=":
            return foreign("=", "==", start, end)
        if before[0] == "name" and before[1] in WORDS and tag not in _VALUES:
            return foreign(before[1], WORDS[before[1]], before[2], before[3])
        if tag == "name" and value in WORDS:
            return foreign(value, WORDS[value], start, end)
        if tag == "num" and before[0] in ("name", "]"):
            return foreign(f".{value}", "x[0] for a position in a list", start, end)
        shown = {"str": "'...'", "fstr": "f'...'"}.get(tag, str(value)[:40])
        return ExpressionError(
            "expression.unexpected", "'{token}' is not expected here.", start=start, end=end, token=shown
        )

    def expect(self, tag: str) -> Token:
        """Take this operator or word, or raise."""
        token = self.tokens[self.at]
        if token[0] != tag:
            raise self.unexpected()
        self.at += 1
        return token

    def count(self, token: Token) -> None:
        """Count one more part of the tree."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(
                "expression.too_large",
                "The expression has more than {limit} parts. Split it over several nodes.",
                start=token[2],
                end=token[3],
                limit=MAX_NODES,
            )

    def enter(self, token: Token) -> None:
        """Go one level deeper."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise too_deep(token[2], token[3])
        self.count(token)

    def variable(self) -> str:
        """A new name."""
        token = self.tokens[self.at]
        if token[0] != "name":
            if is_word(token):
                raise ExpressionError(
                    "expression.reserved",
                    "'{name}' cannot be used as a name.",
                    start=token[2],
                    end=token[3],
                    name=token[1],
                )
            raise self.unexpected()
        self.at += 1
        return token[1]

    def postfix(self) -> Node:
        """An atom and what follows it: ``.key``, ``[...]``, calls."""
        node = self.atom()
        tokens = self.tokens
        links = 0
        while True:
            tag, _, start, end = tokens[self.at]
            if tag == ".":
                word = tokens[self.at + 1]
                self.at += 1
                if word[0] != "name" and not is_word(word):
                    raise self.unexpected()
                self.at += 1
                if tokens[self.at][0] == "(":
                    node = self.call(node, word[1], word[2])
                else:
                    node = Attr(node.start, word[3], node, word[1])
            elif tag == "[":
                self.at += 1
                node = self.subscript(node)
            elif tag == "(":
                raise ExpressionError(
                    "expression.not_callable",
                    "Only the functions of the library and methods can be called.",
                    start=node.start,
                    end=end,
                )
            else:
                return node
            links += 1
            if links > MAX_NESTING:
                raise too_deep(start, end)
            self.nodes += 1

    def call(self, receiver: Node | None, name: str, name_start: int) -> Node:
        """The arguments of a call; the present token is the opening bracket."""
        self.at += 1
        args: list[Node] = []
        keywords: list[tuple[str, Node]] = []
        while self.tokens[self.at][0] != ")":
            token = self.tokens[self.at]
            if token[0] in ("*", "**"):
                raise foreign(f"{token[0]}args", "every argument by itself", token[2], token[3])
            if self.tokens[min(self.at + 1, len(self.tokens) - 1)][0] == "=" and is_word(token):
                self.at += 2
                keywords.append((token[1], self.expression()))
            elif keywords:
                raise ExpressionError(
                    "expression.argument_order",
                    "Arguments with a name come after those without.",
                    start=token[2],
                    end=token[3],
                )
            else:
                args.append(self.argument())
            if self.tokens[self.at][0] != ")":
                self.expect(",")
        end = self.tokens[self.at][3]
        self.at += 1
        start = receiver.start if receiver is not None else name_start
        return Call(start, end, receiver, name, name_start, args, keywords)

    def argument(self) -> Node:
        """One argument, which may be a bare generator."""
        node = self.expression()
        if self.tokens[self.at][0] != "for":
            return node
        clauses = self.clauses()
        return Comp(node.start, self.tokens[self.at - 1][3], "generator", node, None, clauses)

    def subscript(self, value: Node) -> Node:
        """``[key]`` or ``[lower:upper:step]``; the bracket is taken already."""
        parts: list[Node | None] = [None]
        while self.tokens[self.at][0] != "]":
            if self.tokens[self.at][0] == ":":
                if len(parts) == 3:
                    raise self.unexpected()
                self.at += 1
                parts.append(None)
            elif parts[-1] is not None:
                raise self.unexpected()
            else:
                parts[-1] = self.expression()
        if parts == [None]:
            raise self.unexpected()
        end = self.tokens[self.at][3]
        self.at += 1
        if len(parts) == 1 and parts[0] is not None:
            return Item(value.start, end, value, parts[0])
        return Slice(value.start, end, value, parts[0], parts[1], parts[2] if len(parts) == 3 else None)

    def atom(self) -> Node:
        """A literal, a name, a call by name or something in brackets."""
        tag, value, start, end = self.tokens[self.at]
        if tag == "name":
            self.at += 1
            if self.tokens[self.at][0] == "(":
                return self.call(None, value, start)
            return Name(start, end, value)
        if tag == "num":
            self.at += 1
            return Const(start, end, value)
        if tag in ("str", "fstr"):
            return self.text()
        if tag in _CONSTANTS:
            self.at += 1
            return Const(start, end, _CONSTANTS[tag])
        if tag == "(":
            return self.group()
        if tag == "[":
            return self.list_()
        if tag == "{":
            return self.braces()
        raise self.unexpected()

    def text(self) -> Node:
        """One or several neighbouring texts."""
        start = self.tokens[self.at][2]
        end = start
        parts: list[str | tuple[Node, str]] = []
        formatted = False
        while self.tokens[self.at][0] in ("str", "fstr"):
            tag, value, _, end = self.tokens[self.at]
            self.at += 1
            for part in [value] if tag == "str" else value:
                parts.append(part if isinstance(part, str) else self.replacement(part))
            formatted = formatted or tag == "fstr"
        if formatted:
            return FString(start, end, parts)
        return Const(start, end, "".join(part for part in parts if isinstance(part, str)))

    def replacement(self, part: Any) -> tuple[Node, str]:
        """The tree of an expression within an f-string."""
        tokens, spec = part
        inner = type(self)(tokens, self.depth + 1)
        inner.nodes = self.nodes
        node = inner.whole()
        self.nodes = inner.nodes
        return node, spec

    def group(self) -> Node:
        """``(x)``, ``(a, b)`` or ``(x for ...)``."""
        start = self.tokens[self.at][2]
        self.at += 1
        if self.tokens[self.at][0] == ")":
            self.at += 1
            return ListOf(start, self.tokens[self.at - 1][3], [], False)
        first = self.starred()
        if self.tokens[self.at][0] == "for":
            clauses = self.clauses()
            return Comp(start, self.expect(")")[3], "generator", first, None, clauses)
        if self.tokens[self.at][0] == "," or isinstance(first, Star):
            return self.rest_of_list(start, [first], ")", False)
        self.expect(")")
        return first

    def list_(self) -> Node:
        """``[a, b]`` or ``[x for ...]``."""
        start = self.tokens[self.at][2]
        self.at += 1
        if self.tokens[self.at][0] == "]":
            self.at += 1
            return ListOf(start, self.tokens[self.at - 1][3], [], False)
        first = self.starred()
        if self.tokens[self.at][0] == "for":
            clauses = self.clauses()
            return Comp(start, self.expect("]")[3], "list", first, None, clauses)
        return self.rest_of_list(start, [first], "]", False)

    def starred(self) -> Node:
        """An item of a list, or ``*list``."""
        if self.tokens[self.at][0] != "*":
            return self.expression()
        start = self.tokens[self.at][2]
        self.at += 1
        value = self.binary(5)
        return Star(start, value.end, value)

    def rest_of_list(self, start: int, items: list[Node], closing: str, unique: bool) -> Node:
        """What follows the first item, up to the closing bracket."""
        while self.tokens[self.at][0] != closing:
            self.expect(",")
            if self.tokens[self.at][0] != closing:
                items.append(self.starred())
        self.at += 1
        return ListOf(start, self.tokens[self.at - 1][3], items, unique)

    def braces(self) -> Node:
        """``{key: value}``, ``{a, b}`` or a comprehension of either."""
        start = self.tokens[self.at][2]
        self.at += 1
        pairs: list[tuple[Node | None, Node]] = []
        while self.tokens[self.at][0] != "}":
            if self.tokens[self.at][0] == "**":
                self.at += 1
                pairs.append((None, self.binary(5)))
            else:
                key = self.starred()
                if self.tokens[self.at][0] != ":":
                    if pairs:
                        raise self.unexpected()
                    return self.set_(start, key)
                self.at += 1
                value = self.expression()
                if self.tokens[self.at][0] == "for" and not pairs:
                    clauses = self.clauses()
                    return Comp(start, self.expect("}")[3], "dict", value, key, clauses)
                pairs.append((key, value))
            if self.tokens[self.at][0] != "}":
                self.expect(",")
        self.at += 1
        return DictOf(start, self.tokens[self.at - 1][3], pairs)

    def set_(self, start: int, first: Node) -> Node:
        """``{a, b}`` or ``{x for ...}`` after the first item."""
        if self.tokens[self.at][0] == "for":
            clauses = self.clauses()
            return Comp(start, self.expect("}")[3], "set", first, None, clauses)
        if type(first) is Name and self.tokens[self.at][0] == "}":
            raise foreign(f"{{{first.id}}}", f"{{'{first.id}': {first.id}}}", start, first.end)
        return self.rest_of_list(start, [first], "}", True)

    def clauses(self) -> list[Clause]:
        """``for target in source if condition ...``, one or several times."""
        found: list[Clause] = []
        while self.tokens[self.at][0] == "for":
            if len(found) == _MAX_CLAUSES:
                raise too_deep(self.tokens[self.at][2], self.tokens[self.at][3])
            self.at += 1
            target = self.target()
            self.expect("in")
            source = self.binary(1)
            conditions: list[Node] = []
            while self.tokens[self.at][0] == "if":
                self.at += 1
                conditions.append(self.binary(1))
            found.append(Clause(target, source, conditions))
        return found

    def target(self) -> Target:
        """``x``, ``k, v`` or ``i, (k, v)``."""
        parts: list[Target] = [self.one_target()]
        if self.tokens[self.at][0] != ",":
            return parts[0]
        while self.tokens[self.at][0] == ",":
            self.at += 1
            if self.tokens[self.at][0] != "in":
                parts.append(self.one_target())
        return tuple(parts)

    def one_target(self) -> Target:
        """A variable, or a group of them in brackets."""
        if self.tokens[self.at][0] != "(":
            return self.variable()
        self.enter(self.tokens[self.at])
        self.at += 1
        parts: list[Target] = []
        while self.tokens[self.at][0] != ")":
            parts.append(self.one_target())
            if self.tokens[self.at][0] != ")":
                self.expect(",")
        self.at += 1
        self.depth -= 1
        return tuple(parts)
