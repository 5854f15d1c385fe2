"""How a service hands out its pages."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

from pydantic import Discriminator

from studio.nodes.http._answer import dig
from studio.sdk import HttpResponse, NodeModel, Param

# Nothing is tried twice: the header is a stranger's, and one of 64 KiB would keep the engine busy for ten seconds.
_LINK = re.compile(r"<([^<>]*+)>((?:\s*+;\s*+[\w*!#$&+.^`|~-]++\s*+(?:=\s*+(?:\"[^\"]*+\"|[^\",;\s]++))?+)*+)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\",;\s]+))", re.IGNORECASE)


class LinkPaging(NodeModel):
    """A ``Link`` header with ``rel=next`` (RFC 8288)."""

    kind: Literal["link"]

    def first(self) -> dict[str, Any]:
        return {}

    def following(self, params: dict[str, Any], answer: HttpResponse, body: Any, found: int) -> Next:
        target = next_link(answer.header("link") or "")
        return None if target is None else (urljoin(answer.url, target), {})


class NextUrlPaging(NodeModel):
    """The address of the next page stands in the body."""

    kind: Literal["next_url"]
    path: str = Param("next", description="Where in the body, such as links.next")

    def first(self) -> dict[str, Any]:
        return {}

    def following(self, params: dict[str, Any], answer: HttpResponse, body: Any, found: int) -> Next:
        target = dig(body, self.path)
        return (urljoin(answer.url, target), {}) if isinstance(target, str) and target else None


class CursorPaging(NodeModel):
    """The body holds a cursor that is sent with the next request."""

    kind: Literal["cursor"]
    path: str = Param(description="Where the cursor stands in the body, such as meta.next_cursor")
    param: str = Param("cursor", description="Name of the URL parameter that takes it")

    def first(self) -> dict[str, Any]:
        return {}

    def following(self, params: dict[str, Any], answer: HttpResponse, body: Any, found: int) -> Next:
        cursor = dig(body, self.path)
        return (None, {self.param: cursor}) if cursor not in (None, "", False) else None


class PagePaging(NodeModel):
    """Pages are numbered; an empty or short page is the last."""

    kind: Literal["page"]
    param: str = Param("page", description="Name of the URL parameter for the number")
    start: int = Param(1, description="Number of the first page")
    size: int | None = Param(None, ge=1, description="Items per full page; a shorter page is the last")

    def first(self) -> dict[str, Any]:
        return {self.param: self.start}

    def following(self, params: dict[str, Any], answer: HttpResponse, body: Any, found: int) -> Next:
        last = found == 0 or (self.size is not None and found < self.size)
        return None if last else (None, {self.param: int(params[self.param]) + 1})


class OffsetPaging(NodeModel):
    """Each request says how many items to leave out; an empty or short page is the last."""

    kind: Literal["offset"]
    param: str = Param("offset", description="Name of the URL parameter for the offset")
    limit_param: str | None = Param("limit", description="Name of the URL parameter for the page's size")
    size: int = Param(100, ge=1, description="Items per page")

    def first(self) -> dict[str, Any]:
        limit = {self.limit_param: self.size} if self.limit_param else {}
        return {self.param: 0, **limit}

    def following(self, params: dict[str, Any], answer: HttpResponse, body: Any, found: int) -> Next:
        return None if found < self.size else (None, {self.param: int(params[self.param]) + found})


Next = tuple[str | None, dict[str, Any]] | None
"""Address of the next page (None: the same) and params to change; None after the last page."""

Paging = Annotated[
    LinkPaging | NextUrlPaging | CursorPaging | PagePaging | OffsetPaging,
    Discriminator("kind"),
]


def next_link(header: str) -> str | None:
    """The target of ``rel=next`` in a Link header, None where there is none."""
    for target, params in _LINK.findall(header[:65536]):
        found = _REL.search(params)
        if found and "next" in (found[1] or found[2]).lower().split():
            return target
    return None
