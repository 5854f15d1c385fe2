"""csv.parse."""

from __future__ import annotations

import pytest

from studio.nodes.csv.parse import Parse
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Parse)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_delimiters_are_found(run, delimiter) -> None:
    text = "\n".join(delimiter.join(row) for row in (["a", "b"], ["1,5" if delimiter != "," else "1", "x"], ["2", "y"]))
    out = await run(Parse, text=text)
    assert out["columns"] == ["a", "b"]
    assert len(out["items"]) == 2


async def test_one_column_and_nothing(run) -> None:
    assert (await run(Parse, text="name\nZoé\n\nÅke"))["items"] == [{"name": "Zoé"}, {"name": "Åke"}]
    assert await run(Parse, text="") == {"items": [], "columns": []}
    assert await run(Parse, text="a,b\n") == {"items": [], "columns": ["a", "b"]}
    assert (await run(Parse, text="", columns=["x"]))["columns"] == ["x"]


async def test_quotes_and_line_breaks(run) -> None:
    out = await run(Parse, text='\ufeffa,b\r\n"x\r\ny","say ""hi"", ok"\r\n')
    assert out["items"] == [{"a": "x\r\ny", "b": 'say "hi", ok'}]


async def test_names(run) -> None:
    assert (await run(Parse, text="a,a,,a_2\n1,2,3,4"))["columns"] == ["a", "a_2", "column_3", "a_2_2"]
    out = await run(Parse, text="1,2\n3,4", header=False, columns=["x"])
    assert out["items"] == [{"x": "1", "column_2": "2"}, {"x": "3", "column_2": "4"}]
    assert (await run(Parse, text="a,b\n1,2", columns=["x", "y"]))["items"] == [{"x": "1", "y": "2"}]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1", 1),
        ("-1.5", -1.5),
        ("0", 0),
        ("0.5", 0.5),
        ("007", "007"),
        ("+33", "+33"),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("true", True),
        ("True", "True"),
        ("99999999999999999999999999", "99999999999999999999999999"),
        ("1e999", "1e999"),
        ("", None),
        ("2026-01-01", "2026-01-01"),
        ("١", 1),
        ("-", "-"),
        ("1 2", "1 2"),
    ],
)
async def test_types_found_out(run, cell, value) -> None:
    found = (await run(Parse, text=f"x,y\n{cell},z", types="auto"))["items"][0]["x"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("integer", "1.5"), ("integer", "9" * 30), ("number", "inf"), ("boolean", "ja"), ("number", "1_0")],
)
async def test_bad_cells_are_named(fails, kind, cell) -> None:
    error = await fails("csv.bad_cell", Parse, text=f"n,m\n1,1\n{cell},1", types={"n": kind})
    assert "Line 3, column n" in error.message


async def test_ragged_rows(run, fails) -> None:
    assert (await run(Parse, text="a,b\n1\n", ragged="fill", empty_as_null=True))["items"] == [{"a": "1", "b": None}]
    assert "Line 2" in (await fails("csv.ragged", Parse, text="a,b\n1\n")).message
    await fails("csv.ragged", Parse, text="a,b\n1,2,3\n", ragged="fill")


async def test_hostile_texts(fails) -> None:
    await fails("csv.broken", Parse, text='a,b\n"x')
    await fails("csv.broken", Parse, text='a,b\n"x"y,1')
    await fails("csv.too_wide", Parse, text="," * 30_000)
    await fails("csv.unknown_column", Parse, text="a\n1", types={"b": "integer"})
    await fails("node.param_invalid", Parse, text="a", file=None, delimiter=",,")
    await fails("node.param_invalid", Parse)


async def test_files_and_encodings(fails) -> None:
    with NodeTester(Parse) as tester:
        scope = {"f": tester.file("ville;n\nNîmes;1\n".encode("cp1252"), "v.csv")}
        good = await tester.run({"file": "{{ f }}", "encoding": "cp1252"}, scope=scope)
        bad = await tester.run({"file": "{{ f }}"}, scope=scope)
        unknown = await tester.run({"file": "{{ f }}", "encoding": "klingon"}, scope=scope)
    assert good.output["items"] == [{"ville": "Nîmes", "n": "1"}]
    assert bad.error.code == "csv.encoding"
    assert unknown.error.code == "csv.encoding"


async def test_many_rows(run) -> None:
    assert len((await run(Parse, text="a,b\n" + "1,x\n" * 2_000, types="auto"))["items"]) == 2_000
