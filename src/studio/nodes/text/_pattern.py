"""Regular expressions that run in time linear in the text (RE2)."""

from __future__ import annotations

import importlib
from typing import Any

from studio.domain.reasons import regex_reason
from studio.sdk import UserError

LONGEST_PATTERN = 10_000
_MEMORY = 8 * 1024 * 1024


def compile_pattern(pattern: str, *, ignore_case: bool = False, literal: bool = False) -> Any:
    """A compiled pattern of RE2's syntax: no look-around, no back-references.

    Raises:
        UserError: It is no pattern of this syntax (``text.bad_pattern``), or compiles to more than 8 MiB.
    """
    re2: Any = importlib.import_module("re2")  # it has no types
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    options.case_sensitive = not ignore_case
    options.literal = literal
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise UserError(
            "text.bad_pattern",
            "The pattern {pattern} cannot be used: {reason}. Look-around and back-references do not exist here.",
            pattern=pattern[:200],
            reason=regex_reason(error),
        ) from error
