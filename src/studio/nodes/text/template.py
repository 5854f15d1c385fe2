"""text.template."""

from __future__ import annotations

import orjson

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError, describe


class Template(BaseNode):
    """Write a text with values filled in.

    Write ``{{ … }}`` where a value belongs. A template that is one expression only may give any value: numbers become
    text, null an empty text, lists and objects JSON.
    """

    type = "text.template"
    title = "Template"
    keywords = ("compose", "format", "message", "interpolate", "concatenate", "mail merge")
    effect = Effect.PURE

    class Input(NodeModel):
        template: Json = Param(widget="multiline", description="The text, with expressions in it")

    class Output(NodeModel):
        text: str

    examples = (
        Example(
            title="A greeting",
            input={"template": "Grüß Gott, {{ person.name }}!"},
            scope={"person": {"name": "Zoë"}},
            output={"text": "Grüß Gott, Zoë!"},
        ),
        Example(title="Only a number", input={"template": "{{ 2 + 3 }}"}, output={"text": "5"}),
        Example(
            title="An object becomes JSON", input={"template": {"é": [1, None]}}, output={"text": '{"é":[1,null]}'}
        ),
        Example(title="Braces as they are", input={"template": "{{{{ not me }}"}, output={"text": "{{ not me }}"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        value = input.template
        if isinstance(value, str):
            return self.Output(text=value)
        if value is None:
            return self.Output(text="")
        try:
            return self.Output(text=orjson.dumps(value).decode())
        except orjson.JSONEncodeError as error:
            raise UserError(
                "text.not_writable",
                "The template gave {found}, which cannot be written as text.",
                found=describe(value),
            ) from error
