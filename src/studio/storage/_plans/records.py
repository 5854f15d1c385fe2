"""Small records: node state, cache, variables, credentials, workflow versions. Values arrive and leave sealed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple, TypeAlias

from studio.storage._driver import Kind
from studio.storage._plans.refs import add_refs, drop_refs, drop_refs_under
from studio.storage._statement import Plan, Request, Row, Statement


class StateChange(NamedTuple):
    """A compare-and-set of a node's state."""

    workspace: str
    key: str
    value: bytes | None
    expected: int
    blobs: tuple[str, ...]


class CacheEntry(NamedTuple):
    """An output to reuse, for ``ttl`` microseconds."""

    workspace: str
    key: str
    value: bytes
    ttl: int
    blobs: Sequence[str]


class StatesGone(NamedTuple):
    """The states of all nodes whose key begins like this."""

    workspace: str
    prefix: str


class Change(NamedTuple):
    """A record set to ``value``, or removed with None. ``about`` is the type of a credential, or yes for a secret."""

    workspace: str
    name: str
    value: bytes | None
    about: str


class Version(NamedTuple):
    """A workflow version."""

    workspace: str
    hash: str
    name: str
    document: bytes


_STATE = Statement("SELECT version, {bytes value} FROM node_state WHERE workspace = :workspace AND key = :key", fetch=2)
_STATE_NEW = Statement(
    "INSERT INTO node_state (workspace, key, version, value) VALUES (:workspace, :key, 1, :value)"
    " ON CONFLICT (workspace, key) DO NOTHING"
)
_STATE_SET = Statement(
    "UPDATE node_state SET version = version + 1, value = :value"
    " WHERE workspace = :workspace AND key = :key AND version = :expected"
)
_STATES_DROP = Statement(
    "DELETE FROM node_state WHERE workspace = :workspace AND substr(key, 1, length(:prefix)) = :prefix"
)
_CACHED = Statement(
    "SELECT {bytes value} FROM cache WHERE workspace = :workspace AND key = :key AND expires_at > {now}", fetch=1
)
_CACHE = Statement(
    "INSERT INTO cache (workspace, key, expires_at, value)"
    " SELECT u.workspace, u.key, {now} + u.ttl, u.value FROM {rows} WHERE TRUE"
    " ON CONFLICT (workspace, key) DO UPDATE SET expires_at = excluded.expires_at, value = excluded.value",
    rows="workspace text, key text, ttl bigint, value bytea",
)
_VARIABLES = Statement("SELECT name, {bytes value} FROM variables WHERE workspace = :workspace", fetch=2)
_VARIABLE_SET = Statement(
    "INSERT INTO variables (workspace, name, secret, value) VALUES (:workspace, :name, :about = 'yes', :value)"
    " ON CONFLICT (workspace, name) DO UPDATE SET secret = excluded.secret, value = excluded.value"
)
_VARIABLE_DROP = Statement("DELETE FROM variables WHERE workspace = :workspace AND name = :name")
_CREDENTIAL = Statement(
    "SELECT type, {bytes data} FROM credentials WHERE workspace = :workspace AND name = :name", fetch=2
)
_CREDENTIALS = Statement(
    "SELECT name, type FROM credentials WHERE workspace = :workspace ORDER BY name", fetch=2, packed=True
)
_CREDENTIAL_SET = Statement(
    "INSERT INTO credentials (workspace, name, type, data) VALUES (:workspace, :name, :about, :value)"
    " ON CONFLICT (workspace, name) DO UPDATE SET type = excluded.type, data = excluded.data"
)
_CREDENTIAL_DROP = Statement("DELETE FROM credentials WHERE workspace = :workspace AND name = :name")
_VERSION = Statement(
    "SELECT {bytes document} FROM workflow_versions WHERE workspace = :workspace AND hash = :hash", fetch=1
)
_VERSION_KEEP = Statement(
    "INSERT INTO workflow_versions (workspace, hash, name, document, created_at)"
    " SELECT u.workspace, u.hash, u.name, u.document, {now} FROM {rows} WHERE TRUE ON CONFLICT (workspace, hash)"
    " DO NOTHING",
    rows="workspace text, hash text, name text, document bytea",
)

