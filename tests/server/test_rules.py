"""What holds for every operation of the API, by its description: nothing is left to whoever adds a route."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from studio.domain.errors import UserError
from studio.server._paging import page_of
from studio.server.app import API
from tools.client import description

DOCUMENT = description()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (path.removeprefix(API), method, operation)
    for path, item in sorted(DOCUMENT["paths"].items())
    for method, operation in item.items()
    if path.startswith(API)
]


def answers(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers of an operation by status, references followed."""
    common = DOCUMENT["components"]["responses"]
    return {
        status: common[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }


LOCALES = Path(__file__).parents[2] / "src/studio/i18n/locales"

WHOLE = {
    "list_backups": "a setting says how many are kept",
    "list_credential_types": "as many as the installed packs bring",
    "list_functions": "those of the expression language",
    "list_identity_providers": "50 can be set up",
    "list_pinned": "200 nodes of a draft can be pinned",
    "list_roles": "a workspace makes 100 beside those built in",
    "list_shapes": "a few words for each installed node type; the editor tells by all of them what fits a wire",
    "list_sign_in_ways": "the identity providers that are active; the page to sign in shows a button for each",
    "show_breakpoints": "200 can be set",
    "list_workers": "as many as there are processes",
    "show_presence": "200 tabs are shown",
}
"""Lists that are given whole, and what bounds each."""

NEWEST = frozenset({"list_in_doubt", "show_queue"})
"""What is at the head of something, up to ``limit``."""

UNEDITED = frozenset({"set_breakpoints", "set_own_notices", "give_break_glass", "change_session"})
"""Changes of what belongs to the caller alone, or is merely on or off: there is no revision to lose."""

ONCE = frozenset(
    {
        "make_account_reset_link", "make_member_reset_link", "approve_execution", "cancel_execution",
        "continue_execution", "decide_execution", "edit_execution", "pause_execution", "step_execution",
        "resume_execution", "signal_execution", "join", "ask_email_change",
        "enrol_second_factor", "sign_in", "ask_reset", "second_step", "set_up",
    }
)  # fmt: skip
"""POSTs with 201 or 202 that are harmless to repeat, or whose answer is a secret that must not be kept."""


def names(operation: dict[str, Any]) -> set[str]:
    """The parameters of an operation."""
    return {param["name"] for param in operation.get("parameters", ())}


def schema_of(content: dict[str, Any]) -> dict[str, Any]:
    """The schema of JSON, references followed."""
    schema = cast("dict[str, Any]", content.get("application/json", {}).get("schema", {}))
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def test_names_are_used_once() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids)) > 200


def test_a_list_pages_by_cursor_or_is_whole() -> None:
    whole: set[str] = set()
    for path, method, operation in OPERATIONS:
        answer = schema_of(operation["responses"].get("200", {}).get("content", {}))
        assert answer.get("type") != "array", path  # nothing could be added beside the items
        fields = answer.get("properties", {})
        if method != "get" or "items" not in fields:
            assert "cursor" not in names(operation), path
            continue
        given = names(operation) & {"cursor", "limit", "after"}
        if operation["operationId"] in NEWEST:
            assert given == {"limit"}
        elif "next" in fields:
            assert given == {"cursor", "limit"}, path
        elif given != {"after", "limit"}:  # a log that is followed by its own numbers
            assert given == set(), path
            whole.add(operation["operationId"])
    assert whole == WHOLE.keys()


def test_what_is_edited_has_a_revision() -> None:
    for path, method, operation in OPERATIONS:
        if method in ("put", "patch") and operation["operationId"] not in UNEDITED:
            assert "If-Match" in names(operation), path
            assert "ETag" in operation["responses"]["200"]["headers"], path


def test_what_makes_something_can_be_repeated() -> None:
    for path, method, operation in OPERATIONS:
        if method == "post" and {"201", "202"} & operation["responses"].keys():
            assert ("Idempotency-Key" in names(operation)) != (operation["operationId"] in ONCE), path


EVERYWHERE = (
    "400", "401", "403", "404", "409", "412", "413", "415", "421", "422", "429", "431", "500", "503",
)  # fmt: skip
"""Failures that any operation may answer with."""


