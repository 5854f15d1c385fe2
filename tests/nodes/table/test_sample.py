"""table.sample."""

from __future__ import annotations

import io

import polars as pl

from studio.nodes.table.sample import Sample
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Sample)


async def test_the_same_seed_draws_the_same(run) -> None:
    rows = [{"n": n} for n in range(1000)]
    with NodeTester(Sample) as tester:
        results = [
            await tester.run({"table": rows, "rows": 10, "seed": seed, "shuffle": shuffle})
            for seed, shuffle in ((1, False), (1, False), (2, False), (1, True))
        ]
        drawn = [pl.read_ipc(io.BytesIO(tester.content(one.output["table"])))["n"].to_list() for one in results]
    assert drawn[0] == drawn[1] == sorted(drawn[0])
    assert drawn[0] != drawn[2]
    assert drawn[3] != sorted(drawn[3])
