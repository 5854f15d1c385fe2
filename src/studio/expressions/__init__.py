"""The expression language: parse, check and evaluate ``{{ ... }}`` over plain data, within a budget."""

import builtins

from studio.domain.lazy import LazyItems
from studio.expressions._check import CheckResult, ExpressionProblem, check
from studio.expressions._expression import Expression
from studio.expressions._limits import Budget
from studio.expressions._registry import FUNCTIONS, METHODS, Function
from studio.expressions._template import (
    LOOKUP_FAILS,
    Compiled,
    Located,
    Template,
    compile_expression,
    compile_template,
    compile_value,
    is_template,
    iter_templates,
)
from studio.expressions._values import Skipped
from studio.expressions.types import Type, type_from_schema

SKIPPED = Skipped
"""``SKIPPED(node)`` stands in a scope for the output of a node that did not run."""
SEED = "\0seed"
"""Key of a scope under which the seed of ``random()`` and ``uuid()`` lies, a text."""
FUNCTION_NAMES = frozenset(FUNCTIONS)
"""Names of all library functions."""
RESERVED_NAMES = frozenset(name for name in FUNCTIONS if hasattr(builtins, name)) | {"default"}
"""Functions that no node may be called after: those every reader of Python knows, and ``default``.

The others are told from a node by being called: ``merge(a, b)`` is the function, ``merge.values`` the node ``merge``.
"""

__all__ = [
    "FUNCTIONS", "FUNCTION_NAMES", "LOOKUP_FAILS", "METHODS", "RESERVED_NAMES", "SEED", "SKIPPED", "Budget",
    "CheckResult", "Compiled", "Expression", "ExpressionProblem", "Function", "LazyItems", "Located", "Skipped",
    "Template", "Type", "check", "compile_expression", "compile_template", "compile_value", "is_template",
    "iter_templates", "type_from_schema",
]  # fmt: skip
