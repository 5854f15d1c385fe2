"""yaml.parse."""

from __future__ import annotations

from studio.nodes.yaml._read import Composer, events
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Parse(BaseNode):
    """Read a YAML text, one document or several.

    YAML 1.2 is read: ``no`` and ``on`` are texts, dates stay texts. Tags, merge keys and repeated keys are refused, and
    so are aliases that expand to millions of values.
    """

    type = "yaml.parse"
    title = "Parse YAML"
    keywords = ("read", "decode", "load", "config", "front matter")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(max_length=5_000_000, widget="code", language="yaml", description="The YAML text")

    class Output(NodeModel):
        data: Json
        documents: list[Json]

    examples = (
        Example(
            title="A mapping",
            input={"text": "ville: Nîmes\nouvert: no\nn: [1, 2.5, ~]\n"},
            output={"data": {"ville": "Nîmes", "ouvert": "no", "n": [1, 2.5, None]}},
        ),
        Example(
            title="Two documents",
            input={"text": "a: &x 1\nb: *x\n---\n- é\n"},
            output={"documents": [{"a": 1, "b": 1}, ["é"]]},
        ),
        Example(title="Broken", input={"text": "a: [1"}, error="yaml.not_yaml"),
        Example(title="A tag that builds objects", input={"text": "!!python/object:os.system x"}, error="yaml.tag"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        composer = Composer()
        for number, event in enumerate(events(input.text)):
            composer.take(event)
            if number % 256 == 255:
                await ctx.check_cancelled()
        documents = composer.documents
        return self.Output(data=documents[0] if documents else None, documents=documents)
