"""Long lists that are read as they are needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Set
from typing import Any

_NEEDED = ("__len__", "__getitem__", "__iter__")
_OTHERS = (str, bytes, bytearray, memoryview, list, Mapping, Set)


class LazyItems(ABC):
    """A list of plain values kept elsewhere, in pages. Reading an item may read its page; nothing is changed.

    Every class with these three methods counts as one, lists, texts, mappings and sets apart; it need not inherit.
    Expressions take it wherever they take a list, and read slices of a few hundred items at a time.
    """

    __slots__ = ()

    @abstractmethod
    def __len__(self) -> int:
        """Number of items, without reading them."""

    @abstractmethod
    def __getitem__(self, key: int | slice) -> Any:
        """One item (IndexError beyond the ends), or a sequence for a slice."""

    @abstractmethod
    def __iter__(self) -> Iterator[Any]:
        """All items in order."""

    @classmethod
    def __subclasshook__(cls, subclass: type, /) -> bool:
        if cls is not LazyItems:
            return NotImplemented
        if issubclass(subclass, _OTHERS):
            return False
        return all(any(name in base.__dict__ for base in subclass.__mro__) for name in _NEEDED)
