"""http.paginate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from studio.nodes.http._answer import check_status, list_at, parse_json
from studio.nodes.http._build import request
from studio.nodes.http._paging import LinkPaging, Paging
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, UserError


class Paginate(BaseNode):
    """Fetch all pages of a list and give their items as one.

    Pages follow by a Link header, an address or a cursor in the body, a page number or an offset.
    """

    type = "http.paginate"
    title = "Fetch all pages"
    keywords = ("pages", "paging", "pagination", "cursor", "offset", "next", "api", "list")
    effect = Effect.READ
    credentials = (
        "http.bearer", "http.basic", "http.header", "http.query", "http.body", "http.oauth2", "http.oauth2_client",
    )  # fmt: skip

    class Input(NodeModel):
        url: str = Param(description="Address of the first page")
        params: dict[str, Json] = Param(
            default_factory=dict, description="Added to the address after the question mark"
        )
        headers: dict[str, str] = Param(default_factory=dict, description="Headers of each request")
        items_path: str = Param(
            "", description="Where the list stands in the body, such as data.items; empty: the body"
        )
        paging: Paging = Param(default_factory=lambda: LinkPaging(kind="link"), description="How pages follow")
        max_pages: int = Param(100, ge=1, le=100_000, description="Most pages fetched; more are an error")
        max_items: int | None = Param(None, ge=1, description="Stop after so many items")
        timeout: float = Param(30.0, gt=0, le=3600, description="Seconds for each page")

    class Output(NodeModel):
        items: Items
        count: int
        pages: int

    examples = (
        Example(
            title="A Link header",
            input={"url": "{server}/a"},
            server={
                "/a": (200, {"Link": '</b?x=1>; rel="next"'}, '["é", 2]'),
                "/b": (200, {}, "[3]"),
            },
            output={"items": ["é", 2, 3], "count": 3, "pages": 2},
        ),
        Example(
            title="A cursor in the body",
            input={
                "url": "{server}/c", "items_path": "data",
                "paging": {"kind": "cursor", "path": "meta.next", "param": "after"},
            },
            server={"/c": [(200, {}, '{"data": [1], "meta": {"next": "k"}}'), (200, {}, '{"data": [2], "meta": {}}')]},
            output={"items": [1, 2], "pages": 2},
        ),
        Example(
            title="Numbered pages",
            input={"url": "{server}/p", "paging": {"kind": "page"}},
            server={"/p": [(200, {}, "[1, 2]"), (200, {}, "[]")]},
            output={"items": [1, 2], "pages": 2},
        ),
        Example(
            title="No list",
            input={"url": "{server}/o", "items_path": "data"},
            server={"/o": (200, {}, '{"rows": []}')},
            error="http.no_list",
        ),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        counts = {"items": 0, "pages": 0}
        items = await ctx.make_items(_fetch(input, ctx, counts))
        return self.Output(items=items, count=counts["items"], pages=counts["pages"])


async def _fetch(input: Paginate.Input, ctx: NodeContext, counts: dict[str, int]) -> AsyncIterator[Any]:
    url, params = input.url, {**input.params, **input.paging.first()}
    seen: set[tuple[str, str]] = set()
    while True:
        if (url, repr(params)) in seen:
            raise UserError("http.paging_loop", "The page after {url} is one that was fetched already.", url=url)
        seen.add((url, repr(params)))
        if counts["pages"] == input.max_pages:
            raise UserError("http.too_many_pages", "There are more than {limit} pages.", limit=input.max_pages)
        answer = await ctx.http.send(
            request(ctx, "GET", url, params=params, headers=input.headers, timeout=input.timeout)
        )
        check_status(answer, repeatable=True)
        body = parse_json(answer)
        page = list_at(body, input.items_path)
        counts["pages"] += 1
        await ctx.progress(message=f"{counts['pages']}")
        for item in page:
            yield item
            counts["items"] += 1
            if counts["items"] == input.max_items:
                return
        following = input.paging.following(params, answer, body, len(page))
        if following is None:
            return
        url, params = (following[0], {}) if following[0] else (url, {**params, **following[1]})
