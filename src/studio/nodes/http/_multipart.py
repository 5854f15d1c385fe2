"""multipart/form-data bodies (RFC 7578, with names quoted as the HTML standard has it)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.sdk import FileRef, UserError

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+( *; *[\w-]+=[\w.+-]+)*\Z", re.ASCII)


def multipart(fields: Iterable[tuple[str, str]], files: Iterable[tuple[str, FileRef, bytes]], boundary: str) -> bytes:
    """The body for ``fields`` and ``files`` (form field, reference, content).

    Raises:
        UserError: The boundary stands in the content, which only happens where someone means it to.
    """
    parts: list[bytes] = []
    for name, value in fields:
        parts += (_head(boundary, name), b"\r\n", value.encode(), b"\r\n")
    for name, file, content in files:
        kind = file.media_type if _MEDIA_TYPE.match(file.media_type) else "application/octet-stream"
        head = _head(boundary, name, file.name) + f"Content-Type: {kind}\r\n".encode()
        parts += (head, b"\r\n", content, b"\r\n")
    mark = f"--{boundary}".encode()
    if any(mark in part for part in parts[2::4]):
        raise UserError("http.boundary", "The content holds the boundary between its parts.")
    return b"".join([*parts, mark, b"--\r\n"])


def _head(boundary: str, name: str, filename: str | None = None) -> bytes:
    extra = f'; filename="{_quoted(filename)}"' if filename is not None else ""
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"{extra}\r\n'.encode()


def _quoted(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
