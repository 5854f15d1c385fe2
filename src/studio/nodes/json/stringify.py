"""json.stringify."""

from __future__ import annotations

import orjson

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError


class Stringify(BaseNode):
    """Write data as a JSON text."""

    type = "json.stringify"
    title = "Write JSON"
    keywords = ("encode", "dump", "serialize", "convert", "to text")
    effect = Effect.PURE

    class Input(NodeModel):
        data: Json = Param(description="The data")
        pretty: bool = Param(False, description="One value per line, indented by two spaces")
        sort_keys: bool = Param(False, description="Fields in alphabetical order, for comparing texts")

    class Output(NodeModel):
        text: str

    examples = (
        Example(
            title="Compact",
            input={"data": {"ville": "Nîmes", "n": [1, None]}},
            output={"text": '{"ville":"Nîmes","n":[1,null]}'},
        ),
        Example(
            title="For people",
            input={"data": {"b": 1, "a": []}, "pretty": True, "sort_keys": True},
            output={"text": '{\n  "a": [],\n  "b": 1\n}'},
        ),
        Example(
            title="A file is no data",
            input={"data": "{{ files['a.txt'] }}"},
            files={"a.txt": "x"},
            error="json.not_data",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        option = (orjson.OPT_INDENT_2 if input.pretty else 0) | (orjson.OPT_SORT_KEYS if input.sort_keys else 0)
        try:
            return self.Output(text=orjson.dumps(input.data, option=option).decode())
        except orjson.JSONEncodeError as error:
            raise UserError("json.not_data", "This cannot be written as JSON: {reason}.", reason=str(error)) from error
