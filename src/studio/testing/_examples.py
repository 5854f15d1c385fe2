"""Running a node's examples and comparing what comes."""

from __future__ import annotations

import inspect
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import msgspec

from studio.domain.values import FileRef, TableRef
from studio.sdk import GENERIC_CREDENTIALS, BaseNode, ControlNode, CredentialType, Example, takes_items
from studio.testing._parts import Parts
from studio.testing._plain import NodeContractError, listed
from studio.testing._postgres import SetupMissingError, postgres
from studio.testing._server import LoopbackServer
from studio.testing._tester import NodeResult, NodeTester

EngineRunner = Callable[..., Any]
"""``runner(workflow, folder=path)`` runs a workflow document whose files lie in ``folder``, sync or async; its result
has ``status``, ``output`` and ``error`` (with ``code``)."""

_BODIES = frozenset({"body", "catch", "finally"})


class ExampleResult(msgspec.Struct, kw_only=True, frozen=True):
    """How one example went: ``status`` is ``passed``, ``failed`` or ``skipped``, with the reason. Time in seconds."""

    type: str
    index: int
    title: str
    status: str
    reason: str = ""
    seconds: float = 0.0


async def run_example(
    node: BaseNode,
    index: int,
    *,
    parts: Parts | None = None,
    engine_runner: EngineRunner | None = None,
    credential_types: Mapping[str, CredentialType] | None = None,
) -> ExampleResult:
    """Run one example of a node in a folder of its own, and say whether it gives what it promises."""
    example = node.examples[index]
    started = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="studio-example-"))

    def result(status: str, reason: str = "") -> ExampleResult:
        return ExampleResult(
            type=node.type,
            index=index,
            title=example.title,
            status=status,
            reason=reason,
            seconds=time.perf_counter() - started,
        )

    try:
        if isinstance(node, ControlNode):
            if engine_runner is None:
                return result("skipped", "it is executed by the engine, and there is none here")
            await _check_by_engine(node, example, folder, engine_runner)
        else:
            await _check(node, example, folder / "plain", parts, credential_types, chunked=False)
            if any(takes_items(info) for info in node.input_model.model_fields.values()):
                await _check(node, example, folder / "chunked", parts, credential_types, chunked=True)
    except SetupMissingError as error:
        return result("skipped", str(error))
    except AssertionError as error:
        return result("failed", str(error))
    except Exception as error:  # noqa: BLE001 - whatever a node raises beside its own errors is its failure
        return result("failed", f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return result("passed")


async def _check(
    node: BaseNode,
    example: Example,
    folder: Path,
    parts: Parts | None,
    credential_types: Mapping[str, CredentialType] | None,
    *,
    chunked: bool,
) -> None:
    tester = NodeTester(node, folder=folder, parts=parts)
    async with _surroundings(example) as (server, scope):
        scope["files"] = {
            name: tester.file(content, Path(name).name) for name, content in example.files.items()
        } | dict(scope.get("files", {}))
        allow = [f"127.0.0.1:{server.port}"] if server else []
        if "postgres" in scope:
            allow.append(f"{scope['postgres']['host']}:{scope['postgres']['port']}")
        result = await tester.run(
            _fill(example.input, server),
            scope=scope,
            files=example.files,
            allow_hosts=allow,
            credential=None if example.credential is None else _fill(example.credential, server),
            credential_type=_credential_type(node, example, server, credential_types),
            workflows=example.workflows,
            tables=example.tables,
            chunked=chunked,
        )
    _compare(example, result, tester)


@asynccontextmanager
async def _surroundings(example: Example) -> AsyncGenerator[tuple[LoopbackServer | None, dict[str, Any]]]:
    """The server and the services that an example needs, and its scope."""
    scope = dict(example.scope)
    async with AsyncExitStack() as stack:
        server = None
        if example.server:
            server = await stack.enter_async_context(LoopbackServer(example.server))
            scope["server"] = server.url
        if example.setup == "postgres":
            scope["postgres"] = await stack.enter_async_context(postgres())
        elif example.setup is not None:
            raise SetupMissingError(f"there is no set-up called {example.setup!r}")
        yield server, scope


def _fill(value: Any, server: LoopbackServer | None) -> Any:
    """The input with ``{server}`` replaced."""
    if isinstance(value, str):
        return value.replace("{server}", server.url) if server else value
    if isinstance(value, Mapping):
        return {key: _fill(one, server) for key, one in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_fill(one, server) for one in cast("list[Any]", value)]
    return value


def _credential_type(
    node: BaseNode,
    example: Example,
    server: LoopbackServer | None,
    known: Mapping[str, CredentialType] | None,
) -> CredentialType | None:
    """The type that the node declares, allowed to go to the example's server instead of the real hosts."""
    types = {**GENERIC_CREDENTIALS, **(known or {})}
    found = next((types[id] for id in node.credentials if id in types), None)
    if found is None or server is None or example.credential is None:
        return found
    return replace(found, hosts=(f"127.0.0.1:{server.port}",))


def _compare(example: Example, result: NodeResult, tester: NodeTester) -> None:
    _compare_error(example, result.error)
    if example.output is not None:
        compare(example.output, listed(result.output), "output", tester)
    if example.port is not None and example.port not in result.ports:
        raise NodeContractError(f"left by {', '.join(result.ports) or 'the default port'} instead of {example.port}")
    _compare_files(example, tester.files)
    for name, rows in example.tables_after.items():
        compare(rows, result.tables.get(name), f"the data table {name}", tester)


def _compare_error(example: Example, error: Any) -> None:
    code = getattr(error, "code", None)
    if example.error is None and error is not None:
        raise NodeContractError(f"failed with {code}: {getattr(error, 'message', error)}")
    if example.error is not None and code != example.error:
        raise NodeContractError(f"should fail with {example.error}, but {f'failed with {code}' if code else 'did not'}")


def _compare_files(example: Example, folder: Path) -> None:
    for name, expected in example.files_after.items():
        path = folder / name
        if not path.is_file():
            raise NodeContractError(f"there is no file {name} afterwards")
        found = path.read_bytes()
        if found != (expected.encode() if isinstance(expected, str) else expected):
            raise NodeContractError(f"the file {name} holds {found[:200]!r} afterwards")


def compare(expected: Any, found: Any, place: str, tester: NodeTester | None = None) -> None:
    """Hold a value against what an example promises; dicts may promise fewer keys than there are.

    Files and tables are compared by their facts: ``name``, ``size``, ``media_type``, ``text`` or ``bytes``; ``rows``,
    ``columns``, ``items``.

    Raises:
        NodeContractError: Names the place and both values.
    """
    if isinstance(found, FileRef | TableRef) and isinstance(expected, Mapping):
        found = _file_facts(found, cast("Mapping[str, Any]", expected), tester)
    if isinstance(expected, Mapping) and isinstance(found, dict):
        for key, one in cast("Mapping[str, Any]", expected).items():
            if key not in found:
                raise NodeContractError(f"{place} has no {key!r}")
            compare(one, found[key], f"{place}.{key}", tester)
    elif isinstance(expected, list | tuple) and isinstance(found, list):
        wanted, given = list(cast("list[Any]", expected)), cast("list[Any]", found)
        if len(wanted) != len(given):
            raise NodeContractError(f"{place} has {len(given)} entries instead of {len(wanted)}: {given!r:.300}")
        for index, (one, other) in enumerate(zip(wanted, given, strict=True)):
            compare(one, other, f"{place}[{index}]", tester)
    elif not _same(expected, found):
        raise NodeContractError(f"{place} is {found!r:.300} instead of {expected!r:.300}")


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, float) and isinstance(found, float):
        return abs(expected - found) <= 1e-9 * max(1.0, abs(expected))
    return expected == found and isinstance(expected, bool) == isinstance(found, bool)


