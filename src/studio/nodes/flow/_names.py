"""Names that containers give to their items."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from studio.domain.workflow import check_node_id
from studio.sdk import Refusal


def _check_item_name(value: str) -> str:
    if value == "item":
        return value
    try:
        return check_node_id(value)
    except ValueError:
        raise Refusal(
            "flow.bad_item_name",
            "{name} cannot name the item: use a-z, 0-9 and _, starting with a letter, and no reserved word",
            name=repr(value[:60]),
        ) from None


ItemName = Annotated[str, AfterValidator(_check_item_name)]
"""What the item is called inside a container: ``item``, or a word that could name a node."""
