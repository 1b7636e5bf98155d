"""Commits: what came of updates that were read at the same time is written in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.telegram.in_hand import InHand
from service.db import is_infrastructure, savepoint, unit_of_work
from service.messages import updates
from service.messages.models import TelegramUpdate

_AT_MOST = 50


@dataclass
class _Waiting:
    """What came of an update, and whoever waits for it to be written."""

    rows: Sequence[TelegramUpdate]
    hand: InHand
    written: asyncio.Future[BaseException | None]


class Commits:
    """Writes what is handed to it, together with what else is there by then, each in a savepoint of its own."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._queue: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, rows: Sequence[TelegramUpdate], hand: InHand) -> BaseException | None:
        """Mark updates as read and write what came of them.

        Returns:
            None once both are committed; otherwise why neither is.
        """
        waiting = _Waiting(rows, hand, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await waiting.written

    async def _work(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:_AT_MOST], self._queue[_AT_MOST:]
            try:
                failures = await asyncio.to_thread(self._write, batch)
            except Exception as error:
                failures = [error] * len(batch)
            for waiting, failure in zip(batch, failures, strict=True):
                if not waiting.written.done():
                    waiting.written.set_result(failure)

    def _write(self, batch: list[_Waiting]) -> list[Exception | None]:
        """Write them all; one that cannot be written leaves the others be."""
        failures: list[Exception | None] = []
        with unit_of_work():
            for waiting in batch:
                try:
                    with savepoint():
                        # Another process may have read them meanwhile, if this one was thought dead.
                        if updates.settle(waiting.rows):
                            waiting.hand.write(self._now())
                    failures.append(None)
                except Exception as error:
                    if is_infrastructure(error):
                        raise
                    failures.append(error)
        return failures
