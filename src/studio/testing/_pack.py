"""Running the examples of whole packs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from studio.domain.errors import StudioError
from studio.sdk import BaseNode, CredentialType
from studio.testing._examples import EngineRunner, ExampleResult, run_example
from studio.testing._parts import Parts


class PackLike(Protocol):
    """What is asked of a pack's facts here."""

    @property
    def types(self) -> Sequence[str]:
        """Its node types."""
        ...

    @property
    def problems(self) -> Sequence[Any]:
        """What is wrong with it."""
        ...

    @property
    def missing(self) -> Sequence[str]:
        """Modules that it requires and that are not installed."""
        ...


class CatalogLike(Protocol):
    """What is asked of the catalogue here."""

    def pack(self, name: str) -> PackLike:
        """Facts of a pack."""
        ...

    def load(self, type_id: str) -> BaseNode:
        """The node of a type."""
        ...

    def credential_types(self) -> Mapping[str, CredentialType]:
        """Every known credential type by id."""
        ...


async def check_pack(
    pack: str,
    catalog: CatalogLike,
    *,
    types: Iterable[str] | None = None,
    parts: Parts | None = None,
    engine_runner: EngineRunner | None = None,
) -> list[ExampleResult]:
    """Run every example of a pack, or of some of its types.

    A node without an example, and one that cannot be loaded, count as failed; a pack whose library is missing as
    skipped. ``count`` sums the results up.
    """
    facts = catalog.pack(pack)
    results: list[ExampleResult] = []
    wanted = list(facts.types if types is None else types)
    for problem in facts.problems:
        if types is None or problem.type in wanted:
            results.append(_result(problem.type or pack, "failed", problem.message))
    for type_id in wanted:
        if type_id not in facts.types:
            continue
        if facts.missing:
            results.append(_result(type_id, "skipped", f"{', '.join(facts.missing)} is not installed"))
            continue
        try:
            node = catalog.load(type_id)
        except StudioError as error:
            results.append(_result(type_id, "failed", error.message))
            continue
        if not node.examples:
            results.append(_result(type_id, "failed", "it has no example"))
        for index in range(len(node.examples)):
            results.append(
                await run_example(
                    node,
                    index,
                    parts=parts,
                    engine_runner=engine_runner,
                    credential_types=catalog.credential_types() if node.credentials else None,
                )
            )
    return results


def _result(type_id: str, status: str, reason: str) -> ExampleResult:
    return ExampleResult(type=type_id, index=-1, title="", status=status, reason=reason)


def count(results: Iterable[ExampleResult]) -> dict[str, int]:
    """How many passed, failed and were skipped."""
    out = {"passed": 0, "failed": 0, "skipped": 0}
    for result in results:
        out[result.status] += 1
    return out
