"""Order among keys of one kind."""

from __future__ import annotations

from typing import Any, cast

from studio.sdk import Phrase, UserError, describe

_KINDS: dict[Any, str] = {
    int: Phrase("list.number", "number"),
    float: Phrase("list.number", "number"),
    str: Phrase("list.text", "text"),
    bool: Phrase("list.flag", "truth value"),
}


def sorted_positions(keys: list[Any], descending: list[bool], *, ignore_case: bool, nulls_first: bool) -> list[int]:
    """Positions of ``keys`` in order; equal keys keep theirs.

    A key that is a list orders by its first part, then its second, and so on; ``descending`` says it for each part, the
    last of it for all further ones. Nulls stand together at one end, whatever the direction.

    Raises:
        UserError: Keys of different kinds or lengths (``list.mixed_keys``), or of a kind that has no order.
    """
    order = list(range(len(keys)))
    columns = _columns(keys)
    for number in reversed(range(len(columns))):
        column = columns[number]
        _check_kinds(column)
        if ignore_case:
            column = [part.casefold() if isinstance(part, str) else part for part in column]
        present = [place for place in order if column[place] is not None]
        nulls = [place for place in order if column[place] is None]
        present.sort(key=column.__getitem__, reverse=descending[min(number, len(descending) - 1)])
        order = nulls + present if nulls_first else present + nulls
    return order


def _columns(keys: list[Any]) -> list[list[Any]]:
    parts = len(cast("list[Any]", keys[0])) if keys and isinstance(keys[0], list) else None
    if parts is None and not any(isinstance(key, list) for key in keys):
        return [keys]
    for index, key in enumerate(keys):
        if not isinstance(key, list) or len(cast("list[Any]", key)) != parts:
            raise UserError(
                "list.mixed_lengths",
                "`by` must give lists of one length for all items; for item {index} it gave something else.",
                index=index,
            )
    return [[key[number] for key in keys] for number in range(parts or 0)]


def _check_kinds(column: list[Any]) -> None:
    first: tuple[int, str] | None = None
    for index, part in enumerate(column):
        if part is None:
            continue
        kind = _KINDS.get(type(part))
        if kind is None:
            raise UserError(
                "list.no_order",
                "Item {index} cannot be ordered: `by` gave {found}; expected numbers, texts or truth values.",
                index=index,
                found=describe(part),
            )
        if first is None:
            first = (index, kind)
        elif first[1] != kind:
            raise UserError(
                "list.mixed_keys",
                "Items {first} and {second} cannot be ordered: `by` gave a {one} and a {other}.",
                first=first[0],
                second=index,
                one=first[1],
                other=kind,
            )
