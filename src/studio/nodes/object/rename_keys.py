"""object.rename_keys."""

from __future__ import annotations

from collections import Counter

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError


class RenameKeys(BaseNode):
    """Give fields of an object other names; their order stays.

    Names may be swapped. Two fields that end up with one name are an error.
    """

    type = "object.rename_keys"
    title = "Rename fields"
    keywords = ("rename", "keys", "map fields", "columns")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")
        names: dict[str, str] = Param(description="Old names and new ones; fields that are not there are passed over")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(
            title="In another language",
            input={"object": {"name": "Zoë", "age": 7}, "names": {"name": "الاسم"}},
            output={"object": {"الاسم": "Zoë", "age": 7}},
        ),
        Example(
            title="Swapped",
            input={"object": {"a": 1, "b": 2}, "names": {"a": "b", "b": "a"}},
            output={"object": {"b": 1, "a": 2}},
        ),
        Example(
            title="A name twice",
            input={"object": {"a": 1, "b": 2}, "names": {"a": "b"}},
            error="object.name_taken",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        renamed = [(input.names.get(name, name), value) for name, value in input.object.items()]
        twice = [name for name, count in Counter(name for name, _value in renamed).items() if count > 1]
        if twice:
            raise UserError(
                "object.name_taken", "Several fields would be called {names}.", names=", ".join(sorted(twice)[:12])
            )
        return self.Output(object=dict(renamed))
