"""probe.ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Ways(BaseNode):
    """Leaves by the ports that its params name, perhaps by several; its output has the fields that they name."""

    type = "probe.ways"
    effect = Effect.PURE
    open_ports = True

    class Input(NodeModel):
        ways: list[str]

    class Output(NodeModel):
        taken: str

    examples = (Example(input={"ways": ["a"]}, output={"taken": "a"}, port="a"),)

    def ports_of(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(params["ways"])

    @classmethod
    def output_schema(cls, params: Mapping[str, Any]) -> dict[str, Any]:
        fields = {name: {"type": "integer"} for name in (*params["ways"], "taken")}
        return {"type": "object", "properties": fields, "additionalProperties": False}

    async def run(self, input: Input, ctx: NodeContext) -> Any:
        return self.route(tuple(input.ways), self.Output(taken=input.ways[0]))
