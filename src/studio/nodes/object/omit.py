"""object.omit."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Omit(BaseNode):
    """Leave the named fields of an object out."""

    type = "object.omit"
    title = "Omit fields"
    keywords = ("remove", "drop", "delete", "exclude", "without")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")
        fields: list[str] = Param(description="Names of the fields to leave out")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(
            title="No secrets",
            input={"object": {"user": "zoé", "clé": "…"}, "fields": ["clé"]},
            output={"object": {"user": "zoé"}},
        ),
        Example(title="Not there anyway", input={"object": {"a": 1}, "fields": ["b"]}, output={"object": {"a": 1}}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        dropped = set(input.fields)
        return self.Output(object={name: value for name, value in input.object.items() if name not in dropped})
