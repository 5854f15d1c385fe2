"""The function library. Importing this package fills the tables of ``studio.expressions._registry``."""

from studio.expressions.library import (
    checks,
    convert,
    dates,
    encode,
    lists,
    methods,
    missing,
    numbers,
    objects,
    queries,
    regex,
    seeded,
    text,
)  # fmt: skip

__all__ = [
    "checks", "convert", "dates", "encode", "lists", "methods", "missing", "numbers", "objects", "queries", "regex",
    "seeded", "text",
]  # fmt: skip
