"""lab.polite."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Rate


class Polite(BaseNode):
    """Ask each host once in an hour."""

    type = "lab.polite"
    effect = Effect.READ
    rate = Rate(1, 3600, "host")

    class Input(NodeModel):
        url: str

    class Output(NodeModel):
        url: str

    examples = (Example(input={"url": "http://a.example"}, output={"url": "http://a.example"}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(url=input.url)
