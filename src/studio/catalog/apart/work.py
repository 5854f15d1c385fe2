"""What the process apart is asked: it imports a private pack, describes its node types, and calls their pure functions.

Runs there, and nowhere else.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any, cast, get_args

import msgspec
from pydantic import BaseModel, ValidationError

from studio.catalog._facts import NodeFacts
from studio.catalog._load import instantiate, own_package, pack_credentials
from studio.catalog.apart.described import Description, Field, Model, Pack, Type, told
from studio.catalog.apart.values import packed, unpacked
from studio.catalog.private import describe as describe_credentials
from studio.contracts.http import HttpRequest
from studio.domain.errors import StudioError, UserError
from studio.domain.phrases import Phrase, Refusal, plain_argument, reason_of
from studio.sdk import (
    BaseNode,
    NodeModel,
    TriggerNode,
    checked_effect,
    node_schema,
    per_item_shape,
    takes_items,
)

_DEEPEST = 5
_OWN = (
    "input_schema", "output_schema", "ports_of", "effect_of", "migrate", "prepare", "run", "run_many", "activate",
    "deactivate", "poll", "receive", "listen", "interval_of",
)  # fmt: skip
_nodes: dict[str, BaseNode] = {}
_seen: set[str] = set()


def digest_of(folder: str) -> str:
    """A digest of everything in a pack's folder that may be imported or read with it."""
    digest = hashlib.blake2b(digest_size=16)
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        for name in sorted(files):
            path = Path(place, name)
            content = b""
            with contextlib.suppress(OSError):
                content = path.read_bytes() if path.is_file() else b""
            digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode(errors="replace"))
            digest.update(content)
    return digest.hexdigest()


def _checked(pack: Pack) -> None:
    """Make the pack's own package, in a process that cannot look into the folder around it.

    Raises:
        UserError: The pack is not the one any more that was described.
    """
    if pack.digest in _seen:
        return
    if digest_of(pack.folder) != pack.digest:
        raise UserError(
            "catalog.pack_changed",
            "The pack {pack} has changed since Studio read it. Start Studio again to use it as it is now.",
            pack=pack.id,
        )
    _seen.add(pack.digest)
    folder = Path(pack.folder)
    own_package(f"{pack.module}.{pack.id}", folder)
    if pack.module not in sys.modules:
        first = folder / "__init__.py"
        spec = importlib.util.spec_from_file_location(
            pack.module, first if first.exists() else None, submodule_search_locations=[pack.folder]
        ) or ModuleSpec(pack.module, None, is_package=True)
        spec.submodule_search_locations = [pack.folder]
        sys.modules[pack.module] = importlib.util.module_from_spec(spec)
        if spec.loader is not None:
            spec.loader.exec_module(sys.modules[pack.module])


def node_of(pack: Pack, facts: bytes) -> BaseNode:
    """The node of a type of the pack.

    Raises:
        UserError: Its file cannot be used, or the pack is not the one any more that was described.
    """
    _checked(pack)
    known = msgspec.msgpack.decode(facts, type=NodeFacts)
    if known.type not in _nodes:
        _nodes[known.type] = instantiate(known, pack.folder)
    return _nodes[known.type]


def describe(pack: Any, facts: Sequence[bytes], credentials: Sequence[str]) -> bytes:
    """Everything that can be said of a pack without running its nodes."""
    place = msgspec.convert(pack, Pack)
    _checked(place)
    types: dict[str, Type] = {}
    for one in facts:
        known = msgspec.msgpack.decode(one, type=NodeFacts)
        try:
            types[known.type] = _type(node_of(place, one))
        except StudioError as error:
            types[known.type] = Type(error=told(error))
        except Exception as error:  # noqa: BLE001 - a pack's code may raise anything
            reason = reason_of(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
            types[known.type] = Type(
                error=("catalog.broken_node", "{type} cannot be used: {reason}", {"type": known.type, "reason": reason})
            )
    kinds, failure = None, None
    if credentials:
        try:
            kinds = describe_credentials(place.id, place.module, place.folder, credentials)
        except StudioError as error:
            failure = told(error)
    return msgspec.msgpack.encode(Description(types=types, credentials=kinds, credentials_error=failure))


def _type(node: BaseNode) -> Type:
    cls = type(node)
    shown = node_schema(cls)
    return Type(
        own=frozenset(name for name in _OWN if _own(cls, name)),
        input=_plain(shown["input"]), output=_plain(shown["output"]), event=_plain(shown.get("event", {})),
        input_model=_model(cls.input_model), output_model=_model(cls.output_model),
        event_model=_model(node.event_model) if isinstance(node, TriggerNode) else None,
        examples=_examples(cls), raw_params=tuple(cls.raw_params),
        source=getattr(cls, "source", ""), interval=float(getattr(cls, "interval", 60.0)),
    )  # fmt: skip


def _own(cls: type[BaseNode], name: str) -> bool:
    base = TriggerNode if issubclass(cls, TriggerNode) else BaseNode
    mine, given = getattr(cls, name, None), getattr(base, name, None)
    return getattr(mine, "__func__", mine) is not getattr(given, "__func__", given)


def _examples(cls: type[BaseNode]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for one in cls.examples:
        fields = {name: getattr(one, name) for name in one.__dataclass_fields__}
        try:
            out.append(packed({name: _untupled(value) for name, value in fields.items() if value is not None}))
        except StudioError:
            continue  # it cannot be shown elsewhere
    return out


def _untupled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _untupled(one) for key, one in cast("Mapping[str, Any]", value).items()}
    return [_untupled(one) for one in cast("list[Any]", value)] if isinstance(value, list | tuple) else value


def _plain(schema: Any) -> dict[str, Any]:
    found: Any = msgspec.json.decode(msgspec.json.encode(schema))
    if not isinstance(found, dict):
        raise TypeError("a schema must be an object")
    return cast("dict[str, Any]", found)


def _model(model: type[BaseModel], depth: int = 0) -> Model:
    fields = [_field(name, info, depth) for name, info in model.model_fields.items()]
    return Model(name=model.__name__, fields=fields)


def _field(name: str, info: Any, depth: int) -> Field:
    shape = per_item_shape(info.annotation)
    given: object = info.json_schema_extra
    extra = cast("dict[Any, Any]", given) if isinstance(given, dict) else {}
    return Field(
        name=name, alias=info.alias, required=info.is_required(),
        kind=shape or ("items" if takes_items(info) else "any"),
        models=[_model(one, depth + 1) for one in _models_in(info.annotation)] if depth < _DEEPEST else [],
        extra=_plain({key: value for key, value in extra.items() if isinstance(key, str)}),
    )  # fmt: skip


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _models_in(inner)]


