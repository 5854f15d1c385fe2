"""Whatever is written and whatever comes: only ExpressionError, nothing changed, the result plain."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import ExpressionError
from studio.expressions import FUNCTIONS, METHODS, Budget, check, compile_expression, compile_template, compile_value
from studio.expressions.types import accepts, type_of

from .helpers import outcome

SMALL = Budget(steps=20_000, bytes=2_000_000, length=5_000, text=50_000, int_bits=512, milliseconds=100)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["2024-01-01", "2024-05-31T12:00:00Z", "12", "a,b", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "c-d", "é"]), inner, max_size=3)
    ),
    max_leaves=12,
)
names = st.sampled_from(["a", "b", "xs", "d", "t", "n", "x", "item", "zzz"])
scopes = st.fixed_dictionaries(
    {
        "a": json_values,
        "b": json_values,
        "xs": st.lists(json_values, max_size=5),
        "d": st.dictionaries(st.text(max_size=3), json_values, max_size=3),
        "t": st.text(max_size=10),
        "n": st.integers(-10, 10),
        "\0seed": st.just("s"),
    }
)
literals = st.sampled_from(
    [
        "1",
        "2.5",
        "'x'",
        "''",
        "true",
        "null",
        "0",
        "-3",
        "[]",
        "{}",
        "'2024-01-01'",
        "9 ** 9",
        "2 ** 70",
        "1e308 * 10",
        "1e300",
        "'a,b'",
        "days(1)",
        "date('2024-02-29')",
    ]
)


arithmetic = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^"])
comparisons = st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "in", "not in"])
functions = st.sampled_from(sorted(FUNCTIONS))
methods = st.sampled_from(sorted(METHODS))
UNTYPED = ("default(", " if ", "lambda", " and ", " or ", " for ", "any", "all")


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """Expressions of the grammar, right in form, with any meaning."""
    if depth == 0:
        return draw(literals | names)
    inner = expressions(depth - 1)
    one = lambda: draw(inner)  # noqa: E731  # short for its many uses below
    forms = [
        lambda: f"({one()} {draw(arithmetic)} {one()})",
        lambda: f"({one()} {draw(comparisons)} {one()} == {one()})",
        lambda: f"({one()} {draw(st.sampled_from(['and', 'or']))} {one()})",
        lambda: f"({draw(st.sampled_from(['not', '-', '+', '~']))} {one()})",
        lambda: f"({one()} if {one()} else {one()})",
        lambda: f"{one()}.{draw(st.sampled_from(['a', 'b', 'from', 'year', 'length']))}",
        lambda: f"({one()})[{one()}]",
        lambda: f"({one()})[{one()}:{one()}]",
        lambda: f"[{one()}, *{one()}]",
        lambda: f"{{'a': {one()}, {one()}: {one()}}}",
        lambda: f"{{{one()}, {one()}}}",
        lambda: f"[{one()} for x in {one()} if {one()}]",
        lambda: f"{{{one()}: {one()} for x in {one()}}}",
        lambda: f"[{one()} for x in {one()} for item in {one()}]",
        lambda: f"f'{{{draw(names)}:>5}} {{{draw(names)}}}'",
        lambda: f"default({one()}, {one()})",
        lambda: f"map(lambda x: {one()}, {one()})",
        lambda: f"sorted({one()}, key=lambda x: {one()})",
        lambda: f"reduce(lambda a, x: {one()}, {one()}, {one()})",
        lambda: f"{draw(functions)}({', '.join(one() for _ in range(draw(st.integers(0, 3))))})",
        lambda: f"({one()}).{draw(methods)}({', '.join(one() for _ in range(draw(st.integers(0, 2))))})",
    ]
    return draw(st.sampled_from(forms))()


def assert_plain(value: Any) -> None:
    json.dumps(value, allow_nan=False)
    if isinstance(value, dict):
        assert all(isinstance(key, str) for key in value)
        for item in value.values():
            assert_plain(item)
    elif isinstance(value, list):
        for item in value:
            assert_plain(item)
    elif isinstance(value, int):
        assert -(2**63) <= value < 2**63
    else:
        assert value is None or isinstance(value, str | float)


@given(expressions(), scopes)
@settings(max_examples=250, deadline=None)
def test_any_expression(source: str, scope: dict[str, Any]) -> None:
    before = copy.deepcopy(scope)
    value, error = outcome(lambda: compile_expression(source).evaluate(scope, SMALL))
    if error is not None:
        assert error.code.startswith("expression.")
        assert error.code != "expression.failed", (source, error.message)
        assert error.message
        assert error.start is None or 0 <= error.start <= len(source)
    else:
        assert_plain(value)
    assert scope == before


@given(expressions(), scopes)
@settings(max_examples=250, deadline=None)
def test_evaluating_twice_gives_the_same(source: str, scope: dict[str, Any]) -> None:
    outcomes: list[Any] = []
    for _ in range(2):
        try:
            outcomes.append(compile_expression(source).evaluate(scope, SMALL))
        except ExpressionError as error:
            outcomes.append(error.code)
    assert "expression.budget.milliseconds" in outcomes or outcomes[0] == outcomes[1]


@given(expressions(), scopes)
@settings(max_examples=150, deadline=None)
def test_the_check_refuses_nothing_that_works(source: str, scope: dict[str, Any]) -> None:
    try:
        value = compile_expression(source).evaluate(scope, SMALL)
    except ExpressionError:
        return
    types = {name: type_of(each) for name, each in scope.items()}
    for lazy in ("x", "item", "zzz"):
        types.setdefault(lazy, type_of(object()))
    result = check(source, types)
    if not any(word in source for word in UNTYPED):
        errors = [problem for problem in result.problems if problem.severity == "error"]
        assert all("missing_key" in problem.code for problem in errors), (source, errors)
    assert result.problems or accepts(result.type, type_of(value)), (source, str(result.type), value)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text(source: str) -> None:
    for compile_ in (compile_expression, compile_template, check_empty):
        _, error = outcome(lambda compile_=compile_: compile_(source))
        assert error is None or error.code.startswith("expression.")


def check_empty(source: str) -> None:
    check(source, {})


fragments = st.sampled_from(
    [
        "{{",
        "}}",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "'",
        '"',
        "f'",
        "'''",
        "a",
        ".",
        "0",
        "1.5",
        "+",
        "not",
        "for x in",
        "if",
        "else",
        "lambda x:",
        ",",
        ":",
        " ",
        "\n",
        "\\",
        "$",
        "é",
        "🐍",
        "**",
        "is",
        "null",
        "default(",
        "len(",
        "*",
        "=",
        "!",
        "upper",
        "\u202e",
        "#",
    ]
)


@given(st.lists(fragments, max_size=25).map("".join), scopes)
@settings(max_examples=250, deadline=None)
def test_any_mixture_of_fragments(source: str, scope: dict[str, Any]) -> None:
    for text in (source, f"{{{{ {source} }}}}", f"x {{{{{source}}}}} y"):
        check(text, {"a": type_of(1)})
        _, error = outcome(lambda text=text: evaluate_and_rename(text, scope))
        assert error is None or error.code != "expression.failed"


def evaluate_and_rename(text: str, scope: dict[str, Any]) -> None:
    compiled = compile_value([text])
    if compiled is not None:
        compiled.evaluate(scope, SMALL)
        assert compiled.rename("a", "a") == [text]


@given(expressions(2))
@settings(max_examples=150, deadline=None)
def test_renaming_there_and_back_gives_the_source(source: str) -> None:
    try:
        there = compile_expression(source).rename("a", "fresh_name")
    except ExpressionError:
        return
    assert compile_expression(there).rename("fresh_name", "a") == source
    assert "a" not in compile_expression(there).roots
