"""Kinds of values, as parts of sentences: what was expected, what came."""

from __future__ import annotations

from studio.domain.phrases import Phrase

A_TEXT = Phrase("value.a_text", "a text")
A_NUMBER = Phrase("value.a_number", "a number")
WHOLE_NUMBER = Phrase("value.whole_number", "a whole number")
TRUE_OR_FALSE = Phrase("value.flag", "true or false")
A_LIST = Phrase("value.a_list", "a list")
AN_OBJECT = Phrase("value.object", "an object")
A_MAPPING = Phrase("value.mapping", "a mapping")
A_FILE = Phrase("value.file", "a file")
A_TABLE = Phrase("value.table", "a table")
A_DATE = Phrase("value.date", "a date such as 2024-05-31")
A_TIME = Phrase("value.datetime", "a date and time such as 2024-05-31T12:00:00Z")
TIME_OF_DAY = Phrase("value.time", "a time of day such as 12:30:00")
A_DURATION = Phrase("value.duration", "a duration such as PT1H30M, or a number of seconds")
A_UUID = Phrase("value.uuid", "a UUID")
AN_ADDRESS = Phrase("value.url", "an address such as https://example.org/path")
GIVEN_BY_A_NODE = Phrase("value.given", "a value that another node gives")
