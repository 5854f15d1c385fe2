"""YAML events from ruamel.yaml, a third faster than by its own classes.

They ask for the same few attributes hundreds of thousands of times per file through properties; here these are plain
attributes, and text without line breaks is passed over in one step. What is read stays the same; a test compares the
events of both.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (ruamel.yaml declares only part of its types)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner, ScannerError

_LONGEST_TAG = 1_000


class _QuickReader(Reader):
    def forward(self, length: int = 1) -> None:
        end = self.pointer + length
        if end + 1 < len(self.buffer):
            passed = self.buffer[self.pointer : end]
            if "\n" not in passed and "\r" not in passed and "\ufeff" not in passed:
                self.pointer = end
                self.index += length
                self.column += length
                return
        super().forward(length)


class _QuickScanner(Scanner):
    reader: Any = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a property there, looked up each time

    def __init__(self, loader: Any = None) -> None:
        self.reader = loader.reader
        super().__init__(loader)

    def need_more_tokens(self) -> bool:
        if self.done:
            return False
        if not self.tokens:
            return True
        if not self.possible_simple_keys:
            return False
        self.stale_possible_simple_keys()
        return self.next_possible_simple_key() == self.tokens_taken

    def check_token(self, *choices: Any) -> bool:
        if not self.tokens or self.possible_simple_keys:
            while self.need_more_tokens():
                self.fetch_more_tokens()
        return bool(self.tokens) and (not choices or isinstance(self.tokens[0], choices))

    def scan_tag_uri(self, name: Any, start_mark: Any) -> Any:
        # The library takes time quadratic in its length.
        begin = self.reader.pointer
        if not any(char in " \t\r\n\0" for char in self.reader.buffer[begin : begin + _LONGEST_TAG]):
            raise ScannerError(None, None, f"a tag has at most {_LONGEST_TAG} characters", self.reader.get_mark())
        return super().scan_tag_uri(name, start_mark)


class _QuickParser(Parser):
    scanner: Any = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a property there, looked up each time

    def __init__(self, loader: Any) -> None:
        self.scanner = loader.scanner
        super().__init__(loader)


def yaml_events(text: str) -> Iterator[Any]:
    """The events of ``text``, lazily, so that a reader can stop at a limit.

    Raises:
        ruamel.yaml.error.YAMLError: The text is not YAML.
    """
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Reader, yaml.Scanner, yaml.Parser = _QuickReader, _QuickScanner, _QuickParser
    return yaml.parse(text)
