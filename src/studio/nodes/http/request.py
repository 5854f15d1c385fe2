"""http.request."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from studio.nodes.http._answer import ResponseKind, body_of, check_status, header_map
from studio.nodes.http._build import Method, effect_of_method, form_bytes, json_bytes, request
from studio.sdk import BaseNode, Effect, Example, File, Json, NodeContext, NodeModel, Param, Refusal


class Request(BaseNode):
    """Send an HTTP request and read the answer.

    GET, HEAD and OPTIONS only read, PUT and DELETE may be repeated; POST and PATCH may where ``idempotency_header``
    names the header in which the service wants a key. A status of 400 or more is an error.
    """

    type = "http.request"
    title = "HTTP request"
    keywords = ("api", "rest", "get", "post", "put", "delete", "fetch", "call", "webhook", "curl")
    effect = Effect.IRREVERSIBLE
    credentials = (
        "http.bearer",
        "http.basic",
        "http.header",
        "http.query",
        "http.body",
        "http.oauth2",
        "http.oauth2_client",
    )

    class Input(NodeModel):
        url: str = Param(description="Address, such as https://api.example.org/items")
        method: Method = Param("GET", description="What to do")
        params: dict[str, Json] = Param(
            default_factory=dict, description="Added to the address after the question mark"
        )
        headers: dict[str, str] = Param(default_factory=dict, description="Headers of the request")
        json_: Json = Param(None, alias="json", description="Body as JSON")
        form: dict[str, Json] | None = Param(None, description="Body as a form")
        text: str | None = Param(None, description="Body as text")
        file: File | None = Param(None, description="Body from a file")
        response: ResponseKind = Param("auto", description="How to read the answer; auto goes by its media type")
        fail_on_status: bool = Param(True, description="A status of 400 or more is an error")
        idempotency_header: str | None = Param(
            None, description="Header for a key that makes POST and PATCH safe to repeat, such as Idempotency-Key"
        )
        timeout: float = Param(30.0, gt=0, le=3600, description="Seconds for the whole exchange")
        follow_redirects: bool = Param(True, description="Follow redirects; secrets stay within the host")
        max_bytes: int = Param(64 * 1024 * 1024, ge=1, le=1024**3, description="Longest answer accepted, in bytes")
        verify_tls: bool = Param(True, description="Refuse servers whose certificate is not trusted")

        @model_validator(mode="after")
        def _one_body(self) -> Self:
            given = [name for name in ("json_", "form", "text", "file") if name in self.model_fields_set]
            if len([name for name in given if name == "json_" or getattr(self, name) is not None]) > 1:
                raise Refusal("http.one_body", "give only one of json, form, text and file")
            return self

    class Output(NodeModel):
        status: int
        headers: dict[str, str]
        body: Json = Param(description="Data, text, or a file, by the media type")
        url: str = Param(description="Where the answer came from, after redirects")

    examples = (
        Example(
            title="Read JSON",
            input={"url": "{server}/items", "params": {"tag": ["a", "é"]}},
            server={"/items": (200, {"Content-Type": "application/json"}, '{"count": 2}')},
            output={"status": 200, "body": {"count": 2}},
        ),
        Example(
            title="Send JSON with a key",
            input={
                "url": "{server}/orders", "method": "POST", "json": {"item": "thé", "n": 1},
                "idempotency_header": "Idempotency-Key",
            },
            server={"/orders": (201, {"Content-Type": "application/json"}, '{"id": 7}')},
            output={"status": 201, "body": {"id": 7}},
        ),
        Example(
            title="A failing status as data",
            input={"url": "{server}/none", "fail_on_status": False},
            server={"/none": (404, {"Content-Type": "text/plain"}, "nothing here")},
            output={"status": 404, "body": "nothing here"},
        ),
        Example(
            title="A failing status",
            input={"url": "{server}/none"},
            server={"/none": (404, {}, "")},
            error="http.status",
        ),
        Example(title="A private address", input={"url": "http://10.0.0.1/"}, error="net.refused"),
    )  # fmt: skip

    def effect_of(self, input: Any) -> Effect:
        return effect_of_method(input.method, input.idempotency_header)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        body, kind = await self._body(input, ctx)
        keyed = input.method in ("POST", "PATCH")
        ready = request(
            ctx, input.method, input.url, params=input.params, headers=input.headers, body=body, content_type=kind,
            idempotency_header=input.idempotency_header if keyed else None, timeout=input.timeout,
            follow_redirects=input.follow_redirects, max_bytes=input.max_bytes, verify=input.verify_tls,
        )  # fmt: skip
        answer = await ctx.http.send(ready)
        if input.fail_on_status:
            check_status(answer, repeatable=self.effect_of(input).rank <= Effect.IDEMPOTENT.rank)
        content = await body_of(answer, input.response, ctx)
        return self.Output(status=answer.status, headers=header_map(answer), body=content, url=answer.url)

    async def _body(self, input: Input, ctx: NodeContext) -> tuple[bytes | None, str | None]:
        if "json_" in input.model_fields_set:
            return json_bytes(input.json_), "application/json"
        if input.form is not None:
            return form_bytes(input.form), "application/x-www-form-urlencoded"
        if input.text is not None:
            return input.text.encode(), "text/plain; charset=utf-8"
        if input.file is not None:
            return await ctx.read_file(input.file), input.file.media_type
        return None, None
