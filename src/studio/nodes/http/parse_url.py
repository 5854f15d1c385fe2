"""http.parse_url."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError


class ParseUrl(BaseNode):
    """Take an address apart: scheme, host, port, path, parameters and fragment."""

    type = "http.parse_url"
    title = "Take URL apart"
    keywords = ("split", "query", "host", "domain", "path", "address", "link")
    effect = Effect.PURE

    class Input(NodeModel):
        url: str = Param(max_length=65536, description="The address")

    class Output(NodeModel):
        scheme: str
        host: str
        port: int | None
        path: str = Param(description="Decoded")
        query: dict[str, list[str]] = Param(description="Every value of each parameter")
        fragment: str

    examples = (
        Example(
            input={"url": "https://Example.org:8443/caf%C3%A9/a?tag=x&tag=y&q=%D9%85#top"},
            output={
                "scheme": "https", "host": "example.org", "port": 8443, "path": "/café/a",
                "query": {"tag": ["x", "y"], "q": ["م"]}, "fragment": "top",
            },
        ),
        Example(
            title="Only a path",
            input={"url": "/a?b="},
            output={"scheme": "", "host": "", "port": None, "path": "/a", "query": {"b": [""]}},
        ),
        Example(title="A port that is none", input={"url": "http://x:99999/"}, error="http.bad_url"),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        try:
            parts = urlsplit(input.url)
            query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=10_000)
            return self.Output(
                scheme=parts.scheme,
                host=parts.hostname or "",
                port=parts.port,
                path=unquote(parts.path),
                query=query,
                fragment=unquote(parts.fragment),
            )
        except ValueError as error:
            raise UserError(
                "http.bad_url", "{url} is not an address: {reason}.", url=input.url[:200], reason=str(error)
            ) from error
