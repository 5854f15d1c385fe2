"""lab.nested."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, PerItem


class Part(NodeModel):
    """A part of the output."""

    name: str
    size: int = 1


class Nested(BaseNode):
    """Models within the output, names of its own, and functions of an item in lists and objects."""

    type = "lab.nested"
    effect = Effect.PURE
    version = 3

    class Input(NodeModel):
        keys: list[PerItem[int]] = Param(default_factory=list)
        fields: dict[str, PerItem[int]] = Param(default_factory=dict)
        wrong: bool = False

    class Output(NodeModel):
        parts: list[Part]
        from_: str = Param(alias="from")
        sums: list[int]

    examples = (Example(input={"keys": [1]}, output={"from": "here"}),)

    def migrate(self, params: dict[str, object], version: int) -> dict[str, object]:
        if version < 3 and "key" in params:
            params = {"keys": [params.pop("key")], **params}
        return params

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        functions = [*input.keys, *input.fields.values()]
        sums = [function({"n": number}, number) for function in functions for number in (1, 2)]
        output = {"parts": [Part(name="a"), {"name": "b", "size": 2}], "from": "here", "sums": sums}
        if input.wrong:
            output["parts"] = [{"title": "c"}]
        return output  # pyright: ignore[reportReturnType]
