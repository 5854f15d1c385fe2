"""lab.gate."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel
from tests.engine.gates import GATES


class Gate(BaseNode):
    """Wait at a gate that a test opens, then give the value."""

    type = "lab.gate"
    effect = Effect.READ

    class Input(NodeModel):
        name: str
        value: Json = None

    class Output(NodeModel):
        value: Json

    examples = (Example(input={"name": "open", "value": 1}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        await GATES[input.name].enter()
        return self.Output(value=input.value)
