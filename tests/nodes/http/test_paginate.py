"""http.paginate."""

from __future__ import annotations

import json

import pytest

from studio.nodes.http._answer import dig
from studio.nodes.http._paging import next_link
from studio.nodes.http.paginate import Paginate
from studio.testing import LoopbackServer, NodeTester


async def test_examples(examples) -> None:
    await examples(Paginate)


async def fetch(server, **params):
    with NodeTester(Paginate) as tester:
        return await tester.run({"url": server.url + "/p", **params}, allow_hosts=[f"127.0.0.1:{server.port}"])


def pages(*bodies):
    return {"/p": [(200, {}, json.dumps(body)) for body in bodies]}


async def test_offsets_and_page_sizes() -> None:
    async with LoopbackServer(pages([1, 2], [3])) as server:
        result = await fetch(server, paging={"kind": "offset", "size": 2}, params={"q": "é"})
        assert [request.query for request in server.requests] == [
            {"q": "é", "offset": "0", "limit": "2"}, {"q": "é", "offset": "2", "limit": "2"},
        ]  # fmt: skip
    assert result.output == {"items": [1, 2, 3], "count": 3, "pages": 2}
    async with LoopbackServer(pages([1, 2], [3])) as server:
        result = await fetch(server, paging={"kind": "page", "size": 2, "start": 0, "param": "n"})
        assert [request.query for request in server.requests] == [{"n": "0"}, {"n": "1"}]
    assert result.output["count"] == 3


async def test_an_address_in_the_body() -> None:
    answers = {"/p": (200, {}, '{"d": [1], "next": "/q?x=1"}'), "/q": (200, {}, '{"d": [2], "next": null}')}
    async with LoopbackServer(answers) as server:
        result = await fetch(server, items_path="d", paging={"kind": "next_url"}, params={"a": "b"})
        assert [request.query for request in server.requests] == [{"a": "b"}, {"x": "1"}]
    assert result.output["items"] == [1, 2]


async def test_it_stops() -> None:
    async with LoopbackServer(pages([1, 2, 3])) as server:
        few = await fetch(server, paging={"kind": "page"}, max_items=5)
        many = await fetch(server, paging={"kind": "page"}, max_pages=3)
    assert few.output["items"] == [1, 2, 3, 1, 2]
    assert many.error.code == "http.too_many_pages"
    async with LoopbackServer({"/p": (200, {"Link": "</p>; rel=next"}, "[1]")}) as server:
        loop = await fetch(server)
    assert loop.error.code == "http.paging_loop"


async def test_a_page_elsewhere_is_checked_like_any_address() -> None:
    async with LoopbackServer({"/p": (200, {"Link": "<http://169.254.169.254/>; rel=next"}, "[1]")}) as server:
        result = await fetch(server)
    assert result.error.code == "net.refused"


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<https://a/b?x=1,2>; rel="next", <c>; rel="last"', "https://a/b?x=1,2"),
        ("<a>; rel=prev, <b>; title=\"x, y\"; rel=NEXT", "b"), ('<a>; rel="prev next"', "a"), ("<a>; rel=last", None),
        ("", None), ("nonsense", None), ("<" * 70_000, None),
        ("<a>;b" + " " * 60_000, None), ("<a>" + ";b" * 30_000, None), ("<a>; rel" + " " * 30_000 + '="next"', "a"),
        ("<a>;b=" + "c" * 60_000, None), ("<a>;b=" + '"' * 60_001, None), ("<<a>; rel=next", "a"),
    ],
)  # fmt: skip
def test_link_headers(header, target) -> None:
    assert next_link(header) == target


@pytest.mark.parametrize(
    ("path", "found"), [("", {"a": [{"b": 1}]}), ("a.0.b", 1), ("a.1", None), ("a.x", None), ("a.0.b.c", None)]
)
def test_paths(path, found) -> None:
    assert dig({"a": [{"b": 1}]}, path) == found
