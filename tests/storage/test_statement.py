"""Rendering statements and packing batches."""

from __future__ import annotations

from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.storage._statement import Statement, pack_rows

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=30)
ROWS = st.lists(
    st.tuples(
        st.none() | TEXT,
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.binary(max_size=40),
        st.booleans(),
        st.binary(max_size=40),
    ),
    max_size=20,
)


@given(ROWS)
def test_a_batch_arrives_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    statement = Statement(
        "SELECT u.a, u.b, u.c, u.d, u.e, :more FROM {rows}",
        rows="a text, b bigint, c bytea, d boolean, e bytea",
        fetch=6,
    )
    (bound,) = statement.sqlite
    connection = apsw.Connection(":memory:")
    found = connection.execute(bound.text, [*pack_rows(statement, rows), "more"]).fetchall()
    expected = [(*row[:3], int(row[3]), row[4], "more") for row in rows]
    assert [tuple(row) for row in found] == expected
    (one,) = statement.sqlite_one
    assert one.names == bound.names
    alone = [connection.execute(one.text, [*row, "more"]).fetchall() for row in rows]
    assert [[tuple(row) for row in each] for each in alone] == [[row] for row in expected]


def test_marks_are_rendered_for_either_database() -> None:
    statement = Statement(
        "SELECT CAST(:x AS bigint), {now} FROM t WHERE id {in ids} AND y = :x::text{pg: FOR UPDATE OF :x}{lite: LITE}"
    )
    assert statement.sqlite[0].text == (
        "SELECT CAST(?1 AS bigint), ?2 FROM t WHERE id IN (SELECT value FROM json_each(?3)) AND y = ?1::text LITE"
    )
    assert statement.sqlite[0].names == ("x", "now", "ids")
    assert statement.postgres.text == (
        "SELECT CAST($1 AS bigint), (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        " FROM t WHERE id = ANY($2::text[]) AND y = $1::text FOR UPDATE OF $1"
    )
    assert statement.postgres.names == ("x", "ids")


def test_batch_columns_come_before_parameters() -> None:
    statement = Statement("SELECT :x FROM {rows}", rows="id text, data bytea")
    assert statement.postgres.text == "SELECT $3 FROM unnest($1::text[], $2::bytea[]) AS u(id, data)"
    assert statement.postgres_one.text == "SELECT $3 FROM (SELECT $1::text AS id, $2::bytea AS data) AS u"
    assert "?3" in statement.sqlite[0].text
    assert statement.sqlite_one[0].text == "SELECT ?3 FROM (SELECT ?1 AS id, ?2 AS data) AS u"
    assert statement([("a", b"")], x=1).params == {"x": 1}


def test_packed_rows_keep_their_order() -> None:
    statement = Statement("SELECT value FROM json_each(:list) ORDER BY value DESC LIMIT 3", fetch=1, packed=True)
    connection = apsw.Connection(":memory:")
    assert connection.execute(statement.sqlite[0].text, ["[1,3,2,5,4]"]).get == "[[5],[4],[3]]"


def test_numbers_beyond_64_bits_are_refused() -> None:
    statement = Statement("SELECT 1 FROM {rows}", rows="n bigint")
    with pytest.raises(TypeError):
        pack_rows(statement, [(2**70,)])
