"""What the nodes of data tables share: which table, which rows, lists of choices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

from studio.sdk import BaseNode, Json, NodeContext, NodeModel, Options, OptionsPage, Param, RowsChanged, UserError

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts_with", "empty", "not_empty"]

PEOPLE: dict[str, Any] = {
    "columns": [{"name": "mail", "unique": True}, {"name": "age", "type": "integer"}],
    "rows": [{"mail": "ada@example.org", "age": 36}, {"mail": "alan@example.org", "age": 41}],
}
"""The table of the examples."""


class TableNode(BaseNode, abstract=True):
    """A node that works on a data table."""

    async def tables(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        """The tables of the workspace."""
        return ask.of(await ctx.data_tables.names())

    async def columns(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        """The columns of the table."""
        columns = await ctx.data_tables.columns(str(ask.params["table"]))
        return ask.of((one["name"], f"{one['name']} ({one['type']})") for one in columns)


class InTable(NodeModel):
    """Params of a node that works on one table."""

    table: str = Param(min_length=1, options="tables", description="Name or id of the data table")


class Condition(NodeModel):
    """A condition on a row."""

    column: str = Param(description="Column; also id, created_at, updated_at, revision")
    op: Operator = Param("eq", description="How to compare; contains and starts_with ignore case")
    value: Json = Param(None, description="What to compare with")


class Chosen(InTable):
    """Params of a node that works on rows that conditions choose."""

    where: list[Condition] = Param(
        default_factory=list, max_length=100, description="Conditions; none chooses all rows"
    )
    match: Literal["all", "any"] = Param("all", description="Whether all conditions must hold, or any")

    def filter(self) -> dict[str, Any] | None:
        """The conditions as data tables take them."""
        if not self.where:
            return None
        return {self.match: [{"column": one.column, "op": one.op, "value": one.value} for one in self.where]}


class Changed(Chosen):
    """The same, where an empty list of conditions must be meant."""

    all_rows: bool = Param(False, description="Allow it to concern every row, where there are no conditions")

    def checked(self) -> dict[str, Any] | None:
        """The conditions.

        Raises:
            UserError: There are none, and it is not said that all rows are meant.
        """
        if not self.where and not self.all_rows:
            error = UserError(
                "data_table.no_condition", "Give a condition, or set all_rows where every row is meant."
            )  # fmt: skip
            error.at(param="where")
            raise error
        return self.filter()


async def found_rows(
    input: Chosen, ctx: NodeContext, *, sort: str | None, descending: bool, limit: int
) -> AsyncIterator[dict[str, Any]]:
    """Rows that fit, page by page."""
    after: tuple[str, str] | None = None
    while limit > 0:
        page = await ctx.data_tables.find(
            input.table, input.filter(), sort=sort or None, descending=descending, limit=min(limit, 1000), after=after
        )
        for row in page.rows:
            yield row
        limit -= len(page.rows)
        after = page.after
        if after is None:
            return


async def in_turns(change: Callable[[str, str | None], Awaitable[RowsChanged]], ctx: NodeContext) -> int:
    """Change rows a thousand at a time, each time under a key of its own; how many there were in all."""
    total = turn = 0
    after: str | None = None
    while True:
        changed = await change(f"{ctx.idempotency_key}/{turn}", after)
        total += changed.count
        after = changed.after
        turn += 1
        if after is None:
            return total
        await ctx.check_cancelled()
