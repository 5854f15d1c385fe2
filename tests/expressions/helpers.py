"""What the tests of expressions share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studio.domain.errors import ExpressionError
from studio.expressions import SEED, Budget, compile_expression


def run(source: str, budget: Budget | None = None, **scope: Any) -> Any:
    """The value of an expression over keyword arguments as scope."""
    return compile_expression(source).evaluate({SEED: "seed", **scope}, budget)


def outcome(call: Callable[[], Any]) -> tuple[Any, ExpressionError | None]:
    """What a call gives, or the error with which it is refused; any other error escapes."""
    try:
        return call(), None
    except ExpressionError as error:
        return None, error


def refused(source: str, budget: Budget | None = None, **scope: Any) -> ExpressionError:
    """The error of an expression that must fail."""
    with pytest.raises(ExpressionError) as caught:
        run(source, budget, **scope)
    return caught.value
