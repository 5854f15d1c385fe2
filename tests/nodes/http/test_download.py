"""http.download."""

from __future__ import annotations

from studio.nodes.http.download import Download
from studio.testing import LoopbackServer, NodeTester


async def test_examples(examples) -> None:
    await examples(Download)


async def test_a_long_file_is_streamed_and_bounded() -> None:
    content = bytes(range(256)) * 8192
    async with LoopbackServer(
        {"/a": (200, {}, content), "/b": (500, {"Content-Type": "text/plain"}, "x" * 9000)}
    ) as server:
        with NodeTester(Download) as tester:
            allow = [f"127.0.0.1:{server.port}"]
            whole = await tester.run({"url": server.url + "/a", "name": "n"}, allow_hosts=allow)
            long = await tester.run({"url": server.url + "/a", "max_bytes": 1000}, allow_hosts=allow)
            failed = await tester.run({"url": server.url + "/b"}, allow_hosts=allow)
            assert tester.content(whole.output["file"]) == content
    assert whole.output["name"] == "n"
    assert long.error.code == "net.too_large"
    assert failed.error.code == "http.status"
    assert len(failed.error.message) < 400
