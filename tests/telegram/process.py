"""`python -m tests.telegram.process`: the assistant with the stand-in, in a process that can be killed."""

from __future__ import annotations

import asyncio
import signal

from bot import logs
from tests.telegram.desk import Desk
from tests.telegram.running import Assistant


async def _serve() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Assistant(Desk()).running():
        await stop.wait()


if __name__ == "__main__":
    logs.set_up("ERROR")
    asyncio.run(_serve())
