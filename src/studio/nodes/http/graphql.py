"""http.graphql."""

from __future__ import annotations

import re
from typing import Any, cast

from studio.nodes.http._answer import check_status, parse_json
from studio.nodes.http._build import json_bytes, request
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, Phrase, ProviderError

# Block strings, strings and comments, so that words within them do not count.
_SILENT = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*', re.DOTALL)
_MUTATION = re.compile(r"(?:^|[}\s])mutation\b\s*(?:\w+\s*)?[({@]")


class Graphql(BaseNode):
    """Send a GraphQL query or mutation.

    A query only reads. A mutation may be repeated where ``idempotency_header`` names the header for a key.
    """

    type = "http.graphql"
    title = "GraphQL"
    keywords = ("query", "mutation", "api", "graph")
    effect = Effect.IRREVERSIBLE
    credentials = (
        "http.bearer", "http.basic", "http.header", "http.query", "http.body", "http.oauth2", "http.oauth2_client",
    )  # fmt: skip

    class Input(NodeModel):
        url: str = Param(description="Address of the GraphQL service")
        query: str = Param(min_length=1, description="The document", widget="code")
        variables: dict[str, Json] = Param(default_factory=dict, description="Values of its variables")
        operation_name: str | None = Param(None, description="Which operation, where the document holds several")
        headers: dict[str, str] = Param(default_factory=dict, description="Headers of the request")
        fail_on_errors: bool = Param(True, description="Errors in the answer are an error")
        idempotency_header: str | None = Param(
            None, description="Header for a key that makes a mutation safe to repeat"
        )
        timeout: float = Param(30.0, gt=0, le=3600, description="Seconds for the whole exchange")

    class Output(NodeModel):
        data: Json
        errors: list[Json]

    examples = (
        Example(
            input={
                "url": "{server}/graphql",
                "query": "query ($c: ID!) { country(code: $c) { name } }",
                "variables": {"c": "EG"},
            },
            server={"/graphql": (200, {"Content-Type": "application/json"}, '{"data": {"country": {"name": "مصر"}}}')},
            output={"data": {"country": {"name": "مصر"}}, "errors": []},
        ),
        Example(
            title="An error in the answer",
            input={"url": "{server}/graphql", "query": "{ nope }"},
            server={"/graphql": (200, {}, '{"errors": [{"message": "no field nope"}]}')},
            error="http.graphql_error",
        ),
    )  # fmt: skip

    def effect_of(self, input: Any) -> Effect:
        if not _MUTATION.search(_SILENT.sub(" ", input.query)):
            return Effect.READ
        return Effect.KEYED if input.idempotency_header else Effect.IRREVERSIBLE

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        body: dict[str, Any] = {"query": input.query}
        if input.variables:
            body["variables"] = input.variables
        if input.operation_name:
            body["operationName"] = input.operation_name
        repeatable = self.effect_of(input) is Effect.READ
        ready = request(
            ctx, "POST", input.url, headers={"Accept": "application/json", **input.headers}, body=json_bytes(body),
            content_type="application/json", timeout=input.timeout,
            idempotency_header=None if repeatable else input.idempotency_header,
        )  # fmt: skip
        answer = await ctx.http.send(ready)
        check_status(answer, repeatable=repeatable)
        content = parse_json(answer)
        fields = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
        errors: list[Any] = fields.get("errors") or []
        if input.fail_on_errors and (errors or "data" not in fields):
            raise ProviderError(
                "http.graphql_error", "The GraphQL service reports: {messages}", status=400, messages=_messages(errors)
            )
        return self.Output(data=fields.get("data"), errors=errors)


def _messages(errors: Any) -> str:
    texts = [
        str(cast("dict[str, Any]", error).get("message")) if isinstance(error, dict) else str(error)
        for error in (cast("list[Any]", errors) if isinstance(errors, list) else [errors])[:5]
    ]
    return "; ".join(text[:200] for text in texts) or Phrase("http.no_data", "no data")
