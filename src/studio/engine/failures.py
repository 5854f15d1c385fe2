"""Errors of node runs: from whatever a node raises to the tree of errors, and to what is recorded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

from pydantic import ValidationError

from studio.domain.durations import parse_duration
from studio.domain.errors import (
    ErrorClass,
    ExpressionError,
    InDoubt,
    NodeError,
    NodeStopped,
    NodeTimeout,
    ProviderError,
    StudioError,
)
from studio.domain.phrases import Phrase, plain_argument, spoken_argument
from studio.domain.workflow import RetryPolicy
from studio.engine.api import ErrorInfo
from studio.engine.plan import PlanNode
from studio.expressions import compile_value
from studio.sdk import input_invalid

_PROGRAMMING = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
)

LEFT_ALONE = (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit)
"""What is no failure of a node's code; anything else is, ``sys.exit()`` and panics of native libraries included."""

_LONGEST = 4000
"""Characters of a text within an error that are recorded."""


class Stop(Exception):
    """``flow.stop`` ends the execution. ``error`` is None where it ends well."""

    def __init__(self, output: Any, error: StudioError | None) -> None:
        super().__init__("stop")
        self.output = output
        self.error = error


def stopped(outcome: Mapping[str, Any], path: str) -> Stop:
    """How ``flow.stop`` at a path ends its execution, from what it recorded: status, message and output."""
    error: NodeError | None = None
    if outcome["status"] == "failed":
        error = NodeStopped("flow.stopped", "The workflow stopped itself: {message}", message=outcome["message"])
        error.at(path)
    return Stop(outcome["output"], error)


def as_error(error: BaseException, node: PlanNode) -> StudioError:
    """The error of the tree for whatever a node raised.

    Connection trouble and unknown exceptions may go away on another attempt; programming errors do not.
    """
    if isinstance(error, StudioError):
        return error
    model = node.impl.input_model
    if isinstance(error, ValidationError) and error.title == (model.model_config.get("title") or model.__name__):
        return input_invalid(node.type, error, model)
    if isinstance(error, asyncio.TimeoutError | TimeoutError):
        return NodeTimeout("node.timeout_inside", "{type} waited too long for something.", type=node.type)
    out: NodeError
    if isinstance(error, OSError):
        out = ProviderError(
            "node.os_error", "{type} could not reach what it needs: {reason}.", type=node.type, reason=str(error)
        )
    else:
        out = NodeError(
            "node.crashed",
            "{type} failed unexpectedly: {kind}: {reason}.",
            type=node.type,
            kind=type(error).__name__,
            reason=str(error)[:500],
        )
        if not isinstance(error, _PROGRAMMING):
            out.classification = ErrorClass.TRANSIENT
    out.__cause__ = error
    return out


def blamed(error: StudioError, node: PlanNode, scope: Mapping[str, Any]) -> StudioError:
    """The error with the param whose expression it came from: params are evaluated all together."""
    if error.param is not None or not isinstance(error, ExpressionError):
        return error
    for name, written in node.spec.params.items():
        compiled = None if name in node.per_item else compile_value(written)
        if compiled is None:
            continue
        try:
            compiled.evaluate(scope)
        except StudioError as found:
            if found.code == error.code:
                return error.at(param=name)
        except Exception:  # noqa: BLE001, S112 - what is not at hand, such as parts of long lists, tells nothing here
            continue
    return error


def error_facts(error: StudioError) -> dict[str, Any]:
    """Plain form for the journal and for the name ``error`` in expressions."""
    facts: dict[str, Any] = {
        "code": error.code,
        "message": _storable(error.message),
        "node": error.node,
        "param": error.param,
        "template": error.template,
        "args": {key: _storable(plain_argument(value)) for key, value in error.arguments.items()},
        "classification": str(error.classification),
    }
    if isinstance(error, ProviderError):
        facts["status"] = error.status
        facts["retry_after"] = error.retry_after
    return facts


def _storable(value: Any) -> Any:
    """What an error says, as the journal can hold it whatever it quotes: wide numbers and odd texts included."""
    if isinstance(value, str):
        return value[:_LONGEST].encode(errors="replace").decode()
    if isinstance(value, dict):
        return {key: _storable(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return f"{value:.3e}" if value.bit_length() < 1000 else f"2^{value.bit_length()}"
    return value


def error_from_facts(facts: Mapping[str, Any]) -> StudioError:
    """An error as it was recorded."""
    arguments = {key: spoken_argument(value) for key, value in facts.get("args", {}).items()}
    error = NodeError(facts["code"], facts.get("template") or facts["message"], **arguments)
    error.classification = ErrorClass(facts.get("classification", "permanent"))
    error.node, error.param = facts.get("node"), facts.get("param")
    return error


def error_info(facts: Mapping[str, Any] | None) -> ErrorInfo | None:
    """The public form of recorded facts."""
    if facts is None:
        return None
    known = ("code", "message", "node", "param", "template", "args", "classification", "retry_after")
    info = ErrorInfo(**{key: facts[key] for key in known if facts.get(key) is not None})
    info.args = {key: spoken_argument(value) for key, value in info.args.items()}
    return info


def why_cancelled(reason: str | None) -> str:
    """The reason given with a cancellation, as a part of a sentence: Studio's own ones in every language."""
    return _REASONS.get(reason or "", reason or "")


_REASONS: dict[str, str] = {
    "": Phrase("execution.no_reason", "no reason was given"),
    "interrupted": Phrase("execution.interrupted", "interrupted"),
    "parent ended": Phrase("execution.parent_ended", "the execution that called it has ended"),
}


def is_in_doubt(error: StudioError) -> bool:
    """Whether the effect may have happened although the attempt failed."""
    return isinstance(error, NodeTimeout | InDoubt) or (isinstance(error, ProviderError) and error.in_doubt)


def may_retry(policy: RetryPolicy, error: StudioError, attempt: int, spent: float) -> bool:
    """Whether another attempt is due after ``attempt`` failed ones and ``spent`` seconds since the first began."""
    if attempt >= policy.max_attempts or spent >= parse_duration(policy.max_total):
        return False
    if policy.on is not None:
        return error.classification in policy.on
    return error.classification.retryable


def retry_delay(policy: RetryPolicy, error: StudioError, attempt: int) -> float:
    """Seconds before the next attempt: exponential backoff with full jitter, Retry-After as a lower bound.

    Source: Brooker, "Exponential Backoff and Jitter" (2015), the variant called full jitter.
    """
    ceiling = min(parse_duration(policy.max_delay), parse_duration(policy.first_delay) * policy.factor ** (attempt - 1))
    delay = random.uniform(0, ceiling)  # noqa: S311 - spreads load, hides nothing
    asked = error.retry_after if isinstance(error, ProviderError) else None
    return max(delay, asked) if asked is not None else delay
