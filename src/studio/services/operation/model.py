"""What is kept of operation: usage by day, quotas, egress exceptions, notices that were given. Sealed records."""

from __future__ import annotations

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What a workspace used on one day (UTC); its id is the day, such as ``2026-11-28``.

    ``cost`` and ``tokens`` are what nodes said they used; ``storage`` is the last measurement of that day, bytes.
    """

    executions: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    requests: int = 0
    tokens: int = 0
    cost: float = 0.0
    storage: int = 0


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What a workspace may use; None for as much as there is. Its id is the workspace, in the instance's records.

    Args:
        executions_per_day: Executions accepted on one day (UTC), called ones not counted.
        executions_per_month: In one month.
        concurrency: Executions that run at once; more wait in the queue.
        storage: Bytes of history, values and records.
        cost_per_month: AI spend as nodes report it.
        requests_per_day: Requests to the API.
    """

    executions_per_day: int | None = None
    executions_per_month: int | None = None
    concurrency: int | None = None
    storage: int | None = None
    cost_per_month: float | None = None
    requests_per_day: int | None = None


class Egress(msgspec.Struct, frozen=True, kw_only=True):
    """Private hosts that the nodes of a workspace may reach. Its id is the workspace, in the instance's records."""

    hosts: list[str] = []


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was told about once, so that it is not told again before it changes."""

    at: int = 0


class Shelf:
    """Where all of it is kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.used = Collection(records, "used", Used)
        self.quotas = Collection(records, "quota", Quota)
        self.egress = Collection(records, "egress", Egress)
        self.told = Collection(records, "told", Told)
