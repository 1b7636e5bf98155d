"""The demonstration starts emulator and assistant together, and stops both."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.support.telegram.client import Person, Telegram
from tests.support.telegram.running import ROOT, emulator

# A stand-in for the assistant: says its process number to whoever writes, and ends when interrupted.
PARROT = """
import asyncio, os
from telegram import Bot

async def main():
    base = os.environ["TELEGRAM_BASE_URL"]
    bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], base_url=f"{base}/bot", base_file_url=f"{base}/file/bot")
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=10):
            offset = update.update_id + 1
            await bot.send_message(update.message.chat.id, f"我是{os.getpid()}号")

try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
"""


@asynccontextmanager
async def demonstration(*command: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A running demonstration and its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.telegram.demo", *command, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_one_interrupt_stops_assistant_and_emulator() -> None:
    async with (
        demonstration(sys.executable, "-c", PARROT) as (process, line),
        aiohttp.ClientSession() as http,
    ):
        control = line.split()[2].removesuffix("/phone")
        sim = Telegram("", control, "", http)
        (somebody,) = await sim.request("GET", "users")
        person = Person(sim, somebody["id"], somebody["first_name"])
        await person.start()
        said = await person.wait(text="我是")
        parrot = int(said["text"].removeprefix("我是").removesuffix("号"))
        os.kill(parrot, 0)  # it lives

        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(parrot, 0)


async def test_an_assistant_that_ends_by_itself_ends_the_demonstration() -> None:
    async with demonstration(sys.executable, "-c", "raise SystemExit(3)") as (process, _):
        assert await asyncio.wait_for(process.wait(), 10) == 3
        assert process.stderr is not None
        assert "ended by itself with status 3" in (await process.stderr.read()).decode()


async def test_the_phone_page_needs_nothing_from_elsewhere() -> None:
    async with emulator() as sim, sim.session.get(f"{sim.control_url}/phone") as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert "://" not in page
    assert 'src="' not in page
