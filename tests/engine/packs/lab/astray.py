"""lab.astray."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Routed


class Astray(BaseNode):
    """Leave by the port that is asked for, declared or not."""

    type = "lab.astray"
    effect = Effect.PURE
    ports = ("left", "right")

    class Input(NodeModel):
        port: str

    class Output(NodeModel):
        port: str

    examples = (Example(input={"port": "left"}, output={"port": "left"}, port="left"),)

    async def run(self, input: Input, ctx: NodeContext) -> Routed[Output]:
        return self.route(input.port, self.Output(port=input.port))
