"""The parts of a test run, made of the real ones. Each is imported when a node first needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.sdk import Dialer, HostFiles, HttpClient
from studio.testing._parts import CredentialLookup


class RealParts:
    """Implements ``Parts``."""

    def evaluate(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """See ``Parts``."""
        from studio.expressions import compile_value

        compiled = compile_value(value)
        return value if compiled is None else compiled.evaluate(scope)

    def per_item(self, source: str, scope: Mapping[str, Any]) -> tuple[Callable[[Any, int], Any], Any]:
        """See ``Parts``."""
        from studio.expressions import compile_expression

        expression = compile_expression(source)
        return expression.bind(scope), expression.tree

    def http(self, allow: Sequence[str], credentials: CredentialLookup) -> HttpClient:
        """See ``Parts``."""
        from studio.net import EgressClient, EgressPolicy

        return EgressClient(EgressPolicy(allow), credentials=credentials)

    def dial(self, allow: Sequence[str]) -> Dialer:
        """See ``Parts``."""
        from studio.net import EgressDialer, EgressPolicy

        return EgressDialer(EgressPolicy(allow))

    def files(self, folder: Path) -> HostFiles:
        """See ``Parts``."""
        from studio.sandbox.host_files import AllowedFiles

        return AllowedFiles(folder)
