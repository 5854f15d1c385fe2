"""yaml.stringify."""

from __future__ import annotations

import orjson

from studio.nodes.yaml._write import write_yaml
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError

_LONGEST = 16 * 1024 * 1024


class Stringify(BaseNode):
    """Write data as a YAML text that reads well, and reads back the same with any reader."""

    type = "yaml.stringify"
    title = "Write YAML"
    keywords = ("encode", "dump", "serialize", "config", "to text")
    effect = Effect.PURE

    class Input(NodeModel):
        data: Json = Param(description="The data")
        sort_keys: bool = Param(False, description="Fields in alphabetical order")

    class Output(NodeModel):
        text: str

    examples = (
        Example(
            title="A mapping",
            input={"data": {"ville": "Nîmes", "tags": ["a", 1.5, None, []], "note": "un\ndeux\n"}},
            output={"text": "ville: Nîmes\ntags:\n  - a\n  - 1.5\n  - null\n  - []\nnote: |\n  un\n  deux\n"},
        ),
        Example(
            title="Texts that look like something else",
            input={"data": {"b": ["true", "12", "no"], "a": ""}, "sort_keys": True},
            output={"text": 'a: ""\nb:\n  - "true"\n  - "12"\n  - "no"\n'},
        ),
        Example(title="One value", input={"data": "été"}, output={"text": "été\n"}),
        Example(
            title="A file is no data", input={"data": ["{{ files['a'] }}"]}, files={"a": "x"}, error="yaml.not_data"
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        try:
            length = len(orjson.dumps(input.data))
        except orjson.JSONEncodeError as error:
            raise UserError("yaml.not_data", "This cannot be written as YAML: {reason}.", reason=str(error)) from error
        if length > _LONGEST:
            raise UserError(
                "yaml.too_long", "The data has {length} bytes; {limit} is the most.", length=length, limit=_LONGEST
            )
        return self.Output(text=write_yaml(input.data, input.sort_keys))
