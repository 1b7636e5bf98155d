"""The assistant's Telegram side running against the emulator, with whatever conversation a story needs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.telegram.gateway import Pauses
from bot.telegram.serving import Telegram as Side
from service import clock
from service.cases import alerts
from service.errors import TurnAborted
from service.messages import inbox, sending

QUICK = Pauses(token=0.3, conflict=0.3, network=0.1, lease=0.2)


class Assistant:
    """Gateway, conversation and delivery in the test's event loop.

    Args:
        agent: what answers; see `desk.Desk`.
        now: the clock.
    """

    def __init__(self, agent: Any, now: Callable[[], datetime] = clock.now) -> None:
        self._arrived = asyncio.Event()
        self.now = now
        self.side = Side(now, self._arrived.set, gateway=True, pauses=QUICK)
        self.delivery = Delivery({"telegram": self.side.messenger}, {}, now)
        self._conversation = Conversation(agent, now, alerts.raise_for_failure)
        self._stopping = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Assistant]:
        """Serve while the context is open."""
        inbox.release_claims_of_the_gone()
        sending.recover(self.now())
        async with self.side.serving():
            tasks = [asyncio.create_task(work()) for work in (self._converse, self._deliver)]
            try:
                yield self
            finally:
                self._stopping = True
                self._arrived.set()
                await asyncio.gather(*tasks)

    def wake(self) -> None:
        """Look at once."""
        self._arrived.set()

    async def _converse(self) -> None:
        while not self._stopping:
            self._arrived.clear()
            with contextlib.suppress(TurnAborted):
                while await self._conversation.handle_one(channels=("telegram",)):
                    pass
            await self._rest()

    async def _deliver(self) -> None:
        """As `bot.app` does: after a failure it is looked at again what became of rows under way."""
        failed = False
        while not self._stopping:
            sent = 0
            try:
                if failed:
                    await asyncio.to_thread(sending.recover, self.now())
                failed = False
                sent = await self.delivery.deliver_due()
            except Exception:
                failed = True
            if not sent:
                await self._rest()

    async def _rest(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._arrived.wait(), 0.03)


async def until(assistant: Assistant, holds: Callable[[], object], patience: float = 10) -> None:
    """Wait for something in the database, looking as often as the assistant does."""

    async def look() -> None:
        while not holds():
            assistant.wake()
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), patience)
