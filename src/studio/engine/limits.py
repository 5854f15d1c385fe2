"""Rates of node types, and the cache of pure nodes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from studio.domain.durations import parse_duration
from studio.domain.status import Effect
from studio.domain.workflow import CachePolicy
from studio.engine import records as r
from studio.engine.encode import PARTS, blob_ids, encode_small, reference_ids
from studio.engine.plan import PlanNode
from studio.sdk import Rate

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.run import Run


class Rates:
    """Token buckets: at most so many runs per period for each credential, host or node; who is early waits.

    The wait is recorded, so that a long one leaves memory.
    """

    def __init__(self) -> None:
        self._next: dict[tuple[str, str], float] = {}

    async def admit(self, activity: Activity, option: PlanNode, rate: Rate, raw: dict[str, Any]) -> None:
        """Wait for a place; ``raw`` are the resolved params."""
        key = (option.type, self._who(rate.per, option, raw))
        gap = rate.period / rate.count
        now = activity.run.clock() / 1e6
        # A bucket that holds `count` runs: the earliest start lags the theoretical one by a full period at most.
        # Source: the generic cell rate algorithm (ITU-T I.371).
        theoretical = max(self._next.get(key, 0.0), now)
        self._next[key] = theoretical + gap
        start = theoretical - (rate.period - gap)
        if start > now:
            await activity.sleep_until(int(start * 1e6), "wait.rate")

    def _who(self, per: str, option: PlanNode, raw: dict[str, Any]) -> str:
        if per == "credential":
            return option.credential or ""
        if per == "host":
            return urlsplit(str(raw.get("url", ""))).hostname or ""
        return option.id


class Cache:
    """Outputs of pure nodes by their type, version and resolved params."""

    async def look(self, run: Run, option: PlanNode, raw: dict[str, Any]) -> tuple[Any, None] | None:
        """The cached outcome, None where there is none or the node does not cache."""
        if not self._applies(option):
            return None
        found = await run.engine.store.cached(run.workspace, self._key(option, raw))
        if found is None:
            return None
        form, payload = r.decode_facts(found)
        return await run.values.decode((form, payload)), None

    async def keep(self, run: Run, option: PlanNode, raw: dict[str, Any], output: Any, ports: Any) -> None:
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
            run.workspace, self._key(option, raw), r.encode_facts(encoded), int(ttl * 1e6), tuple(blobs)
        )

    def _applies(self, option: PlanNode) -> bool:
        return bool(option.spec.cache) and option.impl.effect is Effect.PURE and not option.per_item

    def _key(self, option: PlanNode, raw: dict[str, Any]) -> str:
        form, data = encode_small(raw)
        digest = hashlib.blake2b(digest_size=20)
        digest.update(f"{option.type}\0{option.impl.version}\0{form}\0".encode())
        digest.update(data)
        return digest.hexdigest()
