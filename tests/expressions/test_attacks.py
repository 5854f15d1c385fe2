"""The attack list: refused or harmless, nothing changed, memory bounded."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from studio.domain.errors import ExpressionError
from studio.domain.values import FileRef, TableRef
from studio.expressions import Budget, LazyItems, check, compile_expression, compile_template

from .attack import HARMLESS, Attack
from .attacks import ATTACKS, scope
from .helpers import outcome

BUDGET = Budget(milliseconds=250)
PLAIN = (type(None), bool, int, float, str, list, dict, FileRef, TableRef, LazyItems)


def assert_plain(value: Any, depth: int = 0) -> None:
    assert isinstance(value, PLAIN)
    assert depth < 120
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        assert -(2**63) <= value < 2**63
    if isinstance(value, float):
        assert value - value == 0
    if isinstance(value, list):
        for item in value[:1000]:
            assert_plain(item, depth + 1)
    if isinstance(value, dict):
        for key, item in list(value.items())[:1000]:
            assert isinstance(key, str)
            assert_plain(item, depth + 1)


def test_there_are_enough() -> None:
    assert len({attack.source for attack in ATTACKS}) >= 170


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name[:60])
def test_attack(attack: Attack) -> None:
    names = scope()
    before = {key: copy.deepcopy(value) for key, value in names.items() if isinstance(value, str | list | dict)}
    value, error = outcome(lambda: compile_expression(attack.source).evaluate(names, BUDGET))
    if error is not None:
        assert error.code.startswith("expression.")
        assert "planted" not in error.message
        assert len(error.message) < 2000
    else:
        assert attack.outcome == HARMLESS, value
        assert_plain(value)
        assert "planted" not in str(value)
    assert {key: names[key] for key in before} == before


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack.name.startswith(("syntax", "unicode", "name", "attribute"))],
    ids=lambda attack: attack.name[:60],
)
def test_attack_in_a_template(attack: Attack) -> None:
    try:
        value = compile_template(f"a {{{{ {attack.source} }}}} b").evaluate(scope(), BUDGET)
    except ExpressionError:
        return
    assert isinstance(value, str)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name[:60])
def test_checking_an_attack_is_safe(attack: Attack) -> None:
    check(attack.source, {})


def test_memory_and_process_survive() -> None:
    """All attacks in a process of its own whose address space is limited: it ends well, and stays small."""
    root = Path(__file__).parents[2]
    code = (
        "import resource, sys, json\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        f"sys.path.insert(0, {str(root)!r})\n"
        "from tests.expressions.attacks import ATTACKS, scope\n"
        "from studio.expressions import Budget, compile_expression\n"
        "from studio.domain.errors import ExpressionError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "names = scope()\n"
        "refused = 0\n"
        "for attack in ATTACKS:\n"
        "    try:\n"
        "        compile_expression(attack.source).evaluate(names, Budget(milliseconds=500))\n"
        "    except ExpressionError:\n"
        "        refused += 1\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps({'refused': refused, 'grown': after - before}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["refused"] >= 170
    assert report["grown"] < 400 * 1024  # kilobytes: a few times the budget of 64 MiB
