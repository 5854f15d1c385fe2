"""What Pydantic finds wrong with a value, in Studio's own words, so that every language can say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from studio.domain import nouns
from studio.domain.phrases import Phrase, either, reason_of


def reason_for(finding: Mapping[str, Any]) -> str:
    """Why a value was refused: one of the entries of ``ValidationError.errors()``, as a part of a sentence."""
    context: Mapping[str, Any] = finding.get("ctx") or {}
    raised = context.get("error")
    if isinstance(raised, BaseException):
        return reason_of(raised)
    expected = expected_by(finding)
    if expected is not None:
        return Phrase("reason.expected", "should be {expected}", expected=expected)
    make = _LIMITS.get(str(finding["type"]))
    return make(context) if make is not None else str(finding["msg"])


_NOUNS: dict[str, Phrase] = {
    "string_type": nouns.A_TEXT,
    "string_unicode": nouns.A_TEXT,
    "int_type": nouns.WHOLE_NUMBER,
    "int_parsing": nouns.WHOLE_NUMBER,
    "int_from_float": nouns.WHOLE_NUMBER,
    "int_parsing_size": nouns.WHOLE_NUMBER,
    "float_type": nouns.A_NUMBER,
    "float_parsing": nouns.A_NUMBER,
    "decimal_type": nouns.A_NUMBER,
    "decimal_parsing": nouns.A_NUMBER,
    "finite_number": Phrase("value.finite", "a finite number"),
    "bool_type": nouns.TRUE_OR_FALSE,
    "bool_parsing": nouns.TRUE_OR_FALSE,
    "list_type": nouns.A_LIST,
    "tuple_type": nouns.A_LIST,
    "set_type": nouns.A_LIST,
    "frozen_set_type": nouns.A_LIST,
    "iterable_type": nouns.A_LIST,
    "dict_type": nouns.AN_OBJECT,
    "model_type": nouns.AN_OBJECT,
    "model_attributes_type": nouns.AN_OBJECT,
    "dataclass_type": nouns.AN_OBJECT,
    "mapping_type": nouns.AN_OBJECT,
    "date_type": nouns.A_DATE,
    "date_parsing": nouns.A_DATE,
    "date_from_datetime_parsing": nouns.A_DATE,
    "date_from_datetime_inexact": nouns.A_DATE,
    "datetime_type": nouns.A_TIME,
    "datetime_parsing": nouns.A_TIME,
    "datetime_from_date_parsing": nouns.A_TIME,
    "datetime_object_invalid": nouns.A_TIME,
    "time_type": nouns.TIME_OF_DAY,
    "time_parsing": nouns.TIME_OF_DAY,
    "time_delta_type": nouns.A_DURATION,
    "time_delta_parsing": nouns.A_DURATION,
    "uuid_type": nouns.A_UUID,
    "uuid_parsing": nouns.A_UUID,
    "url_type": nouns.AN_ADDRESS,
    "url_parsing": nouns.AN_ADDRESS,
}

_INSTANCES: dict[str, Phrase] = {
    "FileRef": Phrase("value.given_file", "a file that another node gives"),
    "TableRef": Phrase("value.given_table", "a table that another node gives"),
    "PerItem": Phrase("value.per_item", "an expression for each item"),
}


def expected_by(finding: Mapping[str, Any]) -> str | None:
    """What kind of value a finding asks for, None where it is about something else."""
    kind = str(finding["type"])
    context: Mapping[str, Any] = finding.get("ctx") or {}
    if kind == "is_instance_of":
        return _INSTANCES.get(str(context["class"]), nouns.GIVEN_BY_A_NODE)
    if kind in ("enum", "literal_error"):
        return _known(context["expected"])
    return "null" if kind == "none_required" else _NOUNS.get(kind)


_LIMITS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda at: Phrase("reason.at_least", "should be at least {limit}", limit=at["ge"]),
    "greater_than": lambda at: Phrase("reason.more_than", "should be more than {limit}", limit=at["gt"]),
    "less_than_equal": lambda at: Phrase("reason.at_most", "should be at most {limit}", limit=at["le"]),
    "less_than": lambda at: Phrase("reason.less_than", "should be less than {limit}", limit=at["lt"]),
    "multiple_of": lambda at: Phrase("reason.multiple", "should be a multiple of {of}", of=at["multiple_of"]),
    "string_too_short": lambda at: Phrase(
        "reason.text_too_short", "should have at least {count} characters", count=at["min_length"]
    ),
    "string_too_long": lambda at: Phrase(
        "reason.text_too_long", "should have at most {count} characters", count=at["max_length"]
    ),
    "too_short": lambda at: Phrase("reason.too_few", "should have at least {count} items", count=at["min_length"]),
    "too_long": lambda at: Phrase("reason.too_many", "should have at most {count} items", count=at["max_length"]),
    "string_pattern_mismatch": lambda at: Phrase(
        "reason.pattern", "should match the pattern {pattern}", pattern=at["pattern"]
    ),
    "union_tag_not_found": lambda at: Phrase(
        "reason.no_tag", "should say by {key} which kind it is", key=str(at["discriminator"]).strip("'")
    ),
    "union_tag_invalid": lambda at: Phrase(
        "reason.tag", "is of no known kind; {key} should be {known}",
        key=str(at["discriminator"]).strip("'"), known=_known(at["expected_tags"]),
    ),
    "missing": lambda _at: Phrase("reason.missing", "is missing"),
    "extra_forbidden": lambda _at: Phrase("reason.unknown", "is unknown here"),
    "timezone_aware": lambda _at: Phrase("reason.with_zone", "should name its time zone"),
    "timezone_naive": lambda _at: Phrase("reason.without_zone", "should name no time zone"),
}  # fmt: skip


def _known(written: object) -> str:
    """Pydantic's ``'a', 'b' or 'c'`` in the words of the language."""
    options = re.findall(r"'(?:[^'\\]|\\.)*'|[^\s,]+", str(written).replace(" or ", ", "))
    return either("`" + one.strip("'") + "`" for one in options) if options else str(written)
