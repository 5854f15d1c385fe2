"""A workflow's output as the body of an answer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import orjson
from fastapi.responses import Response, StreamingResponse

from studio.domain.values import BlobRef, FileRef, TableRef
from studio.services.gateway.running import Ran
from studio.services.platform import Platform
from studio.services.values import present

ARROW = "application/vnd.apache.arrow.file"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}(; ?charset=[A-Za-z0-9_-]{1,40})?")
_MOST_ITEMS = 1_000_000


async def output_response(
    services: Platform, workspace: str, ran: Ran, headers: dict[str, str], *, accept: str
) -> Response:
    """A file or a table as an attachment, streamed; a text as text where only that is asked for; else JSON.

    Secrets of the vault are masked in all of them.
    """
    output: Any = ran.output
    if isinstance(output, FileRef):
        content = ran.hidden.stream(services.ports.blobs.stream(workspace, output.blob))
        return _attachment(content, output.blob, ran.hidden.text(output.name), output.media_type, headers)
    if isinstance(output, TableRef):
        content = ran.hidden.stream(services.ports.blobs.stream(workspace, output.blob))
        return _attachment(content, output.blob, "output.arrow", ARROW, headers)
    if isinstance(output, str) and accept.split(";")[0].strip().lower() == "text/plain":
        headers = {**headers, "content-disposition": 'attachment; filename="output.txt"'}
        return Response(ran.hidden.text(output), media_type="text/plain; charset=utf-8", headers=headers)
    plain = ran.hidden.plain(await present(output, _MOST_ITEMS))
    return Response(orjson.dumps(plain), media_type="application/json", headers=headers)


def _attachment(
    content: AsyncIterator[bytes], blob: BlobRef, name: str, media_type: str, headers: dict[str, str]
) -> Response:
    # Never shown in place: what a workflow made may be a page with scripts.
    headers = {**headers, "content-disposition": f"attachment; filename*=UTF-8''{quote(name[:200] or 'file', safe='')}"}
    if blob.size is not None:
        headers["content-length"] = str(blob.size)
    known = media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
    return StreamingResponse(content, media_type=known, headers=headers)
