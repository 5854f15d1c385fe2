"""What an execution has used up, against its budget of tokens and cost.

Every report of a node is recorded at once and counts whatever becomes of the node run: what is paid twice, because a
crash came between, counts twice. What a called execution used counts for its caller too, when it has ended, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.domain.errors import NodeError
from studio.engine import records as r
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.run import Run

_DIGITS = 9
"""Digits of a cost that count: sums of decimal fractions are not exact, and a budget is not missed by that."""


class Usage:
    """Tokens and cost, summed up."""

    __slots__ = ("cost", "tokens")

    def __init__(self, tokens: int = 0, cost: float = 0.0) -> None:
        self.tokens = tokens
        self.cost = cost

    def add(self, tokens: int, cost: float) -> None:
        """Count more."""
        self.tokens += tokens
        self.cost = round(self.cost + cost, _DIGITS)

    def take(self, record: Record) -> None:
        """Count what a USAGE record tells."""
        self.add(record[4], record[5])

    def plain(self) -> list[Any] | None:
        """For the journal; None where nothing was used."""
        return [self.tokens, self.cost] if self.tokens or self.cost else None


class Spending:
    """What one run has used up so far, over all its drivers."""

    def __init__(self, run: Run, usage: Usage) -> None:
        self._run = run
        self.usage = usage

    def record(self, prefix: str, node: str, tokens: int, cost: float, source: str | None = None) -> None:
        """Record what a node run has used, or a called execution (``source``); end everything where it is too much."""
        self._run.record((r.USAGE, prefix, node, self._run.clock(), tokens, cost, source))
        self.usage.add(tokens, cost)
        self.check(prefix + node)

    def record_child(self, activity: Activity, child: str, usage: list[Any] | None) -> None:
        """Record what a called execution has used, unless that is recorded already."""
        if usage is None:
            return
        prefix, node = activity.frame.prefix, activity.node.id
        known = self._run.memory.frame(prefix).get(node, ())
        if not any(record[0] == r.USAGE and record[6] == child for record in known):
            self.record(prefix, node, usage[0], usage[1], child)

    def check(self, path: str | None = None) -> None:
        """End the execution where it has used more than its budget."""
        budget = self._run.plan.settings.budget
        if budget is None:
            return
        error: NodeError | None = None
        if budget.tokens is not None and self.usage.tokens > budget.tokens:
            error = NodeError(
                "execution.budget_tokens",
                "The execution has used {used} tokens, more than its budget of {limit}.",
                used=self.usage.tokens,
                limit=budget.tokens,
            )
        elif budget.cost is not None and self.usage.cost > budget.cost:
            error = NodeError(
                "execution.budget_cost",
                "The execution has cost {used}, more than its budget of {limit}.",
                used=self.usage.cost,
                limit=budget.cost,
            )
        if error is not None:
            self._run.abort(error.at(path))
