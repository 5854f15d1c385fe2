"""Builds one command from its module."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol

import typer


class Command(Protocol):
    """What is used of the command that Typer builds."""

    params: list[Any]
    help: str | None

    def get_help(self, ctx: Any) -> str:
        """The whole help."""
        ...

    def main(self, *, args: list[str], prog_name: str, standalone_mode: bool) -> Any:
        """Parse and run; returns what the command's function returned."""
        ...


def build(name: str, module: str) -> Command:
    """The command ``name`` from the function ``command`` of ``module``."""
    app = typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.command(name=name.split()[-1])(import_module(module).command)
    return typer.main.get_command(app)
