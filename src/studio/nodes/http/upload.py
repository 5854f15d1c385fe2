"""http.upload."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from studio.nodes.http._answer import ResponseKind, body_of, check_status, header_map
from studio.nodes.http._build import effect_of_method, pairs, request
from studio.nodes.http._multipart import multipart
from studio.sdk import BaseNode, Effect, Example, File, Json, NodeContext, NodeModel, Param


class Upload(BaseNode):
    """Send files, and fields with them, as a browser's form does (multipart/form-data)."""

    type = "http.upload"
    title = "Upload files"
    keywords = ("multipart", "form", "file", "post", "attachment", "send")
    effect = Effect.IRREVERSIBLE
    credentials = (
        "http.bearer", "http.basic", "http.header", "http.query", "http.body", "http.oauth2", "http.oauth2_client",
    )  # fmt: skip

    class Input(NodeModel):
        url: str = Param(description="Address to send to")
        files: dict[str, File] = Param(min_length=1, description="Files by the name of their form field")
        fields: dict[str, Json] = Param(default_factory=dict, description="Further form fields")
        method: Literal["POST", "PUT"] = Param("POST", description="What to do")
        headers: dict[str, str] = Param(default_factory=dict, description="Headers of the request")
        response: ResponseKind = Param("auto", description="How to read the answer; auto goes by its media type")
        idempotency_header: str | None = Param(
            None, description="Header for a key that makes it safe to repeat, such as Idempotency-Key"
        )
        timeout: float = Param(300.0, gt=0, le=3600, description="Seconds for the whole exchange")

    class Output(NodeModel):
        status: int
        headers: dict[str, str]
        body: Json

    examples = (
        Example(
            input={"url": "{server}/up", "files": {"doc": "{{ files['été.txt'] }}"}, "fields": {"title": "Été"}},
            files={"été.txt": "soleil"},
            server={"/up": (201, {"Content-Type": "application/json"}, '{"id": 1}')},
            output={"status": 201, "body": {"id": 1}},
        ),
        Example(
            title="Refused",
            input={"url": "{server}/up", "files": {"doc": "{{ files['a.txt'] }}"}},
            files={"a.txt": "x"},
            server={"/up": (413, {}, "")},
            error="http.status",
        ),
    )

    def effect_of(self, input: Any) -> Effect:
        return effect_of_method(input.method, input.idempotency_header)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        contents = [(name, file, await ctx.read_file(file)) for name, file in input.files.items()]
        boundary = "studio-" + hashlib.sha256(ctx.idempotency_key.encode()).hexdigest()[:40]
        ready = request(
            ctx,
            input.method,
            input.url,
            headers=input.headers,
            body=multipart(pairs(input.fields, "fields"), contents, boundary),
            content_type=f"multipart/form-data; boundary={boundary}",
            idempotency_header=input.idempotency_header if input.method == "POST" else None,
            timeout=input.timeout,
        )
        answer = await ctx.http.send(ready)
        check_status(answer, repeatable=self.effect_of(input).rank <= Effect.IDEMPOTENT.rank)
        content = await body_of(answer, input.response, ctx)
        return self.Output(status=answer.status, headers=header_map(answer), body=content)