def _file_facts(ref: FileRef | TableRef, expected: Mapping[str, Any], tester: NodeTester | None) -> dict[str, Any]:
    if isinstance(ref, FileRef):
        facts: dict[str, Any] = {"name": ref.name, "size": ref.size, "media_type": ref.media_type}
        if tester and ("text" in expected or "bytes" in expected):
            content = tester.content(ref)
            facts |= {"bytes": content, "text": content.decode("utf-8", "replace")}
        return facts
    facts = {"rows": ref.rows, "columns": [list(column) for column in ref.columns]}
    if tester and "items" in expected:
        facts["items"] = _table_items(tester.content(ref))
    return facts


def _table_items(content: bytes) -> list[dict[str, Any]]:
    import io

    import polars  # an extra: only examples with tables need it

    return polars.read_ipc(io.BytesIO(content)).to_dicts()  # pyright: ignore[reportUnknownMemberType]  # its annotation leaves the values open


async def _check_by_engine(node: ControlNode, example: Example, folder: Path, runner: EngineRunner) -> None:
    """Let the engine run a workflow that consists of the node, and a marker behind each of its ports."""
    for name, content in example.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    ran = runner(example_workflow(node, example), folder=folder)
    result = await ran if inspect.isawaitable(ran) else ran
    _compare_error(example, result.error)
    if result.error is None:
        output = listed(result.output)
        if example.output is not None:
            compare(example.output, output["output"], "output")
        if example.port is not None and not output["ports"].get(example.port):
            taken = [port for port, carried in output["ports"].items() if carried]
            raise NodeContractError(f"left by {', '.join(taken) or 'the default port'} instead of {example.port}")
    _compare_files(example, folder)


def example_workflow(node: ControlNode, example: Example) -> dict[str, Any]:
    """The workflow document that runs an example of a control node."""
    placed: dict[str, Any] = {"type": node.type, "params": dict(example.input)}
    if example.body is not None:
        several = bool(example.body) and set(example.body) <= _BODIES
        placed |= dict(example.body) if several else {"body": dict(example.body)}
    nodes: dict[str, Any] = {"example": placed}
    ports = node.ports_of(dict(example.input))
    for port in ports:
        nodes[f"at_{port}"] = {"type": "flow.set", "params": {"values": {"taken": True}}}
    return {
        "studio": 1,
        "name": "example",
        "inputs": {name: {} for name in example.scope.get("inputs", {})},
        "nodes": nodes,
        "edges": [f"example.{port} -> at_{port}" for port in ports],
        "output": {
            "output": "{{ example }}",
            "ports": {port: f"{{{{ default(at_{port}.values.taken, false) }}}}" for port in ports},
        },
    }
