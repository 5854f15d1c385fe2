"""Large values outlive the execution that made them as long as another refers to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.engine import Engine, ExecutionResult, read_history
from studio.storage import clean
from tests.engine.kit import engine, run, workflow
from tests.storage.kit import Place

TEXT = "x" * 50_000


async def forget(folder: Path, id: str) -> None:
    """Delete an execution by its retention, and every blob that nothing refers to then."""
    place = Place(None, folder / "data")
    opened = await place.open()
    await place.sql("UPDATE executions SET retain_until = 1 WHERE id = $1", id)
    cleaned = await clean(opened, grace=-1)
    await place.close()
    assert cleaned.executions == 1


async def child_of(one: Engine, result: ExecutionResult) -> str:
    """Id of the child that node ``c`` called."""
    history = await read_history(one.store, one.blobs, result.execution_id)
    return (await history.outputs())["c"]["execution_id"]


MAKE = {
    "text": ("flow.set", {"values": {"text": "{{ 'x' * 50000 }}"}}),
    "file": ("lab.hands", {"what": "file"}),
    "files": ("flow.set", {"values": {"many": "{{ [file.value.files[0]] * 300 }}"}}),
    "count": ("lab.count", {"count": 3000}),
}
USE = {"use": ("flow.set", {"values": {"texts": "{{ len(text.values.text) }}", "n": "{{ count.items[2999] }}"}})}


@pytest.mark.parametrize("how", [{"mode": "replay", "rerun": ("use",)}, {"mode": "fork", "copy_until": "use"}])
async def test_what_is_reused_is_kept(tmp_path: Path, how: dict[str, Any]) -> None:
    async with engine(tmp_path / "data") as one:
        one.config.items_bytes = 2000
        first = await run(one, workflow({**MAKE, **USE}))
        again = await run(one, workflow({**MAKE, **USE}), reuse=first.execution_id, **how)
        assert (first.error, again.error) == (None, None)
    await forget(tmp_path, first.execution_id)
    async with engine(tmp_path / "data") as one:
        what = workflow(
            {**MAKE, **USE}, output="{{ [text.values.text, files.values.many[299], count.items, use.values] }}"
        )
        third = await run(one, what, mode="replay", reuse=again.execution_id, rerun=("use",))
        text, whole, items, use = third.output
        assert (text, use) == (TEXT, {"texts": len(TEXT), "n": 2999})
        assert list(items) == list(range(3000))
        assert await one.blobs.get("default", whole.blob) == b"whole"


async def test_what_a_child_gave_is_kept(tmp_path: Path) -> None:
    child = workflow(MAKE, name="child", output="{{ [text.values.text, files.values.many, count.items] }}")
    what = workflow({"c": ("flow.call", {"workflow": "child"})}, output="{{ c.output }}")
    async with engine(tmp_path / "data") as one:
        one.config.items_bytes = 2000
        result = await run(one, what, calls={"child": child})
        assert result.error is None
        id = await child_of(one, result)
    await forget(tmp_path, id)
    async with engine(tmp_path / "data") as one:
        text, files, items = (await read_history(one.store, one.blobs, result.execution_id)).result.output
        assert (text, list(items)) == (TEXT, list(range(3000)))
        assert await one.blobs.get("default", files[0].blob) == b"whole"


async def test_what_is_given_to_a_child_is_kept(tmp_path: Path) -> None:
    child = workflow({"a": ("lab.slow", {"value": "{{ inputs.file }}"})}, name="child", inputs={"file": {}})
    call = ("flow.call", {"workflow": "child", "inputs": {"file": "{{ file.value.files[0] }}"}})
    what = workflow({"file": MAKE["file"], "c": call})
    async with engine(tmp_path / "data") as one:
        result = await run(one, what, calls={"child": child})
        assert result.error is None
        id = await child_of(one, result)
    await forget(tmp_path, result.execution_id)
    async with engine(tmp_path / "data") as one:
        history = await read_history(one.store, one.blobs, id)
        file = (await history.outputs())["a"]["value"]
        assert await one.blobs.get("default", file.blob) == b"whole"


async def test_what_the_cache_gives_is_kept(tmp_path: Path) -> None:
    """By the cache itself, and by the execution that was given it."""
    node = ("flow.set", {"values": {"text": "{{ 'x' * inputs.n }}"}}, {"cache": {"ttl": "1h"}})
    what = workflow({"a": node}, inputs={"n": {"type": "integer"}}, output="{{ a.values.text }}")
    async with engine(tmp_path / "data") as one:
        first = await run(one, what, inputs={"n": len(TEXT)})
    await forget(tmp_path, first.execution_id)
    async with engine(tmp_path / "data") as one:
        again = await run(one, what, inputs={"n": len(TEXT)})
        assert again.output == TEXT
    place = Place(None, tmp_path / "data")
    await place.sql("DELETE FROM blob_refs WHERE kind = $1", "cache")
    opened = await place.open()
    await clean(opened, grace=-1)
    await place.close()
    async with engine(tmp_path / "data") as one:
        assert (await read_history(one.store, one.blobs, again.execution_id)).result.output == TEXT


async def test_what_is_kept_as_state_is_kept(tmp_path: Path) -> None:
    """Until other state takes its place."""
    first = workflow({"file": MAKE["file"], "a": ("lab.remember", {"keep": "{{ file.value.files }}"})}, name="state")
    then = workflow({"a": ("lab.remember", {"keep": "nothing"})}, name="state", output="{{ a.note }}")
    async with engine(tmp_path / "data") as one:
        made = await run(one, first)
        assert made.error is None
    await forget(tmp_path, made.execution_id)
    async with engine(tmp_path / "data") as one:
        result = await run(one, then)
        assert result.error is None
        file = result.output[0]
        assert await one.blobs.get("default", file.blob) == b"whole"
    await forget(tmp_path, result.execution_id)
    async with engine(tmp_path / "data") as one:
        assert file.blob.id not in await one.store.live_blobs()
