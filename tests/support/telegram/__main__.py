"""`python -m tests.support.telegram`: the emulator alone, until it is interrupted."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal

from .server import Server
from .state import DEFAULT_TOKEN, World


def main() -> None:
    """Reads the command line and serves. The first line printed says, as JSON, where."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.telegram", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="for the bot; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="for /sim and /phone; never shut")
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    parser.add_argument("--calls-kept", type=int, default=100_000, help="length of the call log")
    parser.add_argument("--messages-kept", type=int, default=1000, help="messages kept in each chat")
    options = parser.parse_args()
    with contextlib.suppress(ImportError):  # not on Windows; the plain loop is only slower
        import uvloop

        uvloop.install()
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    world = World(options.token, messages_kept=options.messages_kept, calls_kept=options.calls_kept)
    server = Server(world, options.host, options.port, options.control_port)
    await server.start()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    where = {"url": server.url, "control_url": server.control_url, "phone": f"{server.control_url}/phone"}
    print(json.dumps(where | {"token": world.token}), flush=True)
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    main()
