"""Per-item expressions as polars expressions, where both mean exactly the same.

The tree is the expression's portable form, nested lists that begin with a word. The words understood here are
``const``, ``key`` of the item, ``name`` for the index, ``unary``, ``arith``, ``compare``, ``and``, ``or`` and ``list``.

Everything else is left to row-by-row evaluation, and so are columns on whose values the two would differ: nulls and NaN
in comparisons, whole numbers beyond 64 bits, quotients of whole numbers that a float cannot hold. Such doubts are
collected as guards, which must hold for every row.
"""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from studio.nodes.table._records import plain_expression

if TYPE_CHECKING:
    import polars as pl

_EXACT = 2**53
_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class _Untranslatable(Exception):
    """The expression, or its meaning over these columns, has no counterpart."""


@dataclass(slots=True)
class Translated:
    """An expression over columns, and the conditions under which it means the same as the original."""

    expr: pl.Expr
    kind: str
    guards: list[pl.Expr] = field(default_factory=list["pl.Expr"])


@dataclass(slots=True)
class _Term:
    """``kind`` is int, float, text, bool; ``value`` is set for constants."""

    expr: pl.Expr
    kind: str
    value: Any = None
    constant: bool = False


def translate(tree: Any, schema: pl.Schema) -> Translated | None:
    """The polars counterpart of a per-item expression over a table's columns, None where there is none."""
    worker = _Translator(schema)
    try:
        term = worker.term(tree)
    except (_Untranslatable, IndexError, KeyError, TypeError, ValueError):
        return None
    return Translated(term.expr, term.kind, worker.guards)


def holds(frame: pl.DataFrame, guards: list[pl.Expr]) -> bool:
    """Whether every guard holds for every row."""
    import polars as pl

    if not guards or not frame.height:
        return True
    return bool(frame.select(pl.all_horizontal([guard.fill_null(False).all() for guard in guards])).item())


class _Translator:
    def __init__(self, schema: pl.Schema) -> None:
        self._schema = schema
        self.guards: list[pl.Expr] = []
        self._guarded: set[str] = set()

    def term(self, tree: Any) -> _Term:
        kind, *rest = cast("list[Any]", tree)
        handler = getattr(self, f"_{kind}", None) if kind in _HANDLED else None
        if handler is None:
            raise _Untranslatable
        return handler(*rest)

    def _const(self, value: Any) -> _Term:
        import polars as pl

        names: dict[type[Any], str] = {bool: "bool", int: "int", float: "float", str: "text"}
        kind = names.get(cast("type[Any]", type(value)))
        if kind is None or (kind == "int" and not _INT_MIN <= value <= _INT_MAX):
            raise _Untranslatable
        types = {"bool": pl.Boolean, "int": pl.Int64, "float": pl.Float64, "text": pl.String}
        return _Term(pl.lit(value, dtype=types[kind]), kind, value, True)

    def _key(self, of: Any, name: Any) -> _Term:
        import polars as pl

        if of != ["name", "item"] or not isinstance(name, str):
            raise _Untranslatable
        kind = self._schema[name]
        column = pl.col(name)
        if kind == pl.Boolean:
            term = _Term(column, "bool")
        elif kind.is_integer() and not isinstance(kind, pl.UInt64 | pl.Int128):
            term = _Term(column if kind == pl.Int64 else column.cast(pl.Int64), "int")
        elif kind.is_float():
            term = _Term(column if kind == pl.Float64 else column.cast(pl.Float64), "float")
        elif kind == pl.String or kind.is_temporal() or isinstance(kind, pl.Categorical | pl.Enum | pl.Decimal):
            if isinstance(kind, pl.Duration):
                raise _Untranslatable
            term = _Term(plain_expression(name, kind), "text")
        else:
            raise _Untranslatable
        if name not in self._guarded:
            self._guarded.add(name)
            self.guards.append(column.is_not_null())
            if kind.is_float():
                self.guards.append(column.is_finite())
        return term

    def _name(self, name: str) -> _Term:
        import polars as pl

        if name != "index":
            raise _Untranslatable
        return _Term(pl.int_range(pl.len(), dtype=pl.Int64), "int")

    def _unary(self, op: str, tree: Any) -> _Term:
        if op == "not":
            return _Term(~self._boolean(tree).expr, "bool")
        if op == "-":
            return self._negative(tree)
        raise _Untranslatable

    def _and(self, trees: list[Any]) -> _Term:
        import polars as pl

        return _Term(pl.all_horizontal([self._boolean(tree).expr for tree in trees]), "bool")

    def _or(self, trees: list[Any]) -> _Term:
        import polars as pl

        return _Term(pl.any_horizontal([self._boolean(tree).expr for tree in trees]), "bool")

    def _boolean(self, tree: Any) -> _Term:
        term = self.term(tree)
        if term.kind != "bool":
            raise _Untranslatable
        return term

    def _negative(self, tree: Any) -> _Term:
        import polars as pl

        term = self.term(tree)
        if term.kind == "float":
            return _Term(-term.expr, "float")
        if term.kind != "int":
            raise _Untranslatable
        if term.constant:
            return self._const(-term.value)
        return self._bounded(pl.lit(0, dtype=pl.Int128) - term.expr.cast(pl.Int128))

    def _compare(self, first: Any, rest: list[Any]) -> _Term:
        import polars as pl

        left = self.term(first)
        parts: list[pl.Expr] = []
        for op, tree in rest:
            if op in ("in", "not in"):
                parts.append(self._membership(left, tree, negated=op == "not in"))
                if len(rest) > 1:
                    raise _Untranslatable
                continue
            right = self.term(tree)
            parts.append(_comparison(left, op, right))
            left = right
        return _Term(parts[0] if len(parts) == 1 else pl.all_horizontal(parts), "bool")

    def _membership(self, left: _Term, tree: Any, *, negated: bool) -> pl.Expr:
        import polars as pl

        word, items = tree
        if word == "const" and isinstance(items, list):
            items = [["const", item] for item in cast("list[Any]", items)]
        elif word not in ("list", "set"):
            raise _Untranslatable
        found: list[pl.Expr] = [_comparison(left, "==", self.term(item)) for item in items]
        inside = pl.any_horizontal(found) if found else pl.lit(False)
        return ~inside if negated else inside

    def _arith(self, op: str, first: Any, second: Any) -> _Term:
        return self._operate(self.term(first), op, self.term(second))

    def _operate(self, left: _Term, op: str, right: _Term) -> _Term:
        import polars as pl

        if left.kind == right.kind == "text" and op == "+":
            return _Term(pl.concat_str([left.expr, right.expr]), "text")
        if left.kind not in ("int", "float") or right.kind not in ("int", "float") or op not in ("+", "-", "*", "/"):
            raise _Untranslatable
        if op == "/":
            for side in (left, right):
                if side.kind == "int":
                    self.guards.append(side.expr.is_between(-_EXACT, _EXACT))
            self.guards.append(right.expr != 0)
        elif left.kind == right.kind == "int":
            return self._bounded(_apply(left.expr.cast(pl.Int128), op, right.expr.cast(pl.Int128)))
        result = _apply(left.expr.cast(pl.Float64), op, right.expr.cast(pl.Float64))
        self.guards.append(result.is_finite())
        return _Term(result, "float")

    def _bounded(self, expr: pl.Expr) -> _Term:
        """A whole number computed in 128 bits that must fit 64."""
        import polars as pl

        self.guards.append(expr.is_between(pl.lit(_INT_MIN, dtype=pl.Int128), pl.lit(_INT_MAX, dtype=pl.Int128)))
        return _Term(expr.cast(pl.Int64, strict=False), "int")


