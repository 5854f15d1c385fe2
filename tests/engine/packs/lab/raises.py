"""lab.raises."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Raises(BaseNode):
    """Raise what a careless node may raise, on the first attempts; tried twice unless the workflow says otherwise."""

    type = "lab.raises"
    effect = Effect.READ
    retries = 2

    class Input(NodeModel):
        kind: str
        times: int = 9

    class Output(NodeModel):
        attempt: int

    examples = (Example(input={"kind": "value", "times": 0}, output={"attempt": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if ctx.attempt <= input.times:
            kinds: dict[str, BaseException] = {
                "value": ValueError("a defect of the node"),
                "lookup": KeyError("missing"),
                "os": ConnectionResetError("cut off"),
                "time": TimeoutError(),
                "unknown": Exception("who knows"),
                "exit": SystemExit(3),
                "panic": BaseException("a native library gave up"),
            }
            raise kinds[input.kind]
        return self.Output(attempt=ctx.attempt)
