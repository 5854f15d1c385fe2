"""What a test run of a node is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.bootstrap._host import policy

if TYPE_CHECKING:
    from studio.contracts.files import HostFiles
    from studio.contracts.http import Dialer, HttpClient


class NodeParts:
    """What a test run of a node is made of: the same expressions, client and files that the engine gives."""

    def evaluate(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """A param value with its expressions evaluated."""
        from studio.expressions import compile_value

        compiled = compile_value(value)
        return value if compiled is None else compiled.evaluate(scope)

    def per_item(self, source: str, scope: Mapping[str, Any]) -> tuple[Callable[[Any, int], Any], Any]:
        """A per-item expression as a function, and its portable tree."""
        from studio.expressions import compile_expression

        expression = compile_expression(source)
        return expression.bind(scope), expression.tree

    def http(self, allow: Sequence[str], credentials: Any) -> HttpClient:
        """A client that reaches ``allow`` beside public addresses."""
        from studio.net import EgressClient

        return EgressClient(policy(allow), credentials=credentials)

    def dial(self, allow: Sequence[str]) -> Dialer:
        """The same for what is not HTTP."""
        from studio.net import EgressDialer

        return EgressDialer(policy(allow))

    def files(self, folder: Path) -> HostFiles:
        """The files of one folder."""
        from studio.sandbox.host_files import AllowedFiles

        return AllowedFiles(folder)
