"""A conversation without a served process: one chat handled and delivered turn by turn, for terminal and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversation import Agent, Conversation
from bot.delivery import Delivery, Recheck, Screen
from service.cases import alerts
from service.messages import chats, inbox, outbox
from service.messages.models import ButtonToken, Chat, Outgoing


@dataclass(frozen=True)
class Reply:
    """A message as the person sees it."""

    text: str
    buttons: tuple[ButtonToken, ...]
    photo: str | None
    row: Outgoing


class OneChat:
    """Talks through the same inbox and outbox as any messenger, for one chat.

    Args:
        chat: the chat.
        agent: a loaded Rasa model.
        now: the clock.
        rechecks: see `Delivery`.
    """

    def __init__(
        self, chat: Chat, agent: Agent, now: Callable[[], datetime], rechecks: dict[str, Recheck]
    ) -> None:
        self.chat = chat
        self._now = now
        self._conversation = Conversation(agent, now, alerts.raise_for_failure)
        self._delivery = Delivery({chat.channel: Screen()}, rechecks, now)
        self._shown = max((row.id for row in outbox.in_chat(chat.id)), default=0)

    async def turn(self, kind: str, payload: dict[str, Any], source_id: str) -> list[Reply]:
        """Put a message in, have it handled, and return what the person then sees.

        Raises:
            TurnAborted: the database failed; the message still waits.
        """
        inbox.receive(self.chat, source_id, kind, payload, self._now())
        while await self._conversation.handle_one(chat_id=self.chat.id):
            pass
        return await self.delivered()

    async def delivered(self) -> list[Reply]:
        """Deliver what is due to this chat and return what is new on its screen."""
        while await self._delivery.deliver_due(chats.get_chat(self.chat.id)):
            pass
        rows = outbox.in_chat(self.chat.id, after=self._shown)
        self._shown = max((row.id for row in rows), default=self._shown)
        return [
            Reply(row.payload["text"], tuple(outbox.buttons_of(row)), row.payload.get("photo"), row)
            for row in rows
            if row.operation == "send" and row.payload is not None
        ]
