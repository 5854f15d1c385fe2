"""Where a workflow asks for a commit after every node, a kill repeats the node under way and nothing else."""

from __future__ import annotations

import asyncio
import random
from itertools import groupby
from pathlib import Path

from studio.domain.status import ExecutionStatus
from tests.faults.graphs import node
from tests.faults.harness import until
from tests.faults.test_effects import workflow
from tests.faults.test_kills import SEED
from tests.faults.test_stale import Place, place

__all__ = ["place"]

NODES = 800
KILLS = 6


async def test_a_kill_repeats_the_node_under_way_alone(place: Place) -> None:
    print(f"seed {SEED}; another with STUDIO_FAULT_SEED")
    rng = random.Random(SEED)
    values = ["{{ 0 }}", *(f"{{{{ n{i - 1}.value }}}}" for i in range(1, NODES))]
    nodes = {
        f"n{i}": node("fault.trace", {"log": "{{ inputs.log }}", "value": value}) for i, value in enumerate(values)
    }
    id = await place.accept(workflow(nodes, f"{{{{ n{NODES - 1}.value }}}}", settings={"acknowledge": "node"}))
    trail = place.folder / "log.txt"
    for _kill in range(KILLS):
        before = length(trail)
        driver = place.start("--lease", "0.5", "--hang", "0.5")

        async def goes_on(before: int = before) -> bool:
            return length(trail) > before

        await until(goes_on, 60, "a driver goes on")
        await asyncio.sleep(rng.uniform(0.0, 0.08))
        await driver.kill()
    place.start("--lease", "0.5", "--hang", "0.5")
    assert (await place.ended(id, 60)).status is ExecutionStatus.SUCCEEDED
    lines = [line.split() for line in trail.read_text().splitlines()]
    following = 0
    for _pid, of_one in groupby(lines, key=lambda line: line[0]):
        values = [int(value) for _, value in of_one]
        assert values[0] in (following, following - 1), "what was committed ran again, or was left out"
        assert values == list(range(values[0], values[0] + len(values)))
        following = values[-1] + 1
    assert following == NODES
    assert len({pid for pid, _ in lines}) == KILLS + 1


def length(trail: Path) -> int:
    return trail.stat().st_size if trail.exists() else 0
