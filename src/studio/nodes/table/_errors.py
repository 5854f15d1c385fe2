"""Errors of the pack that several nodes raise."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

from studio.nodes.table._polars import reason_of
from studio.sdk import Phrase, UserError


def check_columns(wanted: Iterable[str], present: Sequence[str]) -> None:
    """Refuse names that are no columns.

    Raises:
        UserError: Names the first one and columns of a similar name.
    """
    known = set(present)
    for name in wanted:
        if name not in known:
            close = get_close_matches(name, present, n=3)
            raise UserError(
                "table.unknown_column", "The table has no column {column}; {hint}.",
                column=name, hint=_hint(close, present),
            )  # fmt: skip


def _hint(close: Sequence[str], present: Sequence[str]) -> Phrase:
    if close:
        return Phrase("table.near", "near: {names}", names=", ".join(close))
    if present:
        return Phrase("table.has", "it has {names}", names=", ".join(present[:20]))
    return Phrase("table.no_columns", "it has no columns")


@contextmanager
def explained(action: str) -> Generator[None]:
    """Turn what polars refuses into an error that names the action.

    Raises:
        UserError: The library refuses the data.
    """
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, OverflowError, pl.exceptions.PanicException) as error:
        raise UserError(
            "table.refused", "The table cannot be {action}: {reason}.", action=action, reason=reason_of(error)
        ) from error
