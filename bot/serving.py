"""`bot serve`: checks what must be in place, runs the process, and says where it can be reached."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from bot import training
from bot.app import ROLES, App
from service import demonstration, migrations
from service.errors import OperatorError


def serve(roles: list[str]) -> None:
    """Run until told to stop.

    Raises:
        OperatorError: an unknown role, no fitting model, an unmigrated database, a taken port.
    """
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise OperatorError(f"There is no role {unknown[0]}. Roles: {', '.join(ROLES)}.")
    migrations.require_current()
    if not roles or "conversation" in roles:
        training.fitting_model()
    asyncio.run(_run(roles or list(ROLES)))


async def _run(roles: list[str]) -> None:
    app = App(roles)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, app.stop)
    print("==> Loading the language model (some seconds)", file=sys.stderr)
    await app.run(_announce)
    print("==> Stopped", file=sys.stderr)


def _announce(address: str) -> None:
    print(f"==> The assistant answers at {address}", file=sys.stderr)
    with contextlib.suppress(Exception):
        for line in demonstration.introductions():
            print(f"    {line}", file=sys.stderr)
