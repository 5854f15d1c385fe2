"""Committing batches on one connection, through its loss."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from studio.domain.errors import LeaseLost, StorageError, StorageUnavailable
from studio.domain.ids import new_id
from studio.storage._driver import Again, Kind, Operation, Result, by_rank
from studio.storage._plans.append import APPEND, Appending
from studio.storage.postgres._connect import Server, Trial
from studio.storage.postgres._errors import is_again, is_environment, is_lost, translate
from studio.storage.postgres._session import run
from studio.storage.postgres._typed import Connection

_AGAIN_ROUNDS = 20


# Each transaction leaves its receipt in the writer's own row, which stays locked until the transaction is over. (The
# number of the transaction would not do: a server that crashes forgets numbers, and gives them to others.)
_RECEIPT = (
    "INSERT INTO commits (writer, receipt, written_at) VALUES ($1, $2, extract(epoch FROM clock_timestamp()) * 1000000)"
    " ON CONFLICT (writer) DO UPDATE SET receipt = excluded.receipt, written_at = excluded.written_at"
)
# Waits until a transaction that has the row is over. One that is about to make the row is waited for, too.
_LAST_RECEIPT = (
    "INSERT INTO commits (writer, receipt, written_at) VALUES ($1, '', extract(epoch FROM clock_timestamp()) * 1000000)"
    " ON CONFLICT (writer) DO UPDATE SET written_at = excluded.written_at RETURNING receipt"
)
_FORGET = (
    "DELETE FROM commits WHERE writer = $1"
    " OR written_at < extract(epoch FROM clock_timestamp()) * 1000000 - 604800000000"
)


class _InDoubt(Exception):
    """The connection was lost while a commit was on its way: it may have happened."""

    def __init__(self, receipt: str, results: list[Result]) -> None:
        super().__init__(receipt)
        self.receipt = receipt
        self.results = results


class Writer:
    """Owns the writing connection."""

    def __init__(self, server: Server, connection: Connection) -> None:
        self._server = server
        self._connection = connection
        self._id = new_id()
        self._has_row = False

    async def commit(self, batch: Sequence[Operation], told: Callable[[Sequence[Result]], None]) -> None:
        """Carry out operations in as few transactions as their kinds allow.

        Args:
            batch: The operations.
            told: Gets the results of each transaction as soon as it is over: whoever waits for an acknowledgement need
                not wait for the others.
        """
        together: list[Operation] = []
        for kind, operations in by_rank(batch):
            if not kind.alone:
                together += operations
                continue
            if together:
                told(await self._settle(together))
                together = []
            told(await self._settle(operations))
        if together:
            told(await self._settle(together))

    async def close(self) -> None:
        """Close the connection."""
        if self._connection.is_closed():
            return
        try:
            if self._has_row:
                await self._connection.execute(_FORGET, self._id)
            await self._connection.close()
        except Exception as error:
            if not is_lost(error):
                raise translate(error, self._server.name) from error
            self._connection.terminate()

    async def _settle(self, batch: Sequence[Operation]) -> list[Result]:
        try:
            return await self._persist(batch)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            refusal = translate(error, self._server.name)
            return [(operation.future, refusal) for operation in batch]

    async def _persist(self, batch: Sequence[Operation]) -> list[Result]:
        """Commit, reconnecting where needed, until patience is over."""
        trial = self._server.trial()
        lost = False
        for _ in range(_AGAIN_ROUNDS):
            try:
                if self._connection.is_closed():
                    lost = True
                    await self._reconnect(trial)
                if len(batch) == 1 and batch[0].kind is APPEND and _is_single(batch[0].item):
                    return [await self._append(batch[0], lost)]
                return await self._transaction(batch)
            except _InDoubt as doubt:
                lost = True
                await self._reconnect(trial)
                if await self._happened(doubt.receipt, trial):
                    return doubt.results
            except Exception as error:
                if is_lost(error):
                    lost = True
                    self._connection.terminate()
                    if trial.over:
                        raise
                    continue
                if not (is_again(error) or isinstance(error, Again)):
                    raise
        raise StorageUnavailable(
            "storage.contended", "The database at {server} is too contended to write.", server=self._server.name
        )

    async def _reconnect(self, trial: Trial) -> None:
        self._connection.terminate()
        while True:
            try:
                self._connection = await self._server.connect(bounded=True)
                return
            except StorageError:
                if not await trial.pause():
                    raise

    async def _happened(self, receipt: str, trial: Trial) -> bool:
        """Whether a transaction whose commit got no answer was committed."""
        while True:
            try:
                return await self._connection.fetchval(_LAST_RECEIPT, self._id) == receipt
            except Exception as error:
                if not is_lost(error) and not is_again(error):
                    raise
            if not await trial.pause():
                raise StorageUnavailable(
                    "storage.commit_unknown",
                    "The connection to {server} was lost during a commit, and its outcome cannot be learnt.",
                    server=self._server.name,
                )
            await self._reconnect(trial)

    async def _append(self, operation: Operation, lost: bool) -> Result:
        """One statement, one round trip: it is a transaction by itself.

        After a loss it may have been carried out, or still be on its way, so the row is looked up by its digest: before
        appending again, and once more where that says that the sequence is taken.
        """
        if lost and await self._is_there(operation.item):
            return operation.future, None
        try:
            outcome = await run(self._connection, APPEND.plan([operation.item]))
        except LeaseLost as error:
            there = lost and await self._is_there(operation.item)
            return operation.future, None if there else error
        except Exception as error:
            if is_lost(error) or is_again(error) or is_environment(error):
                raise
            return operation.future, translate(error, self._server.name)
        return operation.future, outcome[0]

    async def _is_there(self, item: Appending) -> bool:
        digest = await self._connection.fetchval(
            "SELECT sha256(payload) FROM journal WHERE execution_id = $1 AND seq = $2",
            item.segment.execution_id,
            item.segment.seq,
        )
        return digest == hashlib.sha256(item.sealed).digest()

    async def _transaction(self, batch: Sequence[Operation]) -> list[Result]:
        try:
            return await self._together(batch)
        except Exception as error:
            if isinstance(error, _InDoubt | Again) or is_lost(error) or is_again(error) or is_environment(error):
                raise
            if len(batch) == 1:
                return [(batch[0].future, translate(error, self._server.name))]
        return await self._one_by_one(batch)

    async def _together(self, batch: Sequence[Operation]) -> list[Result]:
        results: list[Result] = []
        receipt = await self._begin()
        try:
            for kind, operations in by_rank(batch):
                outcomes = await run(self._connection, kind.plan([operation.item for operation in operations]))
                results += zip((operation.future for operation in operations), outcomes, strict=True)
        except Exception as error:
            await self._roll_back(error)
            raise
        await self._end(receipt, results)
        return results

    async def _one_by_one(self, batch: Sequence[Operation]) -> list[Result]:
        """Each in a savepoint of its own, so that only the culprit is refused; still one commit."""
        results: list[Result] = []
        receipt = await self._begin()
        try:
            for kind, operations in by_rank(batch):
                for operation in operations:
                    results.append((operation.future, await self._alone(kind, operation)))
        except Exception as error:
            await self._roll_back(error)
            raise
        await self._end(receipt, results)
        return results

    async def _alone(self, kind: Kind[Any, Any], operation: Operation) -> Any:
        await self._connection.execute("SAVEPOINT one")
        try:
            outcome = (await run(self._connection, kind.plan([operation.item])))[0]
        except Exception as error:
            if isinstance(error, Again) or is_lost(error) or is_again(error) or is_environment(error):
                raise
            await self._connection.execute("ROLLBACK TO SAVEPOINT one")
            outcome = translate(error, self._server.name)
        await self._connection.execute("RELEASE SAVEPOINT one")
        return outcome

    async def _begin(self) -> str:
        receipt = new_id()
        await self._connection.execute("BEGIN")
        await self._connection.execute(_RECEIPT, self._id, receipt)
        self._has_row = True
        return receipt

    async def _end(self, receipt: str, results: list[Result]) -> None:
        try:
            await self._connection.execute("COMMIT")
        except Exception as error:
            if is_lost(error):
                raise _InDoubt(receipt, results) from error
            raise

    async def _roll_back(self, cause: Exception) -> None:
        """End a transaction that failed. On a connection that is lost, or does not answer, nothing more is asked."""
        try:
            if not is_lost(cause):
                await self._connection.execute("ROLLBACK")
                return
        except Exception as error:
            if not is_lost(error):
                raise
        self._connection.terminate()


def _is_single(item: Appending) -> bool:
    """Whether appending it is one statement."""
    return not item.segment.taken and not item.segment.blobs and item.state is None
