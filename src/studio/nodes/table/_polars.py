"""What polars says, in words of Studio's own where it is one of the usual things, so that it can be translated."""

from __future__ import annotations

import re
from collections.abc import Callable

from studio.domain.phrases import Phrase

_LONGEST = 300


def reason_of(error: BaseException) -> str:
    """Why polars refuses something: a phrase for the usual reasons, its own first sentence for others."""
    said = " ".join(str(error).split("\n\n")[0].split())
    for pattern, phrase in _KNOWN:
        found = pattern.match(said)
        if found is not None:
            return phrase(found)
    return said[:_LONGEST].rstrip(".")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


_KNOWN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"conversion from `(.+?)` to `(.+?)` failed in column '(.*?)' for (\d+) out of \d+ values: (.*)"),
        lambda found: Phrase(
            "table.reason.conversion", "in column {column} these values ({count}) cannot become {kind}: {values}",
            column=found[3], count=int(found[4]), kind=found[2], values=_short(found[5]),
        ),
    ),
    (
        re.compile(r"could not parse `(.*?)` as dtype `(.+?)` at column '(.*?)'"),
        lambda found: Phrase(
            "table.reason.parse", "{value} in column {column} cannot become {kind}",
            value=_short(found[1]), column=found[3], kind=found[2],
        ),
    ),
    (
        re.compile(r"unable to find column \"(.*?)\"|\"?(.+?)\"? not found\b"),
        lambda found: Phrase("table.reason.no_column", "there is no column {column}", column=found[1] or found[2]),
    ),
    (
        re.compile(r"column (?:with name )?'(.*?)' (?:is duplicate|has more than one occurrence)"),
        lambda found: Phrase("table.reason.twice", "there are two columns {column}", column=found[1]),
    ),
    (
        re.compile(r"found more fields than defined"),
        lambda found: Phrase("table.reason.ragged", "a line has more fields than the first one"),
    ),
    (re.compile(r"empty (?:CSV|data)"), lambda found: Phrase("table.reason.empty", "there is nothing in it")),
    (re.compile(r"invalid utf-?8", re.IGNORECASE), lambda found: Phrase("table.reason.utf8", "it is not UTF-8")),
    (
        re.compile(r"parquet: File out of spec|.*out-of-spec.*", re.IGNORECASE),
        lambda found: Phrase("table.reason.parquet", "it is no Parquet file, or a damaged one"),
    ),
    (
        re.compile(r".*does not support nested data"),
        lambda found: Phrase("table.reason.nested", "a column holds lists or objects"),
    ),
    (
        re.compile(r"`?'?(\w+)'?`? (?:operation )?not supported for dtype:? `?([^`]+)`?"),
        lambda found: Phrase(
            "table.reason.unsupported", "{operation} does not go with values of type {kind}",
            operation=found[1], kind=found[2].strip(),
        ),
    ),
    (
        re.compile(r"arithmetic on dtypes (\S+) and (\S+) is not allowed|cannot compare (.+?) with (.+)"),
        lambda found: Phrase(
            "table.reason.kinds", "values of the types {one} and {other} do not go together",
            one=found[1] or found[3], other=found[2] or found[4],
        ),
    ),
    (
        re.compile(r"type (\S+) is incompatible with expected type (\S+)|datatypes of join keys don't match"),
        lambda found: Phrase("table.reason.types", "columns that belong together are of different types"),
    ),
    (
        re.compile(r"can't broadcast Series|unable to append to a DataFrame of width"),
        lambda found: Phrase("table.reason.shape", "the numbers of rows or columns differ"),
    ),
)  # fmt: skip