@pytest.mark.parametrize("status", [*EVERYWHERE, "408"])
def test_failures_are_problems_with_a_code(status: str) -> None:
    codes = tomllib.loads((LOCALES / "fr.toml").read_text("utf-8"))["errors"]
    for path, _, operation in OPERATIONS:
        if status == "408" and "requestBody" not in operation and "Idempotency-Key" not in names(operation):
            assert status not in operation["responses"], path
            continue
        answer = answers(operation)[status]
        assert "application/problem+json" in answer["content"], path
        assert "application/json" not in answer["content"], path
        shown = answer["content"]["application/problem+json"]["example"]
        assert shown["status"] == int(status)
        assert shown["code"] in codes
        assert answer["description"] != "Problem"
        if status in ("429", "503"):
            assert "Retry-After" in answer["headers"]


def test_codes_of_failures_are_named_by_status() -> None:
    codes = tomllib.loads((LOCALES / "fr.toml").read_text("utf-8"))["errors"]
    named = {operation["operationId"]: operation["x-error-codes"] for _, _, operation in OPERATIONS}
    for path, _, operation in OPERATIONS:
        for status, listed in operation["x-error-codes"].items():
            assert set(listed) <= codes.keys(), path
            assert not set(listed) & set(DOCUMENT["x-error-codes"].get(status, ())), path
            assert "application/problem+json" in answers(operation)[status]["content"], path
    assert set(DOCUMENT["x-error-codes"]) <= {*EVERYWHERE, "408"}
    assert "access.missing_permission" in DOCUMENT["x-error-codes"]["403"]
    assert {"folder.name_taken", "folder.too_deep"} <= set(named["create_folder"]["409"])
    assert "data_table.required" in named["insert_rows"]["422"]
    assert "record.changed" in named["change_workflow"]["412"]
    assert "request.cursor" in named["list_workflow_tags"]["422"]


def test_every_answer_tells_of_limits_and_its_request() -> None:
    for path, method, operation in OPERATIONS:
        for status, answer in answers(operation).items():
            told = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-Id"}
            if status in ("421", "431"):  # the edge answers, before anybody counts
                told = {"X-Request-Id"}
                assert "RateLimit-Limit" not in answer["headers"]
            assert told <= answer["headers"].keys(), (path, method, status)


def test_everything_is_described_with_examples_that_fit() -> None:
    for path, method, operation in OPERATIONS:
        assert operation.get("description"), path
        assert operation.get("tags"), path
        bodies = [operation.get("requestBody", {})]
        bodies += [answer for status, answer in answers(operation).items() if status.startswith("2")]
        for body in bodies:
            content = body.get("content", {}).get("application/json")
            if content is None:
                continue
            assert content.get("schema") is not None, (path, method)
            whole = {**content["schema"], "components": {"schemas": SCHEMAS}}
            validator: Any = jsonschema.Draft202012Validator(whole)
            validator.validate(content["example"])


def test_every_good_answer_says_what_it_holds() -> None:
    for path, method, operation in OPERATIONS:
        for status, answer in answers(operation).items():
            if status.startswith("2") and status != "204":
                assert answer.get("content"), (path, method, status)


def test_a_list_at_hand_is_paged_without_gaps_or_repetitions() -> None:
    names = [f"n{number}" for number in range(7)]
    for limit in range(1, 9):
        found: list[str] = []
        cursor: str | None = None
        while True:
            page, cursor = page_of(names, str, cursor, limit)
            found += page
            if cursor is None:
                break
        assert found == names
    first, cursor = page_of(names, str, None, 3)
    assert first == names[:3]
    # What stood before is gone, or new things stand before it: nothing is given twice, nothing left out.
    assert page_of(names[1:], str, cursor, 3)[0] == names[3:6]
    assert page_of(["a", *names], str, cursor, 3)[0] == names[3:6]
    assert page_of([one for one in names if one != "n2"], str, cursor, 3)[0] == names[3:6]
    with pytest.raises(UserError):
        page_of(names, str, "nonsense", 3)
