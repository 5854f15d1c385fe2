"""http.upload."""

from __future__ import annotations

import pytest

from studio.domain.values import BlobRef, FileRef
from studio.nodes.http._multipart import multipart
from studio.nodes.http.upload import Upload
from studio.sdk import UserError


async def test_examples(examples) -> None:
    await examples(Upload)


def test_names_cannot_break_out_of_their_header() -> None:
    file = FileRef(BlobRef("1", 1, b""), 'a"\r\nX: y.txt', "text/plain\r\nX: y")
    body = multipart([("f\r\n", "v")], [("d", file, b"c")], "bb").decode()
    assert body == (
        '--bb\r\nContent-Disposition: form-data; name="f%0D%0A"\r\n\r\nv\r\n'
        '--bb\r\nContent-Disposition: form-data; name="d"; filename="a%22%0D%0AX: y.txt"\r\n'
        "Content-Type: application/octet-stream\r\n\r\nc\r\n--bb--\r\n"
    )


def test_the_boundary_cannot_stand_in_the_content() -> None:
    with pytest.raises(UserError):
        multipart([("a", "x --bb y")], [], "bb")
