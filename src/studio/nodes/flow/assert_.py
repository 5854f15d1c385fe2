"""flow.assert."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError, describe


class Check(NodeModel):
    """A condition and what to say where it does not hold."""

    that: Json
    message: str


class Assert(BaseNode):
    """Fail unless every condition holds, naming all that do not."""

    type = "flow.assert"
    title = "Assert"
    keywords = ("check", "ensure", "validate", "guard", "test", "precondition")
    effect = Effect.PURE

    class Input(NodeModel):
        checks: list[Check] = Param(min_length=1, description="Conditions (`that`), each with its message")

    class Output(NodeModel):
        checked: int

    examples = (
        Example(
            title="All hold",
            input={"checks": [{"that": True, "message": "has lines"}, {"that": True, "message": "has a total"}]},
            output={"checked": 2},
        ),
        Example(
            title="One does not",
            input={"checks": [{"that": False, "message": "Le total doit être positif"}]},
            error="flow.assertion",
        ),
        Example(title="No condition", input={"checks": [{"that": 1, "message": "x"}]}, error="flow.check_condition"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        for number, check in enumerate(input.checks, 1):
            if not isinstance(check.that, bool):
                raise UserError(
                    "flow.check_condition",
                    "Check {number} must be true or false; it is {found}.",
                    number=number,
                    found=describe(check.that),
                )
        failed = [check.message for check in input.checks if not check.that]
        if failed:
            raise UserError(
                "flow.assertion",
                "{count} of {total} checks failed: {messages}",
                count=len(failed),
                total=len(input.checks),
                messages="; ".join(failed),
            )
        return self.Output(checked=len(input.checks))
