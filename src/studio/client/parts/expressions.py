"""The API of expressions. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class ExpressionsPart(Part):
    """Operations on expressions."""

    async def list_functions(self) -> m.FunctionsOut:
        """The functions and methods of the expression language, with examples."""
        return cast("m.FunctionsOut", await self.ask("GET", "/expressions/functions"))

    async def preview_expressions(self, body: m.PreviewIn) -> m.PreviewsOut:
        """What expressions give where they stand in a draft, on data of an execution, pinned data, or samples.

        Nothing runs and nothing is recorded. What is masked for everybody is masked before it is evaluated;
        there is no
        revealing here.
        """
        return cast("m.PreviewsOut", await self.ask("POST", "/expressions/preview", json=body))

    async def show_scope(self, body: m.ScopeIn) -> m.ScopeOut:
        """The names that an expression finds where it stands in a draft, with what is known of each, for
        completion.
        """
        return cast("m.ScopeOut", await self.ask("POST", "/expressions/scope", json=body))
