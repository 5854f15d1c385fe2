"""The expression language: parse, check and evaluate ``{{ ... }}`` over plain data, within a budget."""

from studio.domain.lazy import LazyItems
from studio.expressions._check import CheckResult, ExpressionProblem, check
from studio.expressions._expression import Expression
from studio.expressions._limits import Budget
from studio.expressions._registry import FUNCTIONS, METHODS, Function
from studio.expressions._template import (
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
"""Names of all library functions; no node or variable should be called so."""

__all__ = [
    "FUNCTIONS", "FUNCTION_NAMES", "METHODS", "SEED", "SKIPPED", "Budget", "CheckResult", "Compiled", "Expression",
    "ExpressionProblem", "Function", "LazyItems", "Located", "Skipped", "Template", "Type", "check",
    "compile_expression", "compile_template", "compile_value", "is_template", "iter_templates", "type_from_schema",
]  # fmt: skip
