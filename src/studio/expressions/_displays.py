"""The grammar of lists, objects and comprehensions."""

from __future__ import annotations

from studio.expressions._lexer import foreign, too_deep
from studio.expressions._nodes import (
    Clause,
    Comp,
    DictOf,
    ListOf,
    Name,
    Node,
    Star,
    Target,
)  # fmt: skip
from studio.expressions._tokens import TokenReader

_MAX_CLAUSES = 8


class DisplayParser(TokenReader):
    """What stands in brackets and braces."""

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
