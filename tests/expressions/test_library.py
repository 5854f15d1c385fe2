"""Every documented example runs, and the documentation is what the library says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from studio.expressions import FUNCTIONS, METHODS, Function, check, compile_expression, compile_template
from studio.expressions.reference import BEGIN, END, main, rewritten
from studio.expressions.types import ANY, accepts, type_of

from .helpers import outcome, refused, run
from .library_cases import EDGES, REFUSED

PAGE = Path(__file__).parents[2] / "docs" / "expressions.md"
ALL: list[Function] = [*FUNCTIONS.values(), *(each for owners in METHODS.values() for each in owners.values())]
EXAMPLES = [(each, source, value) for each in ALL for source, value in each.examples]


@pytest.mark.parametrize(("function", "source", "value"), EXAMPLES, ids=[source for _, source, _ in EXAMPLES])
def test_example(function: Function, source: str, value: Any) -> None:
    assert f"{function.name}(" in source
    given = run(source)
    assert given == value
    assert type(given) is type(value)
    result = check(source, {})
    assert [problem for problem in result.problems if problem.severity == "error"] == []
    assert accepts(result.type, type_of(value)), str(result.type)


@pytest.mark.parametrize("function", ALL, ids=lambda function: f"{function.receiver}.{function.name}")
def test_documented(function: Function) -> None:
    assert function.examples
    assert function.doc.endswith(".")
    assert len(function.doc) < 250
    assert function.flow in ("plain", "number", "passes", "maps", "shared")
    assert function.signature.startswith(f"{function.name}(")


@pytest.mark.parametrize("function", ALL, ids=lambda function: f"{function.receiver}.{function.name}")
def test_any_argument_of_any_type_is_refused_properly(function: Function) -> None:
    values = [
        "null",
        "true",
        "5",
        "-1",
        "2.5",
        "''",
        "'text'",
        "[1]",
        "[]",
        "{'a': 1}",
        "{}",
        "now",
        "days(1)",
        "date(now)",
        "quiet",
        "['a']",
        "[null]",
        "10 ** 30",
        "1e308",
        "'2024-01-01'",
        "[[1, 2]]",
        "[['a', 1]]",
        "lambda x: x",
        "upper",
    ]
    receivers = ["'text'", "[1]", "{'a': 1}", "date(now)", "datetime(now)", "days(1)", "null", "5"]
    one = [[first] for first in values]
    lists: list[list[list[str]]] = [
        [[]],
        one,
        [[first, last] for first in values for last in (("1", "'a'") if function.receiver else values)],
    ]
    if not function.receiver:
        lists.append([[*two, last] for two in lists[2] for last in ("1", "'a'")])
    for arguments in lists:
        # The number of arguments is refused before their values are looked at: two such calls stand for all.
        if [call_of(function, "'text'", given) for given in arguments[:2]] == ["expression.arguments"] * 2:
            continue
        for receiver in receivers if function.receiver else [""]:
            for given in arguments:
                assert call_of(function, receiver, given) != "expression.failed", (receiver, given)


def call_of(function: Function, receiver: str, arguments: list[str]) -> str | None:
    """The code of the error, None where there is none."""
    call = f"{function.name}({', '.join(arguments)})"
    source = f"({receiver}).{call}" if function.receiver else call
    _, error = outcome(lambda: run(source, now="2024-05-31T12:00:00Z", quiet=None))
    return error.code if error is not None else None


def table_rows() -> list[tuple[str, str, str]]:
    """(heading of the second column, first cell, second cell) of the hand-written tables."""
    rows: list[tuple[str, str, str]] = []
    page = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    head = ("", "")
    for line in page.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 2:
            if "|" in line and head[0] == "expression":
                cells = _joined(line)
            else:
                continue
        if cells[0].startswith("---"):
            continue
        if cells[0] in ("expression", "written", "name"):
            head = (cells[0], cells[1])
        elif head[1] in ("gives", "error"):
            rows.append((head[1], cells[0].strip("`").replace("\\|", "|"), cells[1].strip("`").replace("\\|", "|")))
    return rows


def _joined(line: str) -> list[str]:
    first, _, second = line.strip("| ").partition("` | `")
    return [first + "`", "`" + second]


def scope() -> dict[str, Any]:
    found = re.search(r"```json scope\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_there_are_samples() -> None:
    assert len(table_rows()) > 35


@pytest.mark.parametrize(("head", "source", "expected"), table_rows(), ids=[row[1] for row in table_rows()])
def test_sample_of_the_guide(head: str, source: str, expected: str) -> None:
    if head == "gives":
        value = (compile_template if "{{" in source else compile_expression)(source).evaluate(scope())
        assert value == json.loads(expected)
    else:
        assert refused(source, **scope()).message == expected


def test_the_guide_is_up_to_date(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == rewritten(page), "run: python -m studio.expressions.reference docs/expressions.md"
    copy = tmp_path / "page.md"
    copy.write_text(f"{BEGIN}\nold\n{END}\n", encoding="utf-8")
    main([str(copy)])
    assert "| `upper(x)` |" in copy.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="lacks"):
        rewritten("nothing")


def test_returns_are_known_types() -> None:
    for function in ALL:
        result = check(function.examples[0][0], {})
        assert result.type is not None
    assert check("reduce(lambda a, x: a, [1])", {}).type == ANY


@pytest.mark.parametrize(("source", "value"), EDGES, ids=[source for source, _ in EDGES])
def test_edge(source: str, value: Any) -> None:
    given = run(source)
    assert given == value
    assert type(given) is type(value)


@pytest.mark.parametrize(("source", "code"), REFUSED, ids=[source for source, _ in REFUSED])
def test_refused(source: str, code: str) -> None:
    assert refused(source).code == f"expression.{code}"
