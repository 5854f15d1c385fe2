"""The command line's reference is what the program says."""

from studio.cli._commands import COMMANDS
from tools import cli_docs


def test_the_committed_page_is_current() -> None:
    assert cli_docs.TARGET.read_text(encoding="utf-8") == cli_docs.reference()


def test_every_command_stands_in_it() -> None:
    page = cli_docs.reference()
    assert all(f"# studio {name}\n" in page for name in COMMANDS)
