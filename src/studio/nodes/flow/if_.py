"""flow.if."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, Routed, UserError, describe


class If(BaseNode):
    """Take one of two branches, by a condition.

    The condition must be true or false. Other values are refused rather than guessed at: an empty list, 0 or the text
    "false" mean different things to different people. Write ``{{ len(items) > 0 }}`` or ``{{ name != '' }}``.
    """

    type = "flow.if"
    title = "If"
    keywords = ("condition", "branch", "decision", "else", "route")
    effect = Effect.PURE
    ports = ("true", "false")
    passes_input = True

    class Input(NodeModel):
        condition: Json = Param(description="An expression that gives true or false")

    class Output(NodeModel):
        result: bool

    examples = (
        Example(title="Yes", input={"condition": True}, output={"result": True}, port="true"),
        Example(title="No", input={"condition": False}, output={"result": False}, port="false"),
        Example(title="Not a truth value", input={"condition": "false"}, error="flow.not_a_condition"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Routed[Output]:
        if not isinstance(input.condition, bool):
            raise UserError(
                "flow.not_a_condition",
                "The condition must be true or false; it is {found}. Compare it with something, such as {hint}.",
                found=describe(input.condition),
                hint="{{ len(items) > 0 }}",
            )
        return self.route("true" if input.condition else "false", self.Output(result=input.condition))
