"""json.parse."""

from __future__ import annotations

from studio.nodes.json._read import DEEPEST, read_json
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Parse(BaseNode):
    """Read a JSON text.

    Whole numbers beyond 64 bits are refused rather than rounded, and so is what is nested too deeply.
    """

    type = "json.parse"
    title = "Parse JSON"
    keywords = ("read", "decode", "load", "deserialize", "convert")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(widget="code", language="json", description="The JSON text")
        max_depth: int = Param(DEEPEST, ge=1, le=200, description="How deep lists and objects may be nested")

    class Output(NodeModel):
        data: Json

    examples = (
        Example(
            title="An object",
            input={"text": '{"ville": "N\\u00eemes", "n": [1, 2.5, null]}'},
            output={"data": {"ville": "Nîmes", "n": [1, 2.5, None]}},
        ),
        Example(title="A single value", input={"text": " true "}, output={"data": True}),
        Example(title="Broken", input={"text": '{"a": 1,}'}, error="json.not_json"),
        Example(title="Too many digits", input={"text": "[12345678901234567890]"}, error="json.number_range"),
        Example(title="Too deep", input={"text": "[[[]]]", "max_depth": 2}, error="json.too_deep"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(data=read_json(input.text, input.max_depth))
