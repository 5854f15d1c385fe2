"""What polars itself says is told in words that can be translated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from studio.domain.phrases import Phrase
from studio.nodes.table._polars import reason_of

FRAME = pl.DataFrame({"a": ["1", "x"], "b": [1, 2], "d": [[1], [2]]})


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: FRAME.cast({"a": pl.Int64}), "conversion"),
        (lambda: pl.read_csv(b"a\n1\nx\n", infer_schema_length=1), "parse"),
        (lambda: FRAME.select("zz"), "no_column"),
        (lambda: FRAME.rename({"a": "b"}), "twice"),
        (lambda: pl.read_csv(b"a,b\n1,2\n1,2,3\n"), "ragged"),
        (lambda: pl.read_csv(b""), "empty"),
        (lambda: pl.read_csv(b"a\n\xff\n"), "utf8"),
        (lambda: pl.read_parquet(b"x" * 20), "parquet"),
        (lambda: FRAME.write_csv(), "nested"),
        (lambda: FRAME.explode("a"), "unsupported"),
        (lambda: FRAME.group_by("b").agg(pl.col("a").mean()), "unsupported"),
        (lambda: FRAME.unpivot(on=["a", "d"]), "unsupported"),
        (lambda: FRAME.select(pl.col("a") + pl.col("b")), "kinds"),
        (lambda: FRAME.filter(pl.col("a") > 3), "kinds"),
        (lambda: FRAME.join(FRAME, left_on="a", right_on="b"), "types"),
        (lambda: pl.concat([FRAME.select("a"), FRAME.select(pl.col("b").alias("a"))]), "types"),
        (lambda: FRAME.with_columns(pl.Series("q", [1, 2, 3])), "shape"),
        (lambda: pl.concat([FRAME, FRAME.select("a")]), "shape"),
    ],
)
def test_the_usual_reasons(work: Callable[[], Any], code: str) -> None:
    with pytest.raises(pl.exceptions.PolarsError) as refused:
        work()
    reason = reason_of(refused.value)
    assert isinstance(reason, Phrase), reason
    assert reason.code == f"table.reason.{code}"


def test_others_are_quoted() -> None:
    assert reason_of(ValueError("one two.\n\nmore")) == "one two"
