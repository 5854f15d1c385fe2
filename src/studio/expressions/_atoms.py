"""The grammar of literals, names and calls, and of what follows them."""

from __future__ import annotations

from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.phrases import Phrase
from studio.expressions._displays import DisplayParser
from studio.expressions._lexer import foreign, too_deep
from studio.expressions._literals import MAX_NESTING
from studio.expressions._nodes import (
    Attr,
    Call,
    Comp,
    Const,
    FString,
    Item,
    ListOf,
    Name,
    Node,
    Slice,
    Star,
)  # fmt: skip
from studio.expressions._tokens import is_word

_CONSTANTS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}


class AtomParser(DisplayParser):
    """Everything that is no operator."""

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
                raise foreign(
                    f"{token[0]}args",
                    Phrase("expression.instead.arguments", "every argument by itself"),
                    token[2],
                    token[3],
                )
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
