"""``studio bench``: run benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DbOption, DebugOption, JsonOption, LangOption, database
from studio.cli._say import Voice
from studio.cli._terminal import table, write, write_error, write_json

if TYPE_CHECKING:
    from studio.bootstrap import BenchRun


def command(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; all without a name")] = None,
    runs: Annotated[int, typer.Option("--runs", metavar="N", min=1, help="How often each is measured")] = 5,
    size: Annotated[
        list[int] | None,
        typer.Option("--size", metavar="N", help="Only these sizes: nodes, items, rows, types, executions, MB"),
    ] = None,
    durability: Annotated[
        str | None, typer.Option("--durability", metavar="LEVEL", help="process or power: what commits must survive")
    ] = None,
    ack: Annotated[str | None, typer.Option("--ack", metavar="WHEN", help="end or node: when it is awaited")] = None,
    list_only: Annotated[bool, typer.Option("--list", help="Only list the benchmarks")] = False,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Run benchmarks of a source checkout and print their medians, spread and floors with the machine.

    `--db postgres` starts a private server for them. Results are also written to benchmarks/results as JSON.
    """
    from studio.bootstrap import Bench, bench_database

    voice = Voice(lang)
    bench = Bench()
    if list_only:
        write("".join(f"{name}\n" for name in bench.names()))
        return 0
    results: list[BenchRun] = []
    with bench_database(database(db)) as url:
        for name in bench.chosen(names or []):
            if not json:
                write_error(voice.say("cli.bench_runs", name=name) + "\n")
            asked = {"db": url, "durability": durability, "ack": ack, "sizes": tuple(size) if size else None}
            # Of all benchmarks each takes what concerns it; one that was named must take what was asked.
            given = asked if names else {option: asked[option] for option in bench.takes(name) & asked.keys()}
            result = bench.run(name, runs=runs, **given)
            results.append(result)
            if not json:
                write(f"\n{result.name}  {result.about}\n")
                write(table(result.table(), result.head()))
    if json:
        write_json(results[0] if len(results) == 1 else {"benchmarks": results})
    return 0
