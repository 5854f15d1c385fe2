"""json.validate."""

from __future__ import annotations

import asyncio

from studio.nodes.json._schema import validate
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, Routed


class Validate(BaseNode):
    """Check data against a JSON Schema, and take a branch by the outcome.

    Draft 2020-12, without references to other documents. All that does not fit is listed, up to ``limit``.
    """

    type = "json.validate"
    title = "Validate JSON"
    keywords = ("json schema", "check", "verify", "contract", "types")
    effect = Effect.PURE
    ports = ("valid", "invalid")
    passes_input = True

    class Input(NodeModel):
        data: Json = Param(description="The data")
        json_schema: Json = Param(alias="schema", widget="code", description="The schema")
        limit: int = Param(100, ge=1, le=10_000, description="Most errors to list")

    class Output(NodeModel):
        valid: bool
        errors: list[Json]

    examples = (
        Example(
            title="All fits",
            input={"data": {"âge": 7}, "schema": {"properties": {"âge": {"type": "integer"}}, "required": ["âge"]}},
            output={"valid": True, "errors": []},
            port="valid",
        ),
        Example(
            title="A wrong type",
            input={"data": {"n": ["x"]}, "schema": {"properties": {"n": {"items": {"type": "integer"}}}}},
            output={"valid": False, "errors": [{"path": "$.n[0]", "rule": "type"}]},
            port="invalid",
        ),
        Example(title="No schema", input={"data": 1, "schema": {"type": "whole"}}, error="json.bad_schema"),
        Example(
            title="A schema elsewhere",
            input={"data": 1, "schema": {"$ref": "https://example.com/s.json"}},
            error="json.schema_reference",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Routed[Output]:
        errors = await asyncio.to_thread(validate, input.data, input.json_schema, input.limit)
        return self.route("invalid" if errors else "valid", self.Output(valid=not errors, errors=errors))
