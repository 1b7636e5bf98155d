"""Delivery: takes due rows of the outbox to the messengers; the only code that sends, edits or answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery_record import Record
from service.db import is_infrastructure, savepoint, unit_of_work
from service.messages import chats, outbox, sending
from service.messages.models import ButtonToken, Chat, Outgoing
from service.messages.verdicts import SEND, Verdict

logger = logging.getLogger(__name__)

# At most a second's worth of what a messenger takes, so that a crash leaves few rows of unknown fate.
BATCH = 30


class NotReached(Exception):
    """The operation surely did not happen; it may be tried again at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class Blocked(Exception):
    """The person has blocked the assistant or left; nothing reaches this chat until they write again."""


class Refused(Exception):
    """The messenger will never take this operation; the text says why, in English and without content."""


class Messenger(Protocol):
    """One kind of messenger."""

    async def deliver(
        self, row: Outgoing, chat: Chat, shown: list[ButtonToken], target: Outgoing | None
    ) -> str | None:
        """Carry out one row and return the messenger's own id for the message.

        Raises:
            NotReached, Blocked, Refused: as they say. Any other exception means that its fate is unknown.
        """


class Screen:
    """A messenger that reads the outbox by itself, as the chat page and the terminal do."""

    async def deliver(
        self, row: Outgoing, chat: Chat, shown: list[ButtonToken], target: Outgoing | None
    ) -> str | None:
        """Nothing to call: a row that is marked sent is shown."""
        return None


Recheck = Callable[[Outgoing, datetime], Verdict]


class Delivery:
    """Sends what is due.

    Args:
        messengers: by channel.
        rechecks: by kind of row, what must still hold when it is sent.
        now: the clock.
        on_sent: called after rows of these chats were sent, to wake those who wait for them.
    """

    def __init__(
        self,
        messengers: Mapping[str, Messenger],
        rechecks: Mapping[str, Recheck],
        now: Callable[[], datetime],
        on_sent: Callable[[], None] = lambda: None,
    ) -> None:
        self._messengers = messengers
        self._rechecks = rechecks
        self._now = now
        self._on_sent = on_sent

    async def deliver_due(self, only: Chat | None = None) -> int:
        """Send one batch of due rows: in order within a chat, chats side by side.

        Args:
            only: send only what goes to this chat.

        Returns:
            How many rows were taken.
        """
        ready = await asyncio.to_thread(self._take, only)
        if not ready:
            return 0
        by_chat: dict[int, list[_Ready]] = {}
        for each in ready:
            by_chat.setdefault(each.chat.id, []).append(each)
        record = Record(self._now)
        ended = await asyncio.gather(
            *(self._deliver_chat(rows, record) for rows in by_chat.values()), return_exceptions=True
        )
        try:
            await record.finish()
        finally:
            self._on_sent()
        for failure in ended:
            if failure is not None:
                raise failure
        return len(ready)

    def _take(self, only: Chat | None) -> list[_Ready]:
        """Mark due rows as being sent, in one transaction that commits before any messenger is called."""
        now = self._now()
        if not sending.is_any_due(now):
            return []
        with unit_of_work():
            rows = sending.take_due(now, BATCH, only)
            ready = [each for row in rows if (each := self._look_at(row, now)) is not None]
            shown = outbox.buttons_under([each.row for each in ready])
            for each in ready:
                each.shown = shown[each.row.id]
            return ready

    def _look_at(self, row: Outgoing, now: datetime) -> _Ready | None:
        """Recheck a row; one that cannot be rechecked is given up, so that it does not hold up all others."""
        if row.kind not in self._rechecks:
            return self._prepare(row, SEND, now)
        try:
            with savepoint():
                return self._prepare(row, self._rechecks[row.kind](row, now), now)
        except Exception as error:
            if is_infrastructure(error):
                raise
            logger.error("outbox %d: cannot be sent (%s)", row.id, type(error).__name__)
            sending.settle(row, "failed", now, error=type(error).__name__)
            return None

    def _prepare(self, row: Outgoing, verdict: Verdict, now: datetime) -> _Ready | None:
        """Do with a row as the verdict says; what is to be sent comes back with its chat."""
        if row.expires_at is not None and row.expires_at <= now:
            verdict = Verdict("expired")
        if verdict.until is not None:
            sending.put_off(row, verdict.until)
            return None
        if verdict.state != "send":
            sending.settle(row, verdict.state, now)
            return None
        chat = chats.get_chat(row.chat_id) if row.chat_id else chats.chat_for(row.person_id or 0)
        if chat is None:
            sending.settle(row, "failed", now, error="no chat")
            return None
        if chat.blocked_at is not None:
            sending.settle(row, "blocked", now)
            return None
        if chat.channel not in self._messengers:
            # Another process serves this messenger, or it will be back with its token.
            sending.put_off(row, now + timedelta(minutes=1))
            return None
        if row.chat_id is None:
            sending.address(row, chat)
        target = outbox.get(row.target_id) if row.operation == "edit" and row.target_id else None
        return _Ready(row, chat, target)

    async def _deliver_chat(self, rows: list[_Ready], record: Record) -> None:
        for place, ready in enumerate(rows):
            try:
                external_id = await self._messengers[ready.chat.channel].deliver(
                    ready.row, ready.chat, ready.shown, ready.target
                )
            except NotReached as error:
                # The rest of the chat waits with it, so that order holds.
                await asyncio.to_thread(self._put_off, rows[place:], error.until)
                return
            except Blocked:
                await asyncio.to_thread(self._blocked, rows[place:])
                return
            except Refused as error:
                record.add(ready.row, "failed", error=str(error))
            except Exception as error:
                logger.warning("outbox %d: fate unknown (%s)", ready.row.id, type(error).__name__)
                record.add(ready.row, "uncertain")
            else:
                record.add(ready.row, "sent", external_id=external_id)

    @staticmethod
    def _put_off(rows: list[_Ready], until: datetime) -> None:
        with unit_of_work():
            for ready in rows:
                sending.put_off(ready.row, until)

    def _blocked(self, rows: list[_Ready]) -> None:
        with unit_of_work():
            chats.block(rows[0].chat, self._now())
            for ready in rows:
                sending.settle(ready.row, "blocked", self._now())


@dataclass
class _Ready:
    """A row that may be sent, with everything the messenger needs, read before the call."""

    row: Outgoing
    chat: Chat
    target: Outgoing | None
    shown: list[ButtonToken] = field(default_factory=list)
