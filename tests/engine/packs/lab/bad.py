"""lab.bad."""

from __future__ import annotations

from datetime import UTC, datetime

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel


class Bad(BaseNode):
    """Give something that no output may hold."""

    type = "lab.bad"
    effect = Effect.PURE

    class Input(NodeModel):
        what: str

    class Output(NodeModel):
        value: Json

    examples = (Example(input={"what": "fine"}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        values: dict[str, Json] = {
            "fine": 1,
            "nan": float("nan"),
            "inf": [1.0, None, float("inf")],
            "huge": 2**70,
            "bytes": b"x",
            "set": {1},
            "key": {1: 2},
            "date": datetime(2020, 1, 1, tzinfo=UTC),
            "object": object(),
            "surrogate": "\ud800",
        }
        loop: list[Json] = []
        loop.append(loop)
        values["loop"] = loop
        return self.Output(value=values[input.what])
