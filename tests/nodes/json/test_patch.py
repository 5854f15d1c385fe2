"""json.patch."""

from __future__ import annotations

import pytest

from studio.nodes.json.patch import Patch


async def test_examples(examples) -> None:
    await examples(Patch)


@pytest.mark.parametrize(
    ("data", "change", "expected"),
    [
        ([1, 2], {"op": "add", "path": "/1", "value": 9}, [1, 9, 2]),
        ([1, 2], {"op": "add", "path": "/2", "value": 9}, [1, 2, 9]),
        ([1, 2], {"op": "remove", "path": "/0"}, [2]),
        ({"a": {"~": 1}}, {"op": "replace", "path": "/a/~0", "value": None}, {"a": {"~": None}}),
        ({"": 1}, {"op": "test", "path": "/", "value": 1.0}, {"": 1}),
        ({"a": 1}, {"op": "add", "path": "/a", "value": [1]}, {"a": [1]}),
    ],
)
async def test_operations(run, data, change, expected) -> None:
    assert (await run(Patch, data=data, changes=[change]))["data"] == expected


@pytest.mark.parametrize(
    "change",
    [
        {"op": "add", "path": "/l/3", "value": 1},
        {"op": "remove", "path": "/l/-"},
        {"op": "replace", "path": "/x", "value": 1},
        {"op": "add", "path": "/x/y", "value": 1},
        {"op": "remove", "path": "/l/01x"},
        {"op": "test", "path": "/l/0/z"},
        {"op": "add", "path": "l", "value": 1},
        {"op": "replace", "path": "/l/-1", "value": 1},
        {"op": "add", "path": "/n/a", "value": 1},
    ],
)
async def test_paths_that_do_not_fit(fails, change) -> None:
    await fails("json.patch_path", Patch, data={"l": [1, 2], "n": 5}, changes=[change])


async def test_the_input_stays(run, fails) -> None:
    data = {"a": [1]}
    value = [0]
    changes = [{"op": "add", "path": "/b", "value": value}, {"op": "add", "path": "/b/-", "value": 1}]
    out = await run(Patch, data="{{ data }}", changes="{{ changes }}", scope={"data": data, "changes": changes})
    assert out["data"] == {"a": [1], "b": [0, 1]}
    assert (data, value) == ({"a": [1]}, [0])
    await fails("json.patch_test", Patch, data=True, changes=[{"op": "test", "path": "", "value": 1}])
    await fails("node.param_invalid", Patch, data=1, changes=[{"op": "move", "path": ""}])
