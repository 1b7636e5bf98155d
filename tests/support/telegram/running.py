"""Running an emulator for a test: in its event loop, or as a process that outlives what it talks to."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from .client import Telegram
from .server import Server
from .state import DEFAULT_TOKEN, World

ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def emulator(world: World | None = None) -> AsyncIterator[Telegram]:
    """An emulator in the running event loop, on free ports."""
    server = Server(world or World())
    await server.start()
    try:
        async with _session() as session:
            yield Telegram(server.url, server.control_url, server.world.token, session)
    finally:
        await server.stop()


@asynccontextmanager
async def emulator_process(*arguments: str, token: str = DEFAULT_TOKEN) -> AsyncIterator[Telegram]:
    """An emulator in a process of its own, on free ports; `arguments` go to its command line."""
    command = (sys.executable, "-m", "tests.support.telegram", "--port", "0", "--token", token, *arguments)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the emulator did not start")
        where = json.loads(line)
        async with _session() as session:
            yield Telegram(where["url"], where["control_url"], token, session)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _session() -> aiohttp.ClientSession:
    """As many connections as there are people waiting at their phones."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
