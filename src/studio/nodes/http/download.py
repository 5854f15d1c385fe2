"""http.download."""

from __future__ import annotations

from studio.nodes.http._answer import check_status, file_name, header_map
from studio.nodes.http._build import request
from studio.sdk import BaseNode, Effect, Example, File, HttpResponse, Json, NodeContext, NodeModel, Param

_ERROR_BYTES = 4096


class Download(BaseNode):
    """Fetch a file, however large, piece by piece.

    Its name comes from the answer's Content-Disposition, else from the address.
    """

    type = "http.download"
    title = "Download file"
    keywords = ("get", "fetch", "file", "save", "attachment", "image")
    effect = Effect.READ
    credentials = (
        "http.bearer", "http.basic", "http.header", "http.query", "http.body", "http.oauth2", "http.oauth2_client",
    )  # fmt: skip

    class Input(NodeModel):
        url: str = Param(description="Address of the file")
        params: dict[str, Json] = Param(
            default_factory=dict, description="Added to the address after the question mark"
        )
        headers: dict[str, str] = Param(default_factory=dict, description="Headers of the request")
        name: str | None = Param(None, description="Name for the file, instead of the one it comes with")
        timeout: float = Param(60.0, gt=0, le=3600, description="Seconds to wait for each piece")
        whole_timeout: float = Param(3600.0, gt=0, le=7 * 86400, description="Seconds for the whole file")
        max_bytes: int = Param(1024**3, ge=1, le=64 * 1024**3, description="Longest file accepted, in bytes")

    class Output(NodeModel):
        file: File
        name: str
        size: int
        media_type: str

    examples = (
        Example(
            input={"url": "{server}/docs/r%C3%A9sum%C3%A9.txt?v=2"},
            server={"/docs/r%C3%A9sum%C3%A9.txt": (200, {"Content-Type": "text/plain"}, "bonjour")},
            output={"name": "résumé.txt", "size": 7, "media_type": "text/plain", "file": {"text": "bonjour"}},
        ),
        Example(
            title="A name from the answer",
            input={"url": "{server}/42"},
            server={"/42": (200, {"Content-Disposition": "attachment; filename=\"../a b.csv\""}, "1,2")},
            output={"name": "a b.csv", "size": 3},
        ),
        Example(title="Not there", input={"url": "{server}/x"}, server={"/x": (404, {}, "")}, error="http.status"),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        ready = request(
            ctx, "GET", input.url, params=input.params, headers=input.headers, timeout=input.timeout,
            whole_timeout=input.whole_timeout, max_bytes=input.max_bytes,
        )  # fmt: skip
        async with ctx.http.stream(ready) as stream:
            answer = HttpResponse(status=stream.status, url=input.url, headers=stream.headers, body=b"")
            if stream.status >= 400:
                async for piece in stream.pieces():
                    answer.body += piece
                    if len(answer.body) >= _ERROR_BYTES:
                        break
                check_status(answer, repeatable=True)
            headers = header_map(answer)
            name = input.name or file_name(headers, input.url)
            kind = headers.get("content-type", "").partition(";")[0].strip().lower() or None
            file = await ctx.make_file(stream.pieces(), name, kind)
        return self.Output(file=file, name=file.name, size=file.size, media_type=file.media_type)
