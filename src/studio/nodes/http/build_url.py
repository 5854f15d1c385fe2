"""http.build_url."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from studio.nodes.http._build import pairs
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError


class BuildUrl(BaseNode):
    """Put an address together: path segments and parameters are escaped, so that no value changes its meaning."""

    type = "http.build_url"
    title = "Build URL"
    keywords = ("query", "join", "address", "link", "encode", "escape")
    effect = Effect.PURE

    class Input(NodeModel):
        base: str = Param(max_length=65536, description="Start, such as https://api.example.org/v1")
        segments: list[str | int] = Param(default_factory=list, description="Path segments to add, each escaped whole")
        query: dict[str, Json] = Param(default_factory=dict, description="Parameters to add; lists repeat the name")
        fragment: str = Param("", description="What follows #")

    class Output(NodeModel):
        url: str

    examples = (
        Example(
            input={"base": "https://x.org/v1/", "segments": ["a/b", 7], "query": {"q": "café & thé", "n": [1, 2]}},
            output={"url": "https://x.org/v1/a%2Fb/7?q=caf%C3%A9+%26+th%C3%A9&n=1&n=2"},
        ),
        Example(
            title="Parameters that are there stay",
            input={"base": "https://x.org/?a=1", "query": {"b": True, "c": None}, "fragment": "نص"},
            output={"url": "https://x.org/?a=1&b=true#%D9%86%D8%B5"},
        ),
        Example(
            title="A segment that would leave",
            input={"base": "https://x.org", "segments": [".."]},
            error="http.bad_segment",
        ),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        try:
            parts = urlsplit(input.base)
        except ValueError as error:
            raise UserError(
                "http.bad_url", "{url} is not an address: {reason}.", url=input.base[:200], reason=str(error)
            ) from error
        path = parts.path
        for segment in map(str, input.segments):
            if segment in ("", ".", ".."):
                raise UserError("http.bad_segment", "{segment} cannot be a path segment.", segment=repr(segment))
            path = f"{path.rstrip('/')}/{quote(segment, safe='')}"
        query = "&".join(text for text in (parts.query, urlencode(pairs(input.query, "query"))) if text)
        fragment = quote(input.fragment) if input.fragment else parts.fragment
        return self.Output(url=urlunsplit((parts.scheme, parts.netloc, path, query, fragment)))
