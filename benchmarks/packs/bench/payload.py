"""bench.payload."""

from __future__ import annotations

from functools import lru_cache

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel


class Payload(BaseNode):
    """Records that take about so many bytes as JSON. Made once in a process: a benchmark measures what comes after."""

    type = "bench.payload"
    effect = Effect.READ

    class Input(NodeModel):
        megabytes: float

    class Output(NodeModel):
        value: Json

    examples = (Example(input={"megabytes": 0}, output={"value": []}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=records(input.megabytes))


@lru_cache(maxsize=1)
def records(megabytes: float) -> list[Json]:
    """Records of 100 bytes each."""
    count = int(megabytes * 10_000)
    return [
        {"id": n, "name": f"record {n:012d}", "score": n * 0.5, "tags": ["a", "b"], "note": "x" * 24}
        for n in range(count)
    ]
