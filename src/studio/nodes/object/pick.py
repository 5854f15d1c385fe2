"""object.pick."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, Phrase, UserError


class Pick(BaseNode):
    """Keep the named fields of an object only, in the order named."""

    type = "object.pick"
    title = "Pick fields"
    keywords = ("select", "keep", "project", "whitelist", "subset")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")
        fields: list[str] = Param(description="Names of the fields to keep")
        missing: bool = Param(True, description="Whether a field may be missing; otherwise that is an error")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(
            title="Two of three",
            input={"object": {"a": 1, "prénom": "Zoé", "c": 3}, "fields": ["prénom", "a"]},
            output={"object": {"prénom": "Zoé", "a": 1}},
        ),
        Example(title="A missing one", input={"object": {}, "fields": ["x"]}, output={"object": {}}),
        Example(
            title="None may be missing",
            input={"object": {"a": 1}, "fields": ["b"], "missing": False},
            error="object.no_field",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        absent = [name for name in input.fields if name not in input.object]
        if absent and not input.missing:
            raise UserError(
                "object.no_field",
                "The object has no {fields}; it has {present}.",
                fields=", ".join(absent),
                present=", ".join(list(input.object)[:12]) or Phrase("object.no_fields", "no fields"),
            )
        return self.Output(object={name: input.object[name] for name in input.fields if name in input.object})
