"""number.statistics."""

from __future__ import annotations

import math
from fractions import Fraction

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, PerItem, UserError, describe


class Statistics(BaseNode):
    """Describe a list of numbers: sum, mean, median, spread and quartiles. Nulls are counted apart.

    The standard deviation is the sample's (n - 1). Quartiles are interpolated between neighbours (R's type 7, as NumPy
    and spreadsheets do).
    """

    type = "number.statistics"
    title = "Statistics"
    keywords = ("mean", "average", "median", "deviation", "variance", "quartile", "describe", "min", "max")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="Numbers, or items with a number each")
        value: PerItem[int | float | None] | None = Param(None, description="The number of each item; the item without")

    class Output(NodeModel):
        count: int
        missing: int
        sum: int | float
        mean: float | None
        median: float | None
        stdev: float | None
        lowest: int | float | None
        highest: int | float | None
        quartile_1: float | None
        quartile_3: float | None

    examples = (
        Example(
            title="Four numbers",
            input={"items": [4, 1, None, 3, 2]},
            output={"count": 4, "missing": 1, "sum": 10, "mean": 2.5, "median": 2.5, "quartile_1": 1.75, "highest": 4},
        ),
        Example(title="No numbers", input={"items": []}, output={"count": 0, "sum": 0, "mean": None, "stdev": None}),
        Example(
            title="Of objects", input={"items": [{"é": 2}, {"é": 4}], "value": "{{ item['é'] }}"}, output={"mean": 3.0}
        ),
        Example(title="A text", input={"items": ["3"]}, error="number.item_not_a_number"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        numbers: list[int | float] = []
        for index, item in enumerate(input.items):
            if index % 1024 == 1023:
                await ctx.check_cancelled()
            number = item if input.value is None else input.value(item, index)
            if number is None:
                continue
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise UserError(
                    "number.item_not_a_number",
                    "Item {index} must be a number or null; it is {found}.",
                    index=index,
                    found=describe(number),
                )
            numbers.append(number)
        numbers.sort()
        count = len(numbers)
        total = _total(numbers)
        mean = total / count if count else None
        return self.Output(
            count=count,
            missing=len(input.items) - count,
            sum=total,
            mean=mean,
            median=_quantile(numbers, 0.5),
            stdev=_deviation(numbers, mean),
            lowest=numbers[0] if numbers else None,
            highest=numbers[-1] if numbers else None,
            quartile_1=_quantile(numbers, 0.25),
            quartile_3=_quantile(numbers, 0.75),
        )


def _total(numbers: list[int | float]) -> int | float:
    """The sum, exactly where all are whole.

    Raises:
        UserError: It does not fit 64 bits.
    """
    whole = not any(isinstance(number, float) for number in numbers)
    try:
        total = sum(numbers) if whole else _float_total(numbers)
    except OverflowError as error:
        raise UserError("number.too_large", "The numbers are too large to be added up.") from error
    if whole and not -(2**63) <= total < 2**63:
        raise UserError("number.too_large", "The numbers are too large to be added up.")
    return total


def _float_total(numbers: list[int | float]) -> float:
    try:
        return math.fsum(numbers)
    except OverflowError:  # perhaps only on the way
        return float(sum(map(Fraction, numbers)))


def _quantile(ordered: list[int | float], part: float) -> float | None:
    if not ordered:
        return None
    place = (len(ordered) - 1) * part
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = ordered[below], ordered[above]
    found = low + (high - low) * (place - below)
    # Between the largest floats of both signs the difference is out of range, the number in between is not.
    return found if math.isfinite(found) else low * (1 - place + below) + high * (place - below)


def _deviation(numbers: list[int | float], mean: float | None) -> float | None:
    if mean is None or len(numbers) < 2:
        return None
    largest = max(abs(number - mean) for number in numbers) or 1.0
    if not math.isfinite(largest):
        raise UserError("number.too_far_apart", "The numbers lie too far apart for their spread to be told.")
    # Squares of what is divided by the largest stay in range, however large or small the numbers are.
    squares = math.fsum(((number - mean) / largest) ** 2 for number in numbers)
    found = largest * math.sqrt(squares / (len(numbers) - 1))
    if not math.isfinite(found):
        raise UserError("number.too_far_apart", "The numbers lie too far apart for their spread to be told.")
    return found
