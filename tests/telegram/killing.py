"""The assistant is killed again and again while people write."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator

from service import db
from tests.support.telegram.client import Person, Telegram
from tests.telegram.faults import Outcome, outcome, quiet


@contextlib.asynccontextmanager
async def _process(sim: Telegram) -> AsyncIterator[asyncio.subprocess.Process]:
    """The assistant, fetching updates already; killed at the end if it still lives."""
    environment = {
        **os.environ,
        "DATABASE_URL": db.engine().url.render_as_string(hide_password=False),
        "TELEGRAM_BOT_TOKEN": sim.token,
        "TELEGRAM_BASE_URL": sim.url,
    }
    before = len(await sim.calls(method="getupdates"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.telegram.process", env=environment
    )
    try:
        # It has asked for updates; whether it was given any by then does not matter.
        await sim.wait_calls(method="deleteWebhook", after=0, count=1, timeout=30)
        while len(await sim.calls(method="getupdates")) == before and not await _polls(sim):
            await asyncio.sleep(0.02)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _polls(sim: Telegram) -> bool:
    return bool((await sim.request("GET", "updates"))["polling"])


async def killed(sim: Telegram, seed: int, kills: int) -> Outcome:
    """Kill the assistant `kills` times at moments of chance, then let it finish, and count."""
    chance = random.Random(seed)
    people = [await sim.person(f"人{number}") for number in range(12)]
    said: list[tuple[Person, str]] = []
    for kill in range(kills):
        async with _process(sim):
            writing = asyncio.create_task(_write(people, said, f"种子{seed}次{kill}"))
            await asyncio.sleep(chance.random() * 0.5)
        await writing
    async with _process(sim):
        await quiet(sim)
    return await outcome(said)


async def _write(people: list[Person], said: list[tuple[Person, str]], name: str) -> None:
    for person in people:
        text = f"{name}人{person.id}"
        said.append((person, text))
        await person.say(text)
        await asyncio.sleep(0.02)