Sealed: TypeAlias = bytes | None
_Ask: TypeAlias = Generator[Request, Any, Row | None]


def _first(request: Request) -> _Ask:
    rows: list[Row] = yield request
    return rows[0] if rows else None


def state(workspace: str, key: str) -> _Ask:
    """Version and sealed value of a node's state."""
    return _first(_STATE(workspace=workspace, key=key))


def cached(workspace: str, key: str) -> _Ask:
    """Sealed value of an unexpired cache entry."""
    return _first(_CACHED(workspace=workspace, key=key))


def credential(workspace: str, name: str) -> _Ask:
    """Type and sealed data of a credential."""
    return _first(_CREDENTIAL(workspace=workspace, name=name))


def version(workspace: str, hash: str) -> _Ask:
    """Sealed document of a workflow version."""
    return _first(_VERSION(workspace=workspace, hash=hash))


def variables(workspace: str) -> Plan[list[Row]]:
    """Name and sealed value of all variables."""
    return (yield _VARIABLES(workspace=workspace))


def credentials(workspace: str) -> Plan[list[Row]]:
    """Name and type of all credentials."""
    return (yield _CREDENTIALS(workspace=workspace))


def _set_state(items: Sequence[StateChange]) -> Plan[Sequence[bool]]:
    outcomes: list[bool] = []
    for item in items:
        outcomes.append((yield from change_state(item)))
    return outcomes


def change_state(item: StateChange) -> Plan[bool]:
    """Set a node's state where its version is the expected one; whether it was."""
    at = {"workspace": item.workspace, "key": item.key, "value": item.value}
    request = _STATE_SET(**at, expected=item.expected) if item.expected else _STATE_NEW(**at)
    changed: int = yield request
    if changed:
        yield from drop_refs("state", item.workspace, item.key)
        yield from add_refs(((item.workspace, item.key, blob) for blob in item.blobs), kind="state")
    return changed == 1


def _drop_states(items: Sequence[StatesGone]) -> Plan[Sequence[int]]:
    counts: list[int] = []
    for item in items:
        yield from drop_refs_under("state", item.workspace, item.prefix)
        counts.append((yield _STATES_DROP(workspace=item.workspace, prefix=item.prefix)))
    return counts


def _put_cached(items: Sequence[CacheEntry]) -> Plan[Sequence[None]]:
    latest = {(item.workspace, item.key): item for item in items}
    yield _CACHE([(item.workspace, item.key, item.ttl, item.value) for item in latest.values()])
    for item in latest.values():
        yield from drop_refs("cache", item.workspace, item.key)
    yield from add_refs(
        ((item.workspace, item.key, blob) for item in latest.values() for blob in item.blobs), kind="cache"
    )
    return [None] * len(items)


def _change(setting: Statement, dropping: Statement, item: Change) -> Plan[None]:
    at = {"workspace": item.workspace, "name": item.name}
    if item.value is None:
        yield dropping(**at)
    else:
        yield setting(**at, value=item.value, about=item.about)


def _set_variables(items: Sequence[Change]) -> Plan[Sequence[None]]:
    for item in items:
        yield from _change(_VARIABLE_SET, _VARIABLE_DROP, item)
    return [None] * len(items)


def _set_credentials(items: Sequence[Change]) -> Plan[Sequence[None]]:
    for item in items:
        yield from _change(_CREDENTIAL_SET, _CREDENTIAL_DROP, item)
    return [None] * len(items)


def _put_versions(items: Sequence[Version]) -> Plan[Sequence[None]]:
    yield _VERSION_KEEP(list({(item.workspace, item.hash): item for item in items}.values()))
    return [None] * len(items)


SET_STATE: Kind[StateChange, bool] = Kind("set node state", _set_state)
DROP_STATES: Kind[StatesGone, int] = Kind("drop node states", _drop_states)
PUT_CACHED: Kind[CacheEntry, None] = Kind("put cached", _put_cached)
SET_VARIABLE: Kind[Change, None] = Kind("set variable", _set_variables, tells=True)
SET_CREDENTIAL: Kind[Change, None] = Kind("set credential", _set_credentials, tells=True)
PUT_VERSION: Kind[Version, None] = Kind("put version", _put_versions, rank=0)
