"""The benchmarks: runs those asked for, and keeps what they measured in build/bench.json."""

from __future__ import annotations

import importlib
import json
import sys

import typer
from rich.console import Console

from service.errors import OperatorError
from service.settings import ROOT

# Each is a module here with `run() -> dict`, which prints its table and returns its figures as JSON.
BENCHMARKS = ("turn", "telegram", "queries")
RESULTS = ROOT / "build" / "bench.json"

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def bench(
    only: str | None = typer.Option(None, help=f"Of {', '.join(BENCHMARKS)}, by comma; all by default."),
) -> None:
    """Measure speed and memory."""
    names = [name for name in (only or "").split(",") if name] or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            raise OperatorError(f"There is no benchmark {name}. Benchmarks: {', '.join(BENCHMARKS)}.")
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    for name in names:
        results[name] = importlib.import_module(f"bench.{name}").run()
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    Console(stderr=True).print(f"==> Wrote {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    from bot import logs

    logs.set_up("WARNING")
    try:
        cli()
    except OperatorError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
