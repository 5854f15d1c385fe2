"""Rates of node types, and the cache of pure nodes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from studio.domain.durations import parse_duration
from studio.domain.status import Effect
from studio.domain.workflow import CachePolicy
from studio.engine import records as r
from studio.engine.encode import PARTS, blob_ids, encode_small, reference_ids
from studio.engine.per_item import roots_of
from studio.engine.plan import PlanNode
from studio.expressions import SKIPPED
from studio.sdk import Rate

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.run import Run

_MOST_TURNS = 10_000
"""How many turns are kept before those are dropped that nobody came back for: cancelled, or driven elsewhere."""


class Rates:
    """Token buckets: at most so many runs per period for each credential, host or node; who is early waits.

    A long wait leaves memory; who comes back for its turn has it still, and does not queue again.
    """

    def __init__(self) -> None:
        self._next: dict[tuple[str, str], float] = {}
        self._turns: dict[tuple[str, str], float] = {}

    async def admit(self, activity: Activity, option: PlanNode, rate: Rate, raw: dict[str, Any]) -> None:
        """Wait for a place; ``raw`` are the resolved params."""
        mine = (activity.run.id, activity.path)
        now = activity.run.clock() / 1e6
        start = self._turns.get(mine)
        if start is None:
            start = self._next_start((option.type, self._who(rate.per, option, raw)), rate, now)
        if start > now:
            if len(self._turns) > _MOST_TURNS:
                self._turns = {who: when for who, when in self._turns.items() if when > now}
            self._turns[mine] = start
            await activity.sleep_until(int(start * 1e6), "wait.rate")
        self._turns.pop(mine, None)

    def _next_start(self, key: tuple[str, str], rate: Rate, now: float) -> float:
        # A bucket that holds `count` runs: the earliest start lags the theoretical one by a full period at most.
        # Source: the generic cell rate algorithm (ITU-T I.371).
        gap = rate.period / rate.count
        theoretical = max(self._next.get(key, 0.0), now)
        self._next[key] = theoretical + gap
        return theoretical - (rate.period - gap)

    def _who(self, per: str, option: PlanNode, raw: dict[str, Any]) -> str:
        if per == "credential":
            return option.credential or ""
        if per == "host":
            return urlsplit(str(raw.get("url", ""))).hostname or ""
        return option.id


class Cache:
    """Outputs of pure nodes by their type, version and resolved params.

    A param that is evaluated per item counts as it is written, with the values of the names that it refers to.
    """

    async def look(
        self, run: Run, option: PlanNode, raw: dict[str, Any], scope: Mapping[str, Any]
    ) -> tuple[Any, None] | None:
        """The cached outcome, None where there is none or the node does not cache."""
        if not self._applies(option):
            return None
        found = await run.engine.store.cached(run.workspace, self._key(option, raw, scope))
        if found is None:
            return None
        form, payload = r.decode_facts(found)
        return await run.values.decode((form, payload)), None

    async def keep(
        self, run: Run, option: PlanNode, raw: dict[str, Any], scope: Mapping[str, Any], output: Any, ports: Any
    ) -> None:
        """Keep an outcome."""
        if not self._applies(option) or ports is not None:
            return
        encoded = await run.values.encode(output, walk=option.any_output)
        blobs = {*blob_ids(encoded), *reference_ids(output)}
        if encoded[0] == PARTS:
            encoded = (PARTS, dict(encoded[1]))
        spec = option.spec.cache
        ttl = parse_duration(spec.ttl if isinstance(spec, CachePolicy) else CachePolicy().ttl)
        await run.engine.store.put_cached(
            run.workspace, self._key(option, raw, scope), r.encode_facts(encoded), int(ttl * 1e6), tuple(blobs)
        )

    def _applies(self, option: PlanNode) -> bool:
        # What is drawn per item differs from run to run, and is not seen in the key.
        drawn = option.per_item and option.needs_seed
        return bool(option.spec.cache) and option.impl.effect is Effect.PURE and not drawn

    def _key(self, option: PlanNode, raw: dict[str, Any], scope: Mapping[str, Any]) -> str:
        digest = hashlib.blake2b(digest_size=20)
        digest.update(f"{option.type}\0{option.impl.version}\0".encode())
        for part in (raw, *_written_per_item(option, scope)):
            form, data = encode_small(part)
            digest.update(f"{form}\0{len(data)}\0".encode())
            digest.update(data)
        return digest.hexdigest()


def _written_per_item(option: PlanNode, scope: Mapping[str, Any]) -> Iterator[Any]:
    """The per-item params as they are written, and what they refer to beside the item."""
    for name, value in sorted(option.per_item.items()):
        yield [name, option.spec.params[name]]
        for root in sorted(roots_of(value)):
            try:
                found = scope[root]
            except KeyError:
                continue  # the item itself, its index, a name of the expression's own
            yield [root, None if isinstance(found, SKIPPED) else found]