def pure(pack: Any, facts: bytes, method: str, args: Sequence[Any]) -> Any:
    """What a pure function of a node type gives. ``fits`` and ``event`` validate, and give what is wrong.

    Raises:
        StudioError: As the function did, or it failed otherwise.
    """
    node = node_of(msgspec.convert(pack, Pack), facts)
    try:
        return packed(_PURE[method](node, *(unpacked(one, lambda _kind, found: found[0]) for one in args)))
    except StudioError:
        raise
    except Exception as error:
        raise UserError(
            "node.function_failed", "{method} of {type} failed: {kind}: {reason}.", method=method, type=node.type,
            kind=type(error).__name__, reason=reason_of(error)[:500],
        ) from error  # fmt: skip


def _fits(node: BaseNode, given: dict[str, Any]) -> Any:
    return _validated(node.input_model, given, dump=False)


def _output(node: BaseNode, given: dict[str, Any]) -> Any:
    return _validated(node.output_model, given, dump=False)


def _event(node: BaseNode, given: Any) -> Any:
    return _validated(cast("TriggerNode", node).event_model, given, dump=True)


def _validated(model: type[NodeModel], given: Any, *, dump: bool) -> Any:
    try:
        found = model.model_validate(given)
    except ValidationError as error:
        return {"errors": found_wrong(error)}
    return {"fields": found.model_dump(mode="json", by_alias=True) if dump else None}


def found_wrong(error: ValidationError) -> list[dict[str, Any]]:
    """The findings of Pydantic as plain data: kind, place, message, what it says of the limit, what came."""
    out: list[dict[str, Any]] = []
    for one in error.errors(include_url=False)[:1000]:
        context = dict(one.get("ctx") or {})
        raised = context.pop("error", None)
        reason = reason_of(raised) if isinstance(raised, BaseException) else None
        out.append({
            "type": one["type"], "loc": list(one["loc"]), "msg": one["msg"],
            "ctx": {key: value if isinstance(value, str | int | float | bool) else str(value)
                    for key, value in context.items()},
            "reason": plain_argument(reason) if isinstance(reason, Phrase) else reason,
        })  # fmt: skip
    return out


def applied(pack: Any, credentials: Sequence[str], type_id: str, request: Any, data: dict[str, Any]) -> Any:
    """A request with a credential whose scheme is the pack's own code."""
    place = msgspec.convert(pack, Pack)
    _checked(place)
    kind = pack_credentials(place.id, place.module, place.folder, credentials)[type_id]
    made = kind.apply(msgspec.convert(request, HttpRequest), data)
    return msgspec.to_builtins(made, builtin_types=(bytes,))


def _effect(node: BaseNode, given: dict[str, Any]) -> str:
    return str(checked_effect(node, node.input_model.model_validate(given)))


def _input_schema(node: BaseNode, params: dict[str, Any]) -> Any:
    return _plain(node.input_schema(params))


def _output_schema(node: BaseNode, params: dict[str, Any]) -> Any:
    return _plain(node.output_schema(params))


def _ports(node: BaseNode, params: dict[str, Any]) -> list[str]:
    return list(node.ports_of(params))


def _migrated(node: BaseNode, params: dict[str, Any], version: int) -> Any:
    return node.migrate(params, version)


def _interval(node: BaseNode, params: dict[str, Any]) -> float:
    return float(cast("TriggerNode", node).interval_of(node.input_model.model_validate(params)))


_PURE: dict[str, Any] = {
    "fits": _fits, "output": _output, "event": _event, "effect_of": _effect, "input_schema": _input_schema,
    "output_schema": _output_schema, "ports_of": _ports, "migrate": _migrated, "interval_of": _interval,
}  # fmt: skip
