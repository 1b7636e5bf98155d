"""`python -m tests.support.telegram.demo`: the assistant on a Telegram of its own, a phone in the browser.

What stands after it on the command line is run in place of `python -m bot serve`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

from .people import add_user
from .running import ROOT
from .server import Server
from .state import World

COMMAND = (sys.executable, "-m", "bot", "serve")
PATIENCE = 15.0  # seconds the assistant has to stop of its own accord


async def demonstrate(*command: str) -> int:
    """Runs emulator and assistant until interrupted, or until the assistant ends; returns its exit status."""
    world = World()
    add_user(world, {"first_name": "陈秀兰", "phone": "+8613900001234"})
    server = Server(world)
    await server.start()
    environment = {**os.environ, "TELEGRAM_BOT_TOKEN": world.token, "TELEGRAM_BASE_URL": server.url}
    # In a session of its own, so that Ctrl-C reaches the assistant once, from here.
    assistant = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, start_new_session=True
    )
    interrupted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, interrupted.set)
    print(f"The phone: {server.control_url}/phone   (Ctrl-C stops everything)", flush=True)
    try:
        ended = asyncio.create_task(assistant.wait())
        waiting = asyncio.create_task(interrupted.wait())
        await asyncio.wait({ended, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not interrupted.is_set():
            print(f"The assistant ended by itself with status {assistant.returncode}.", file=sys.stderr)
        waiting.cancel()
    finally:
        await _stop(assistant)
        await server.stop()
    return 0 if interrupted.is_set() else assistant.returncode or 0


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except asyncio.TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(demonstrate(*(sys.argv[1:] or COMMAND))))
