"""Packs and node types: facts without importing, nodes at first use."""

from studio.catalog._catalog import Catalog
from studio.catalog._discover import Place
from studio.catalog._facts import CallFacts, NodeFacts, PackFacts, PackProblem, RateFacts, SlotFacts
from studio.catalog._strings import PackStrings

__all__ = [
    "CallFacts",
    "Catalog",
    "NodeFacts",
    "PackFacts",
    "PackProblem",
    "PackStrings",
    "Place",
    "RateFacts",
    "SlotFacts",
]
