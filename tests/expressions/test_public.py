"""What other packages may import."""

from __future__ import annotations

import inspect
from pathlib import Path

import studio.expressions as public
from studio.domain.workflow import SCOPE_NAMES


def test_public_names() -> None:
    assert set(public.__all__) == {
        "FUNCTIONS", "FUNCTION_NAMES", "LOOKUP_FAILS", "METHODS", "RESERVED_NAMES", "SEED", "SKIPPED", "Budget",
        "CheckResult", "Compiled", "Expression",
        "ExpressionProblem", "Function", "LazyItems", "Located", "Skipped", "Template", "Type", "check",
        "compile_expression", "compile_template", "compile_value", "is_template", "iter_templates", "type_from_schema",
    }  # fmt: skip
    assert all(hasattr(public, name) for name in public.__all__)


def test_no_function_is_called_like_a_name_of_the_scope() -> None:
    assert not public.FUNCTION_NAMES & SCOPE_NAMES
    assert len(public.FUNCTION_NAMES) >= 90


def test_nothing_is_run_as_python() -> None:
    """No eval, exec or compile of generated code anywhere in the package."""
    folder = Path(inspect.getfile(public)).parent
    for path in folder.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for word in (" eval(", " exec(", "(eval(", "__import__(", "import pickle", "getattr(value, name"):
            assert word not in source, (path.name, word)
