"""probe.agent."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Slot


class Agent(BaseNode):
    """Holds other nodes in slots."""

    type = "probe.agent"
    effect = Effect.READ
    slots = (
        Slot(name="model", kind="model", required=True),
        Slot(name="tools", kind="tool", many=True),
        Slot(name="notify", kind="notify"),
    )

    class Input(NodeModel):
        prompt: str

    class Output(NodeModel):
        answer: str

    examples = (Example(input={"prompt": "a"}, output={"answer": "b"}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(answer=input.prompt)
