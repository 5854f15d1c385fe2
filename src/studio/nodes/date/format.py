"""date.format."""

from __future__ import annotations

from studio.nodes.date._locale import locale_of
from studio.nodes.date._moment import DateText, ZoneName, read
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError

_LENGTHS = ("short", "medium", "long", "full")


class Format(BaseNode):
    """Write a date as people of a country do.

    ``pattern`` is one of short, medium, long and full, or letters such as ``EEEE d MMMM yyyy, HH:mm`` (Unicode TR 35).
    """

    type = "date.format"
    title = "Format date"
    keywords = ("locale", "display", "strftime", "text", "human")
    effect = Effect.PURE

    class Input(NodeModel):
        date: DateText = Param(description="A day or a moment")
        pattern: str = Param("medium", min_length=1, max_length=200, description="How to write it")
        locale: str = Param("en", max_length=40, description="Language and country, such as fr, pt-BR or ar-EG")
        zone: ZoneName | None = Param(None, description="Time zone to show it in; its own without")

    class Output(NodeModel):
        text: str

    examples = (
        Example(
            title="French",
            input={"date": "2026-02-03", "pattern": "EEEE d MMMM yyyy", "locale": "fr"},
            output={"text": "mardi 3 février 2026"},
        ),
        Example(
            title="In another zone",
            input={"date": "2026-02-03T23:30:00Z", "pattern": "dd.MM. HH:mm", "zone": "Europe/Berlin"},
            output={"text": "04.02. 00:30"},
        ),
        Example(title="The usual way", input={"date": "2026-02-03", "locale": "de"}, output={"text": "03.02.2026"}),
        Example(title="No date", input={"date": "tomorrow"}, error="date.not_a_date"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        from babel.dates import format_date, format_datetime

        moment = read(input.date, input.zone, ctx)
        locale = locale_of(input.locale)
        try:
            if moment.day_only and input.pattern in _LENGTHS:
                return self.Output(text=format_date(moment.at.date(), input.pattern, locale))
            return self.Output(text=format_datetime(moment.at, input.pattern, locale=locale))
        except (KeyError, ValueError, AttributeError, IndexError) as error:
            raise UserError(
                "date.bad_format", "The pattern {pattern} cannot be written with.", pattern=repr(input.pattern)
            ) from error
