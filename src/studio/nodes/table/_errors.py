"""Errors of the pack that several nodes raise."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

from studio.sdk import UserError

_LONGEST = 300


def check_columns(wanted: Iterable[str], present: Sequence[str]) -> None:
    """Refuse names that are no columns.

    Raises:
        UserError: Names the first one and columns of a similar name.
    """
    known = set(present)
    for name in wanted:
        if name not in known:
            close = get_close_matches(name, present, n=3)
            hint = f"near: {', '.join(close)}" if close else f"it has {', '.join(present[:20]) or 'no columns'}"
            raise UserError("table.unknown_column", "The table has no column {column}; {hint}.", column=name, hint=hint)


@contextmanager
def explained(code_action: str) -> Generator[None]:
    """Turn what polars refuses into an error that names the action.

    Raises:
        UserError: The library refuses the data.
    """
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, OverflowError, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split("\n\n")[0].split())[:_LONGEST]
        raise UserError(
            "table.refused", "The table cannot be {action}: {reason}.", action=code_action, reason=reason.rstrip(".")
        ) from error
