"""probe.pay."""

from __future__ import annotations

from typing import Any

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Pay(BaseNode):
    """Something that cannot be undone, unless it is a trial."""

    type = "probe.pay"
    version = 3
    effect = Effect.IRREVERSIBLE
    credentials = ("basic",)

    class Input(NodeModel):
        amount: float = Param(ge=0)
        currency: str = Param("EUR", min_length=3, max_length=3)
        trial: bool = False
        lines: list[dict[str, int]] = Param(default_factory=list)

    class Output(NodeModel):
        receipt: str
        total: float
        note: str | None

    examples = (Example(input={"amount": 1}, output={"receipt": "r"}),)

    def effect_of(self, input: Any) -> Effect:
        return Effect.READ if input.trial else Effect.IRREVERSIBLE

    @classmethod
    def migrate(cls, params: dict[str, Any], from_version: int) -> dict[str, Any]:
        if from_version == 2:
            params["amount"] = params.pop("sum")
        return params

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(receipt="r", total=input.amount, note=None)
