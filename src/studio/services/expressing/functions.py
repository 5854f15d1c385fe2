"""The library of the expression language, for whoever looks something up while writing."""

from __future__ import annotations

from studio.expressions import FUNCTIONS, METHODS, Function

__all__ = ["Function", "functions"]


def functions() -> list[Function]:
    """Every function by chapter and name, then every method by what it belongs to."""
    methods = [one for name in METHODS for one in METHODS[name].values()]
    return [
        *sorted(FUNCTIONS.values(), key=lambda one: (one.category, one.name)),
        *sorted(methods, key=lambda one: (one.receiver, one.name)),
    ]
