"""Tokens to syntax tree: precedence climbing over Python's expression grammar, minus what is not data.

The depth of recursion is bounded by ``MAX_NESTING`` and the size by ``MAX_NODES``, so no source can exhaust the stack.
"""

from __future__ import annotations

from studio.domain.errors import ExpressionError
from studio.expressions._atoms import AtomParser
from studio.expressions._lexer import foreign, lex
from studio.expressions._nodes import Arith, Bool, Compare, Cond, Const, Lambda, Name, Node, Unary

_ARITH = {"|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "//": 11, "%": 11}
_COMPARE = frozenset({"<", "<=", ">", ">=", "==", "!=", "in", "not", "is"})
_STRENGTH = {**_ARITH, **dict.fromkeys(_COMPARE, 4), "and": 2, "or": 1}
_SIGNS = frozenset({"-", "+", "~"})
_AFTER_ATOM = frozenset({".", "[", "("})


def parse(text: str, start: int, stop: str | None) -> tuple[Node, int]:
    """The tree of the expression that begins at ``start``, and where its closing part begins; see ``lex``.

    Raises:
        ExpressionError: It is not a valid expression; start and end name the place.
    """
    tokens, end = lex(text, start, stop)
    return Parser(tokens, 0).whole(), end


class Parser(AtomParser):
    """Operators, conditionals and lambdas; strengths: or 1, and 2, not 3, comparisons 4, arithmetic from 6."""

    def whole(self) -> Node:
        """The expression that makes up all tokens."""
        tag, _, start, end = self.tokens[0]
        if tag == "end":
            raise ExpressionError("expression.empty", "The expression is empty.", start=start, end=end)
        node = self.expression()
        tag, _, start, end = self.tokens[self.at]
        if tag == ",":
            raise ExpressionError(
                "expression.comma", "One value is expected. Put several into a list: [a, b]", start=start, end=end
            )
        if tag != "end":
            raise self.unexpected()
        return node

    def expression(self) -> Node:
        """A lambda or a conditional, or anything that binds more strongly."""
        token = self.tokens[self.at]
        self.enter(token)
        if token[0] == "lambda":
            node = self.lambda_()
        else:
            node = self.binary(1)
            if self.tokens[self.at][0] == "if":
                self.at += 1
                test = self.binary(1)
                self.expect("else")
                orelse = self.expression()
                node = Cond(node.start, orelse.end, test, node, orelse)
        self.depth -= 1
        return node

    def lambda_(self) -> Node:
        """``lambda a, b: body``"""
        start = self.tokens[self.at][2]
        self.at += 1
        params: list[str] = []
        while self.tokens[self.at][0] != ":":
            params.append(self.variable())
            if self.tokens[self.at][0] != ":":
                self.expect(",")
        self.at += 1
        body = self.expression()
        return Lambda(start, body.end, params, body)

    def binary(self, level: int) -> Node:
        """Everything that binds at least as strongly as ``level``."""
        token = self.tokens[self.at]
        tag = token[0]
        if tag == "name":
            following = self.tokens[self.at + 1][0]
            if following in _AFTER_ATOM or following == "**":
                left = self.unary()
            else:
                self.at += 1
                self.nodes += 1
                left = Name(token[2], token[3], token[1])
        elif tag == "not" and level <= 3:
            self.at += 1
            self.enter(token)
            operand = self.binary(3)
            self.depth -= 1
            left = Unary(token[2], operand.end, "not", operand)
        else:
            left = self.unary()
        while True:
            tag = self.tokens[self.at][0]
            strength = _STRENGTH.get(tag)
            if strength is None or strength < level:
                return left
            if strength > 4:
                left = self.arith(left, strength)
            elif strength == 4:
                left = self.compare(left)
            else:
                left = self.bool_(left, tag, strength)

    def arith(self, left: Node, strength: int) -> Node:
        """``left (op right)*`` of one precedence."""
        rest: list[tuple[str, Node]] = []
        while True:
            token = self.tokens[self.at]
            if _ARITH.get(token[0]) != strength:
                return Arith(left.start, rest[-1][1].end, left, rest)
            self.at += 1
            self.count(token)
            rest.append((token[0], self.binary(strength + 1)))

    def bool_(self, left: Node, word: str, strength: int) -> Node:
        """``left (word right)*``"""
        values = [left]
        while self.tokens[self.at][0] == word:
            self.count(self.tokens[self.at])
            self.at += 1
            values.append(self.binary(strength + 1))
        return Bool(left.start, values[-1].end, word, values)

    def compare(self, left: Node) -> Node:
        """``left (op right)*`` where every neighbouring pair is compared."""
        rest: list[tuple[str, Node]] = []
        while True:
            token = self.tokens[self.at]
            op = token[0]
            if op not in _COMPARE:
                return Compare(left.start, rest[-1][1].end, left, rest)
            self.count(token)
            self.at += 1
            if op == "not":
                self.expect("in")
                op = "not in"
            elif op == "is" and self.tokens[self.at][0] == "not":
                self.at += 1
                op = "is not"
            right = self.binary(5)
            if op in ("is", "is not") and not (
                isinstance(right, Const) and (right.value is None or isinstance(right.value, bool))
            ):
                raise foreign(op, "!=" if op == "is not" else "==", token[2], token[3])
            rest.append((op, right))

    def unary(self) -> Node:
        """``-x``, ``+x``, ``~x`` and powers, which bind more strongly to the left than a sign."""
        token = self.tokens[self.at]
        if token[0] in _SIGNS:
            self.at += 1
            self.enter(token)
            operand = self.unary()
            self.depth -= 1
            if token[0] == "-" and type(operand) is Const and type(operand.value) in (int, float):
                return Const(token[2], operand.end, -operand.value)
            return Unary(token[2], operand.end, token[0], operand)
        base = self.postfix()
        power = self.tokens[self.at]
        if power[0] != "**":
            return base
        self.at += 1
        self.enter(power)
        exponent = self.unary()
        self.depth -= 1
        return Arith(base.start, exponent.end, base, [("**", exponent)])
