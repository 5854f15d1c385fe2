"""Imports as uploads, exports as zips, and what hostile uploads come to."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from studio.domain.access import Role
from studio.domain.errors import UserError
from studio.server import _uploads
from studio.services.workflows import uploads
from studio.services.workflows.files import MAX_FILES
from tests.server.kit import Api

EXAMPLES = Path(__file__).parents[3] / "examples"
TEXT = "studio: 1\nname: {name}\nnodes: {{}}\n"
YAML = {"content-type": "application/yaml"}
ZIP = {"content-type": "application/zip"}


def flow(name: str = "Greeting") -> str:
    """A workflow file."""
    return TEXT.format(name=name)


def packed(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def keys(answer: Any) -> list[str]:
    """The keys of what came in."""
    assert answer.status_code == 201, answer.text
    return [one["workflow"]["key"] for one in answer.json()["items"]]


async def test_files_come_in_every_way(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    form = [
        ("file", ("stocks.yaml", (EXAMPLES / "stocks.yaml").read_bytes())),
        ("file", ("parts/share.yaml", (EXAMPLES / "parts/share.yaml").read_bytes())),
    ]
    assert keys(await editor.post("/workflows/import", files=form)) == ["stocks", "share"]
    assert keys(await editor.post("/workflows/import", files=form, data={"existing": "new"})) == ["stocks-2", "share-2"]
    refused = await editor.post("/workflows/import", files=form)
    assert (refused.status_code, refused.json()["code"]) == (409, "workflow.import_exists")

    assert keys(await editor.post("/workflows/import", content=flow("Raw one"), headers=YAML)) == ["raw-one"]
    bom = b"\xef\xbb\xbf" + flow().encode()
    assert keys(await editor.post("/workflows/import?name=named.yaml", content=bom, headers=YAML)) == ["named"]
    replaced = await editor.post("/workflows/import?name=named.yaml&existing=draft", content=flow("New"), headers=YAML)
    assert keys(replaced) == ["named"]
    document: dict[str, Any] = {"studio": 1, "name": "As JSON", "nodes": {}}
    assert keys(await editor.post("/workflows/import", json=document)) == ["as-json"]
    wrong = await editor.post("/workflows/import", content="studio: 1\nname: W\nnode: {}\n", headers=YAML)
    assert (wrong.status_code, wrong.json()["problems"][0]["line"]) == (422, 3)

    content = packed({"a/one.yaml": flow("One"), "README.md": "# No", "a/.DS_Store": b"\0", "a/b/two.json": "{}"})
    broken = await editor.post("/workflows/import", content=content, headers=ZIP)
    assert {one["file"] for one in broken.json()["problems"]} == {"a/b/two.json"}
    content = packed({"a/one.yaml": flow("One"), "README.md": "# No", "__MACOSX/a/._one.yaml": b"\0\5"})
    assert keys(await editor.post("/workflows/import", content=content, headers=ZIP)) == ["one"]
    assert keys(await editor.post("/workflows/import", files={"file": ("two.zip", packed({"two.yaml": flow()}))})) == [
        "two"
    ]

    key = {"Idempotency-Key": "once"}
    first = await editor.post("/workflows/import", content=flow("Once"), headers={**YAML, **key})
    again = await editor.post("/workflows/import", content=flow("Once"), headers={**YAML, **key})
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"

    out = await editor.post("/workflows/export", json={"workflows": ["stocks", "named"]})
    assert out.headers["content-type"] == "application/zip"
    assert out.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(out.content)) as archive:
        assert sorted(archive.namelist()) == ["named.yaml", "share.yaml", "stocks.yaml"]
    assert (await editor.post("/workflows/export", json={"workflows": ["stocks", "named"]})).content == out.content
    back = await editor.post("/workflows/import?existing=draft", content=out.content, headers=ZIP)
    assert sorted(keys(back)) == ["named", "share", "stocks"]
    assert (await editor.post("/workflows/export", json={"workflows": ["gone"]})).status_code == 404


async def test_hostile_uploads_are_refused(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        facts = zipfile.ZipInfo("link.yaml")
        facts.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(facts, "/etc/passwd")
    secret = bytearray(packed({"a.yaml": flow()}, zipfile.ZIP_STORED))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = secret.index(mark) + at
        secret[place] |= 1  # says that it is encrypted
    cases: list[tuple[bytes, str]] = [
        (packed({"../up.yaml": flow()}), "workflow.file_name"),
        (packed({"/etc/x.yaml": flow()}), "workflow.file_name"),
        (packed({"C:/x.yaml": flow()}), "workflow.file_name"),
        (packed({"a\x07b.yaml": flow()}), "workflow.file_name"),
        (packed({"x" * 600 + ".yaml": flow()}), "workflow.file_name"),
        (link.getvalue(), "workflow.zip_link"),
        (bytes(secret), "workflow.zip_damaged"),
        (packed({"a.yaml": flow()}, zipfile.ZIP_LZMA), "workflow.zip_method"),
        (packed({"bomb.yaml": b"a" * (uploads.MAX_TEXT + 1)}), "workflow.zip_large"),
        (packed({f"{n}.yaml": b" " * uploads.MAX_TEXT for n in range(8)}), "workflow.zip_large"),
        (packed({f"{n}.yaml": flow() for n in range(MAX_FILES + 1)}), "workflow.import_files"),
        (packed({"latin.yaml": flow().encode("utf-16")}), "workflow.file_not_text"),
        (packed({"a.yaml": flow()})[:-30], "workflow.zip_damaged"),
        (packed({}), "workflow.import_files"),
        (b"PK\x03\x04 and nothing more", "workflow.zip_damaged"),
    ]
    for content, code in cases:
        refused = await editor.post("/workflows/import", content=content, headers=ZIP)
        assert 400 <= refused.status_code < 500, (code, refused.text)
        assert refused.json()["code"] == code, refused.text
    form = {"file": ("..\\..\\up.yaml", flow().encode())}
    assert (await editor.post("/workflows/import", files=form)).json()["code"] == "workflow.file_name"
    assert (await editor.post("/workflows/import", content=b"\xff\xfe\0", headers=YAML)).json()["code"] == (
        "workflow.file_not_text"
    )
    odd = await editor.post("/workflows/import", files=form, data={"owner": "me"})
    assert odd.json()["code"] in ("request.form", "request.form_field")
    half = await editor.post(
        "/workflows/import", content=b"--x\r\nbroken", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert half.status_code in (400, 422)
    nameless = await editor.post("/workflows/import", content=b"x", headers={"content-type": "multipart/form-data"})
    assert 400 <= nameless.status_code < 500
    assert (await editor.get("/workflows")).json()["items"] == []


async def test_an_upload_is_refused_before_it_is_looked_at(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    look = uploads.uploaded

    async def watched(parts: Any) -> Any:
        looked.append(parts)
        return await look(parts)

    monkeypatch.setattr(_uploads, "uploaded", watched)
    content = packed({"a.yaml": flow()})
    assert (await api.client().post("/workflows/import", content=content, headers=ZIP)).status_code == 401
    viewer = await api.signed_in(Role.VIEWER)
    assert (await viewer.post("/workflows/import", content=content, headers=ZIP)).status_code == 403
    large = await viewer.post("/workflows/import", content=b"\0" * (17 * 1024 * 1024), headers=ZIP)
    assert large.status_code == 413
    assert looked == []
    editor = await api.signed_in(Role.EDITOR)
    assert keys(await editor.post("/workflows/import", content=content, headers=ZIP)) == ["a"]
    assert len(looked) == 1


async def test_a_zip_of_a_million_names_is_not_read() -> None:
    entry = b"PK\x01\x02" + bytes(42)
    many = b"PK\x05\x06" + entry * 20_000 + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 20_000, 20_000, 46, 4, 0)
    with pytest.raises(UserError) as refused:
        await uploads.uploaded([("a.zip", many)])
    assert refused.value.code == "workflow.import_files"
