"""Telegram: a burst of a thousand people, how fast messages go out, and what five hundred bad days cost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bot.app import App
from bot.telegram.connection import connect
from service import db, encryption
from service import settings as settings_module
from service.db import reading
from service.messages.models import inbox, outbox
from service.models import metadata
from tests.support.telegram.client import Telegram
from tests.support.telegram.running import emulator, emulator_process
from tests.telegram.faults import Outcome, seeded
from tests.telegram.killing import killed

PEOPLE, WITHIN = 1000, 10.0
# 20,000 messages more, over which memory must not grow.
MORE_BURSTS = 20
SENDS, AT_ONCE = 3000, 48
SEEDS, KILLS_A_RUN, KILL_RUNS = 500, 8, 5
_LAG_EVERY = 0.005


def run(seeds: int = SEEDS, kill_runs: int = KILL_RUNS) -> dict[str, Any]:
    """Measure, print a table, and return the figures.

    Returns:
        burst_s: seconds from the first message of a thousand people, written within ten, to the last answer.
        loop_lag_p95_ms: how late the gateway's event loop was meanwhile. growth_mb: memory after twenty more
        bursts, more than after the first. send_rate: messages a second through the transport. lost, twice: messages, of
        all those of the seeded runs and killed processes, that broke the rule; unsettled: runs that never came to rest.
    """
    figures: dict[str, Any] = asyncio.run(_burst())
    figures["send_rate"] = round(asyncio.run(_send_rate()))
    figures |= _faults(seeds, kill_runs)
    _show(figures)
    return figures


@contextlib.contextmanager
def _world() -> Iterator[None]:
    """An empty database in a home of its own; the models stay where they are."""
    models = settings_module.settings().models
    kept = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        os.symlink(models, os.path.join(home, "models"))
        os.environ |= {"ASSISTANT_HOME": home, "DATABASE_URL": f"sqlite:///{home}/bench.db"}
        _forget()
        engine = db.connect(os.environ["DATABASE_URL"])
        metadata.create_all(engine)
        db.use(engine)
        try:
            yield
        finally:
            db.use(None)
            engine.dispose()
            os.environ.clear()
            os.environ.update(kept)
            _forget()


def _forget() -> None:
    for function in (settings_module.settings, settings_module.data_key, encryption._cipher):
        function.cache_clear()


def _point_at(sim: Telegram) -> None:
    os.environ |= {"TELEGRAM_BOT_TOKEN": sim.token, "TELEGRAM_BASE_URL": sim.url}
    _forget()


async def _burst() -> dict[str, Any]:
    with _world():
        async with emulator_process() as sim:
            _point_at(sim)
            async with _serving():
                await _one_burst(sim, 20, 1.0)
                first, lags = await _one_burst(sim, PEOPLE, WITHIN)
                before = psutil.Process().memory_info().rss
                for _ in range(MORE_BURSTS):
                    await _one_burst(sim, PEOPLE, WITHIN)
                growth = (psutil.Process().memory_info().rss - before) / 1e6
    p95 = statistics.quantiles(lags, n=100)[94] * 1000
    return {"burst_s": round(first, 1), "loop_lag_p95_ms": round(p95, 1), "growth_mb": round(growth, 1)}


@contextlib.asynccontextmanager
async def _serving() -> AsyncIterator[None]:
    """Gateway, conversation with Rasa and delivery, as in `bot serve`, in this process."""
    app, ready = App(["gateway", "conversation", "delivery"]), asyncio.Event()
    task = asyncio.create_task(app.run(lambda _: ready.set()))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    try:
        yield
    finally:
        app.stop()
        await task


async def _one_burst(sim: Telegram, people: int, within: float) -> tuple[float, list[float]]:
    """People write from another process; returns seconds to the last answer, and how late our loop was."""
    lags: list[float] = []
    watching = asyncio.create_task(_watch(lags))
    already = _answered()
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.telegram_traffic", sim.control_url, str(people), str(within)]
    await asyncio.to_thread(subprocess.run, command, check=True)
    while await asyncio.to_thread(_answered) < already + people:
        if time.monotonic() - began > 10 * within + 60:
            raise TimeoutError(f"only {_answered() - already} of {people} were answered")
        await asyncio.sleep(0.1)
    watching.cancel()
    return time.monotonic() - began, lags


async def _watch(lags: list[float]) -> None:
    while True:
        began = time.monotonic()
        await asyncio.sleep(_LAG_EVERY)
        lags.append(time.monotonic() - began - _LAG_EVERY)


def _answered() -> int:
    """How many messages have an answer that was sent."""
    with reading() as session:
        query = (
            select(func.count(func.distinct(inbox.c.id)))
            .select_from(inbox.join(outbox, outbox.c.inbox_id == inbox.c.id))
            .where(outbox.c.state == "sent")
        )
        return int(session.execute(query).scalar_one())


async def _send_rate() -> float:
    """Messages a second through the library and our transport, with an emulator of its own."""
    async with emulator_process() as sim:
        person = await sim.person("收信人", started=True)
        bot = connect(sim.token, sim.url).bot
        left = iter(range(SENDS))

        async def send() -> None:
            for _ in left:
                await bot.send_message(person.id, "通知：11月26日（周四）下午3点开会。")

        await bot.send_message(person.id, "一")
        began = time.monotonic()
        await asyncio.gather(*(send() for _ in range(AT_ONCE)))
        rate = SENDS / (time.monotonic() - began)
        await bot.request.shutdown()
        return rate


def _faults(seeds: int, kill_runs: int) -> dict[str, Any]:
    total, unsettled = Outcome(), []
    for number in range(seeds + kill_runs):
        killing = number >= seeds
        try:
            with _world():
                found = asyncio.run(_killed(number) if killing else _seeded(number))
        except Exception as error:
            unsettled.append(f"{'kill' if killing else 'seed'} {number}: {type(error).__name__}")
            continue
        for name in ("sent", "marked", "uncertain", "apologies", "lost", "twice"):
            setattr(total, name, getattr(total, name) + getattr(found, name))
    return {
        "seeds": seeds,
        "kills": kill_runs * KILLS_A_RUN,
        "messages": total.sent,
        "lost": len(total.lost),
        "twice": len(total.twice),
        "marked": total.marked,
        "uncertain": total.uncertain,
        "broken": total.lost + total.twice,
        "unsettled": unsettled,
    }


async def _seeded(seed: int) -> Outcome:
    async with emulator() as sim:
        _point_at(sim)
        return await seeded(sim, seed)


async def _killed(seed: int) -> Outcome:
    async with emulator() as sim:
        _point_at(sim)
        return await killed(sim, seed, KILLS_A_RUN)


def _show(figures: dict[str, Any]) -> None:
    table = Table("figure", "value", title="Telegram")
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console(stderr=True).print(table)
