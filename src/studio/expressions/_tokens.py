"""State of the parser: where it is among the tokens, how deep and how large the tree has become, and its errors."""

from __future__ import annotations

from abc import ABC, abstractmethod

from studio.domain.errors import ExpressionError
from studio.domain.phrases import Phrase
from studio.expressions._habits import WORDS
from studio.expressions._lexer import foreign, too_deep
from studio.expressions._literals import MAX_NESTING, Token
from studio.expressions._nodes import (
    Node,
)  # fmt: skip

MAX_NODES = 5_000
_VALUES = frozenset({"num", "str", "fstr", "end"})


def is_word(token: Token) -> bool:
    """Whether a token is a word of any sort, keywords included."""
    value = token[1]
    return token[0] == "name" or (token[0] not in _VALUES and value[:1].isalpha())


class TokenReader(ABC):
    """A place in a list of tokens, and what every part of the grammar does with it."""

    def __init__(self, tokens: list[Token], depth: int) -> None:
        self.tokens: list[Token] = tokens
        self.at: int = 0
        self.depth: int = depth
        self.nodes: int = 0

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
            return foreign(
                f".{value}", Phrase("expression.instead.position", "x[0] for a position in a list"), start, end
            )
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
