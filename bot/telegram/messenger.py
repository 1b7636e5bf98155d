"""The messenger: carries out one row of the outbox through the Bot API, and says plainly what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, InvalidToken, RetryAfter

from bot.delivery import Blocked, NotReached, Refused
from bot.telegram import keyboards
from bot.telegram.pace import Pace
from bot.telegram.text import CAPTION, parts
from bot.telegram.transport import NotConnected
from service import wording
from service.messages import chats, gates
from service.messages.models import ButtonToken, Chat, Outgoing
from service.settings import settings

logger = logging.getLogger(__name__)

GATE = "telegram"
_UNREACHABLE = timedelta(seconds=2)
_TOKEN_REFUSED = timedelta(seconds=60)
# Refusals after which everything is as it should be.
_HARMLESS = ("query is too old", "message is not modified")
_REASON = 120


class PartlySent(Exception):
    """Some of a long message has arrived and the rest has not."""


class TelegramMessenger:
    """Sends, edits and answers.

    Args:
        bot: the library's bot.
        now: the clock.
    """

    def __init__(self, bot: Bot, now: Callable[[], datetime]) -> None:
        self._bot, self._now = bot, now
        self._pace = Pace()
        self._closed_until: datetime | None = None
        self._asked_gate = False

    async def deliver(
        self, row: Outgoing, chat: Chat, shown: list[ButtonToken], target: Outgoing | None
    ) -> str | None:
        """Carry out one row and return Telegram's number of the message.

        Raises:
            NotReached: it surely was not done; Telegram has asked us to wait, or could not be reached.
            Blocked: the person has blocked the assistant or deleted the account.
            Refused: Telegram will never take it.
            Exception: any other means that nobody knows.
        """
        await self._pass_gate(row, chat)
        try:
            return await self._perform(row, chat, shown, target)
        except ChatMigrated as moved:
            moved_chat = await asyncio.to_thread(chats.move, chat, str(moved.new_chat_id))
            try:
                return await self._perform(row, moved_chat, shown, target)
            except BadRequest as refusal:
                raise Refused(str(refusal)[:_REASON]) from None
        except RetryAfter as wait:
            raise NotReached(await self._shut(_duration(wait))) from None
        except NotConnected:
            raise NotReached(self._pause(_UNREACHABLE)) from None
        except (InvalidToken, EndPointNotFound):
            raise NotReached(self._pause(_TOKEN_REFUSED)) from None
        except Forbidden:
            raise Blocked from None
        except BadRequest as refusal:
            if any(words in str(refusal).lower() for words in _HARMLESS):
                return None
            raise Refused(str(refusal)[:_REASON]) from None

    async def _pass_gate(self, row: Outgoing, chat: Chat) -> None:
        now = self._now()
        if not self._asked_gate:
            self._closed_until = await asyncio.to_thread(gates.closed_until, GATE)
            self._asked_gate = True
        if self._closed_until is not None and now < self._closed_until:
            raise NotReached(self._closed_until)
        if row.operation == "send":
            moment = self._pace.admit(row.id, chat.address, now, asked=row.kind == "reply")
            if moment > now:
                raise NotReached(moment)

    def _pause(self, wait: timedelta) -> datetime:
        """Leave Telegram alone for a moment; whatever is due waits for the same moment, in its order."""
        until = self._now() + wait
        self._closed_until = max(self._closed_until or until, until)
        return self._closed_until

    async def _shut(self, wait: timedelta) -> datetime:
        until = self._pause(wait)
        self._pace.be_cautious(self._now())
        logger.warning("Telegram asks to wait %d seconds before anything more is sent", wait.total_seconds())
        await asyncio.to_thread(gates.close, GATE, until)
        return until

    async def _perform(
        self, row: Outgoing, chat: Chat, shown: list[ButtonToken], target: Outgoing | None
    ) -> str | None:
        payload = row.payload or {}
        if row.operation == "answer":
            await self._bot.answer_callback_query(
                payload["callback_id"], text=payload.get("text") or None, show_alert=bool(payload.get("text"))
            )
            return None
        if row.operation == "edit":
            await self._edit(chat, str(payload.get("text") or ""), target)
            return None
        return await self._send(chat, payload, shown)

    async def _send(self, chat: Chat, payload: dict[str, Any], shown: list[ButtonToken]) -> str:
        """Send the parts of a message one after the other; the last one has the buttons and gives the number."""
        text, photo = str(payload.get("text") or ""), _file(payload.get("photo"))
        texts = parts(text)
        markup: Any = keyboards.under(text, shown, chat)
        if chat.address.startswith("-"):
            markup = keyboards.link(wording.phrase("telegram_link"), await self._link())
        sent = 0
        try:
            if photo is not None:
                caption = text if len(parts(text, CAPTION)) == 1 else ""
                texts = texts if not caption else []
                message = await self._bot.send_photo(
                    chat.address, photo, caption=caption or None, reply_markup=None if texts else markup
                )
                sent += 1
            for place, part in enumerate(texts, 1):
                message = await self._bot.send_message(
                    chat.address, part, reply_markup=markup if place == len(texts) else None
                )
                sent += 1
        except Exception:
            if sent:
                raise PartlySent from None
            raise
        return str(message.message_id)

    async def _edit(self, chat: Chat, text: str, target: Outgoing | None) -> None:
        """Change the message, of a long one its last part, and take its buttons away."""
        if target is None or target.external_id is None:
            raise Refused("the message to edit never arrived")
        number = int(target.external_id)
        if _file((target.payload or {}).get("photo")) is not None and len(parts(text, CAPTION)) == 1:
            await self._bot.edit_message_caption(chat.address, number, caption=text)
        else:
            await self._bot.edit_message_text(parts(text)[-1], chat.address, number)

    async def _link(self) -> str:
        """Where people write to the assistant alone."""
        await self._bot.initialize()
        return f"https://t.me/{self._bot.username}?start=group"


def _duration(wait: RetryAfter) -> timedelta:
    return (
        wait.retry_after if isinstance(wait.retry_after, timedelta) else timedelta(seconds=wait.retry_after)
    )


def _file(name: object) -> Path | None:
    path = settings().files / str(name) if name else None
    return path if path is not None and path.is_file() else None