_HANDLED = frozenset({"const", "key", "name", "unary", "and", "or", "compare", "arith"})


def _apply(left: pl.Expr, op: str, right: pl.Expr) -> pl.Expr:
    if op == "+":
        return left + right
    if op == "-":
        return left - right
    return left * right if op == "*" else left / right


def _comparison(left: _Term, op: str, right: _Term) -> pl.Expr:
    if op not in _MIRRORED:
        raise _Untranslatable
    if left.kind == right.kind:
        if left.kind == "bool" and op not in ("==", "!="):
            raise _Untranslatable
        return _relate(left.expr, op, right.expr)
    kinds = {left.kind, right.kind}
    if kinds != {"int", "float"}:
        raise _Untranslatable
    if left.constant and not right.constant:
        left, op, right = right, _MIRRORED[op], left
    if not right.constant:
        raise _Untranslatable
    return _against_constant(left, op, right.value)


def _against_constant(column: _Term, op: str, value: float) -> pl.Expr:
    """Compare exactly, as Python does, where one side is whole and the other a float."""
    import polars as pl

    if column.kind == "float":
        if abs(value) > _EXACT:
            raise _Untranslatable
        return _relate(column.expr, op, pl.lit(float(value)))
    if not math.isfinite(value) or abs(value) > _EXACT:
        raise _Untranslatable
    if value == math.floor(value):
        return _relate(column.expr, op, pl.lit(int(value), dtype=pl.Int64))
    if op in ("==", "!="):
        # Never equal. The column is guarded against nulls, so this is the same for every row, and as long as it.
        return column.expr.is_null() if op == "==" else column.expr.is_not_null()
    bound = math.floor(value) if op in (">", "<=") else math.ceil(value)
    return _relate(column.expr, op, pl.lit(bound, dtype=pl.Int64))


def _relate(left: pl.Expr, op: str, right: pl.Expr) -> pl.Expr:
    if op == "==":
        return left == right
    if op == "!=":
        return left != right
    if op == "<":
        return left < right
    if op == "<=":
        return left <= right
    return left > right if op == ">" else left >= right
