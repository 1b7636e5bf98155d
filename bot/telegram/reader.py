"""The reader: takes stored updates one at a time within each chat, and writes what the handlers make of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from telegram import Message, Update
from telegram.ext import Application

from bot.telegram.commits import Commits
from bot.telegram.in_hand import InHand, in_hand
from bot.telegram.raw import album_of
from bot.telegram.transport import NotConnected
from service import wording
from service.cases import alerts
from service.db import is_infrastructure, savepoint, unit_of_work
from service.errors import TurnAborted
from service.messages import chats, outbox, updates
from service.messages.models import TelegramUpdate

logger = logging.getLogger(__name__)

_AT_ONCE = 64
_ATTEMPTS = 3
_LOOK_EVERY = 0.5
# How long those who have been read wait for the others of their batch before the next one is begun.
_BATCH_PATIENCE = 0.05
_AFTER_FAILURE = 0.5
# The photos of an album come one by one within a moment; it is complete when no more have come for so long.
_ALBUM_PAUSE = 0.7
_ALBUM_MOST = 10
# Staff hear of unreadable updates once in a while, however many there are.
_ALERT_EVERY = timedelta(minutes=10)


class Reader:
    """Reads what is stored: chats side by side, in order within each.

    Args:
        application: the library with our handlers, initialized.
        now: the clock.
        on_written: called after each update, to wake conversation and delivery.
    """

    def __init__(
        self, application: Application[Any, Any, Any, Any, Any, Any], now: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:  # fmt: skip
        self._application, self._now, self._on_written = application, now, on_written
        self._look = asyncio.Event()
        self._stopping = False
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._alerted_at: datetime | None = None
        self._commits = Commits(now)

    def wake(self) -> None:
        """Look at what is stored now."""
        self._look.set()

    async def run(self, bot_id: int) -> None:
        """Read until `stop`; the database being away only makes it wait."""
        while not self._stopping:
            self._look.clear()
            rows: list[TelegramUpdate] = []
            try:
                rows = await asyncio.to_thread(updates.waiting, bot_id, list(self._lanes), _AT_ONCE)
            except Exception as error:
                logger.warning("reading waits for the database: %s", type(error).__name__)
                await asyncio.sleep(_AFTER_FAILURE)
            by_lane: dict[str, list[TelegramUpdate]] = {}
            for row in rows:
                by_lane.setdefault(row.lane, []).append(row)
            for lane, theirs in by_lane.items():
                self._lanes[lane] = asyncio.create_task(self._read_lane(lane, theirs))
                self._lanes[lane].add_done_callback(lambda _, lane=lane: self._leave(lane))  # type: ignore[misc]
            if by_lane:
                await asyncio.wait([self._lanes[lane] for lane in by_lane], timeout=_BATCH_PATIENCE)
                continue
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._look.wait(), _LOOK_EVERY)

    async def stop(self, patience: float) -> None:
        """Finish what is in hand; what takes longer is read after the next start."""
        self._stopping = True
        self.wake()
        if self._lanes:
            await asyncio.wait(list(self._lanes.values()), timeout=patience)
        for task in self._lanes.values():
            task.cancel()

    def _leave(self, lane: str) -> None:
        del self._lanes[lane]
        self.wake()

    async def _read_lane(self, lane: str, rows: list[TelegramUpdate]) -> None:
        """Read what waits in one chat; on failure leave the rest for another time."""
        try:
            while rows and not self._stopping:
                album = album_of(rows[0].payload)
                if album is not None:
                    rows = await self._whole_album(rows[0].bot_id, lane, album)
                together = [
                    row for row in rows if album is not None and album_of(row.payload) == album
                ] or rows[:1]
                if not await self._read(together):
                    return
                self._on_written()
                rows = [row for row in rows if row not in together]
        except Exception as error:
            if not (isinstance(error, TurnAborted | NotConnected) or is_infrastructure(error)):
                logger.error("reading a chat: %s", type(error).__name__)
            await asyncio.sleep(_AFTER_FAILURE)

    async def _whole_album(self, bot_id: int, lane: str, album: str) -> list[TelegramUpdate]:
        """What waits in a chat, once no more parts of the album come."""
        seen = 0
        while True:
            rows = await asyncio.to_thread(updates.waiting_in, bot_id, lane, _AT_ONCE)
            parts = sum(album_of(row.payload) == album for row in rows)
            if parts in (seen, _ALBUM_MOST):
                return rows
            seen = parts
            await asyncio.sleep(_ALBUM_PAUSE)

    async def _read(self, rows: Sequence[TelegramUpdate]) -> bool:
        """Read one update, or the parts of one album, and commit what came of it.

        Returns:
            False when it is to be tried again.
        """
        try:
            read = [Update.de_json(row.payload or {}, self._application.bot) for row in rows]
        except Exception as error:
            # What it holds stays out of the log: people wrote it.
            await asyncio.to_thread(self._give_up, rows, error)
            return True
        messages: list[Message] = [update.message for update in read if update.message is not None]
        hand = InHand(album=messages if len(messages) > 1 else ())
        in_hand.set(hand)
        await self._application.process_update(read[0])
        failure = hand.failure or await self._commits.write(rows, hand)
        if failure is None:
            return True
        if isinstance(failure, TurnAborted | NotConnected) or is_infrastructure(failure):
            raise failure
        logger.warning("an update could not be read: %s", type(failure).__name__)
        if rows[0].attempts + 1 >= _ATTEMPTS:
            await asyncio.to_thread(self._give_up, rows, failure)
            return True
        await asyncio.to_thread(updates.count_attempt, rows)
        await asyncio.sleep(_AFTER_FAILURE)
        return False

    def _give_up(self, rows: Sequence[TelegramUpdate], error: BaseException) -> None:
        """Put updates aside for good: apologise where we know to whom, and tell staff."""
        now = self._now()
        failure_id = secrets.token_hex(3).upper()
        with unit_of_work():
            updates.give_up(rows, f"{failure_id} {type(error).__name__}")
            try:
                with savepoint():
                    self._say_sorry(rows[0].lane, failure_id, now)
            except Exception as other:
                if is_infrastructure(other):
                    raise
                logger.error("no apology for id %s: %s", failure_id, type(other).__name__)
        logger.error("an update was given up, id %s: %s", failure_id, type(error).__name__)

    def _say_sorry(self, lane: str, failure_id: str, now: datetime) -> None:
        if lane.isdigit():
            chat = chats.open_chat("telegram", lane, now)
            outbox.reply(chat.id, wording.say("apology", failure_id=failure_id), now)
        if self._alerted_at is None or now - self._alerted_at >= _ALERT_EVERY:
            alerts.raise_alert("update", None, failure_id, now)
            self._alerted_at = now
