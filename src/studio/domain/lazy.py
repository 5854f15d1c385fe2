"""Long lists that are read as they are needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any


class LazyItems(ABC):
    """A list of plain values kept elsewhere, in pages. Reading an item may read its page; nothing is changed.

    Expressions take it wherever they take a list, and read slices of a few hundred items at a time.
    """

    @abstractmethod
    def __len__(self) -> int:
        """Number of items, without reading them."""

    @abstractmethod
    def __getitem__(self, key: int | slice) -> Any:
        """One item (IndexError beyond the ends), or a plain list for a slice."""

    @abstractmethod
    def __iter__(self) -> Iterator[Any]:
        """All items in order."""
