"""trigger.schedule."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.trigger.schedule import Schedule


async def test_examples(examples) -> None:
    await examples(Schedule)


@pytest.mark.parametrize(
    "cron",
    [
        "* * * * *",
        "*/5 0-6 1,15 jan-mar mon-fri",
        "0 8 L * *",
        "0 8 15W * *",
        "0 8 LW * *",
        "0 8 * * 5L",
        "0 8 * * mon#1",
        "@daily",
        "0 0 * * 7",
    ],
)
async def test_cron(cron) -> None:
    assert Schedule.input_model.model_validate({"cron": cron}).cron == cron


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "* * * * foo",
        "* * * * foo#1",
        "@never",
        "* * 32W * *",
        "* * * * mon#6",
        "1,,2 * * * *",
        "-1 * * * *",
        "* * * mon *",
        "١ * * * *",
    ],
)
async def test_what_is_no_cron(cron) -> None:
    with pytest.raises(ValidationError):
        Schedule.input_model.model_validate({"cron": cron})


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"cron": "@daily", "every": "5m"},
        {"every": "10ms"},
        {"every": "x"},
        {"cron": "@daily", "time_zone": "Nowhere"},
    ],
)
async def test_rules(params) -> None:
    with pytest.raises(ValidationError):
        Schedule.input_model.model_validate(params)
