"""The questions asked most, on a big database and on one a hundredth of its size, on both engines."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import pgserver
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench.queries_data import NOW, TITLES, Size, fill
from service import db
from service.activities.schedule import schedule
from service.activities.search import Wanted, search
from service.ledger import queries as ledger
from service.ledger.posting import POINTS
from service.models import metadata
from service.people import queries as people
from tests.support.postgres import database_url

BIG = Size(people=100_000, entries=1_000_000, activities=50_000)
SMALL = Size(people=1_000, entries=10_000, activities=500)
# What we want of ourselves: at most so long at the median, and at most so much slower than with a hundredth of the rows.
_MS, _GROWTH = 10.0, 2.0
_TIMES, _WARM = 200, 20
# A question that takes this long altogether is asked less often, so that the run stays bounded.
_LONGEST = 10.0

Figures = dict[str, dict[str, dict[str, float]]]


def run() -> Figures:
    """Measure, print, and return the figures.

    Returns:
        By engine and question: `ms`, the median on the big database, `small_ms` that on the small one, and `growth`,
        the one over the other.
    """
    console = Console()
    figures: Figures = {}
    for engine, databases in (("postgresql", _postgresql), ("sqlite", _sqlite)):
        with databases() as urls:
            small, big = (_measured(url, size, console) for url, size in zip(urls, (SMALL, BIG), strict=True))
        figures[engine] = {
            name: {
                "ms": round(big[name], 3),
                "small_ms": round(small[name], 3),
                "growth": round(big[name] / small[name], 2),
            }
            for name in big
        }
    _show(figures, console)
    return figures


def _measured(url: str, size: Size, console: Console) -> dict[str, float]:
    """Fill a database and ask it: the median of each question in milliseconds."""
    engine = db.connect(url)
    metadata.create_all(engine)
    db.use(engine)
    try:
        began = time.perf_counter()
        fill(engine, size)
        said = f"{engine.dialect.name}: {size.people:,} people, {size.entries:,} entries, {size.activities:,} activities"
        console.print(f"{said} in {time.perf_counter() - began:.0f} s", highlight=False)
        if wrong := ledger.discrepancies():
            raise AssertionError(f"the ledger does not add up: {wrong[0]}")
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
        return {name: _median_ms(ask, size) for name, ask in _QUESTIONS.items()}
    finally:
        db.use(None)
        engine.dispose()


def _median_ms(ask: Callable[[int, Size], object], size: Size) -> float:
    """The median time of a question, asked for other people, words and days each time."""
    began = time.perf_counter()
    for number in range(_WARM):
        if time.perf_counter() - began < _LONGEST:
            ask(number, size)
    taken: list[float] = []
    while len(taken) < _TIMES and sum(taken) < _LONGEST * 1000:
        asked = time.perf_counter()
        ask(len(taken), size)
        taken.append((time.perf_counter() - asked) * 1000)
    return median(taken)


def _person_id(number: int, size: Size) -> int:
    """Somebody else each time, spread over all of them."""
    return 1 + number * 7919 % size.people


def _balance(number: int, size: Size) -> object:
    return ledger.balance(_person_id(number, size), POINTS)


def _history(number: int, size: Size) -> object:
    return ledger.history(_person_id(number, size), POINTS)


def _schedule(number: int, size: Size) -> object:
    return schedule(_person_id(number, size), NOW)


def _search_by_words(number: int, size: Size) -> object:
    topic = TITLES[number % len(TITLES)]
    return search(Wanted((topic,), sentence=f"我想参加{topic}"), people.get(_person_id(number, size)), NOW)


def _search_by_time(number: int, size: Size) -> object:
    start = NOW.replace(hour=0, minute=0) + timedelta(days=1 + number % 30)
    wanted = Wanted(start=start, end=start + timedelta(days=1), sentence="那天有什么活动")
    return search(wanted, people.get(_person_id(number, size)), NOW)


_QUESTIONS: dict[str, Callable[[int, Size], object]] = {
    "balance": _balance,
    "history": _history,
    "schedule": _schedule,
    "search_by_words": _search_by_words,
    "search_by_time": _search_by_time,
}


@contextmanager
def _postgresql() -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            for name in ("small", "big"):
                server.psql(f"CREATE DATABASE {name}")
            yield [database_url(server, name) for name in ("small", "big")]
        finally:
            server.cleanup()


@contextmanager
def _sqlite() -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield [f"sqlite:///{Path(folder) / name}.db" for name in ("small", "big")]


def _show(figures: Figures, console: Console) -> None:
    table = Table(title="queries: median, and growth over a hundredth of the rows")
    for column in ("engine", "question", "ms", "growth", ""):
        table.add_column(column)
    for engine, questions in figures.items():
        for name, found in questions.items():
            good = found["ms"] < _MS and found["growth"] <= _GROWTH
            row = (engine, name, f"{found['ms']:.2f}", f"{found['growth']:.2f}")
            table.add_row(*row, "" if good else "misses the goal")
    console.print(table)


if __name__ == "__main__":
    run()
