"""spy.call: calls a workflow from its code."""

from __future__ import annotations

import os
from typing import Any

from studio.sdk import BaseNode, CallFailed, Calls, Effect, Example, NodeContext, NodeModel, Param


class Call(BaseNode):
    """Call a workflow twice."""

    type = "spy.call"
    effect = Effect.KEYED
    calls = (Calls("workflow"),)

    class Input(NodeModel):
        workflow: str = Param(description="Which one")

    class Output(NodeModel):
        outputs: list[Any]
        failed: str
        pid: int

    examples = (Example(input={"workflow": "x"}, workflows={"x": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        first = await ctx.call(input.workflow, {"n": 1})
        both = await ctx.call_all([(input.workflow, {"n": first}), (input.workflow, {"n": 3})])
        failed = ""
        try:
            await ctx.call(input.workflow, {"n": -1})
        except CallFailed as error:
            failed = str(error.classification)
        return self.Output(outputs=[first, *both], failed=failed, pid=os.getpid())
