"""Commands start at once: what each of them must not import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "quakes.yaml"

HEAVY = {
    "alembic", "asyncpg", "attr", "duckdb", "h11", "httpx2", "jsonschema", "numpy", "opentelemetry", "polars", "psutil",
    "referencing", "rich", "sqlalchemy", "sqlite3",
}  # fmt: skip
STORE = {"apsw", "cryptography", "studio.storage", "studio.crypto", "zstandard"}
ENGINE = {"studio.engine", "studio.net", "studio.nodes"}
CATALOG = {"studio.catalog", "studio.sdk", "studio.validation", "studio.testing", "ruamel"}

COMMANDS = {
    "--help": {"typer", "pydantic", "msgspec", "asyncio", "re2", "orjson", *STORE, *ENGINE, *CATALOG},
    "--version": {"typer", "pydantic", "msgspec", "asyncio", "re2", "orjson", *STORE, *ENGINE, *CATALOG},
    "eval 1+1": {"asyncio", "studio.domain.workflow", *STORE, *ENGINE, *CATALOG},
    "nodes list": {"asyncio", "studio.expressions", "studio.domain.workflow", *STORE, *ENGINE},
    f"validate {EXAMPLE}": {*STORE, "studio.engine", "studio.net"},
    "executions list": {"studio.expressions", "studio.domain.workflow", *ENGINE, *CATALOG},
    f"run {EXAMPLE} --json": {"studio.testing"},
}

_PROGRAM = """
import json, sys
from studio.cli.main import main
code = main(sys.argv[1:])
sys.stderr.write("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


def imported_by(command: str, data: Path) -> set[str]:
    """The modules that a command has imported at its end, each with the packages that it lies in."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STUDIO_")}
    environment |= {"STUDIO_DATA": str(data), "STUDIO_CACHE": str(data.parent / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *command.split()],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
        cwd=data.parent,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr.rpartition("\n")[0]
    return set(modules)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one execution, beside a catalogue's index that is made."""
    folder = tmp_path_factory.mktemp("start") / "data"
    imported_by(f"run {EXAMPLE} --json", folder)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_not_imported(command: str, data: Path) -> None:
    assert imported_by(command, data) & (HEAVY | COMMANDS[command]) == set()


def test_only_the_packs_that_are_used_are_imported(data: Path) -> None:
    found = imported_by(f"run {EXAMPLE} --json", data)
    assert {name.split(".")[2] for name in found if name.startswith("studio.nodes.")} == {
        "files",
        "flow",
        "list",
        "text",
    }


def program(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program after some preparation."""
    text = f"import sys; from studio.cli.main import main; sys.argv = ['studio', *sys.argv[1:]]\n{source}\nmain()"
    return subprocess.run([sys.executable, "-c", text, *arguments], capture_output=True, text=True, check=False)


def test_the_end_of_the_program_loses_nothing() -> None:
    done = program("import atexit; atexit.register(print, 'registered')", "eval", "'x' * 100000")
    assert done.returncode == 0
    assert len(done.stdout) > 100_000
    assert done.stdout.endswith("\nregistered\n")
    assert program("", "eval", "nonsense(").returncode == 1


def test_the_program_waits_for_a_thread_that_works() -> None:
    late = "import threading; end = lambda: (threading.main_thread().join(), print('late'))"
    late += "; threading.Thread(target=end).start()"
    assert program(late, "--version").stdout.endswith("late\n")
