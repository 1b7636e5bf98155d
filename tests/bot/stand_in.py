"""A stand-in for Rasa, and a world around it, for stories in which only the turn itself matters."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from bot.conversation import Conversation
from bot.delivery import Delivery, Messenger, Screen
from service.cases import alerts
from service.db import reading
from service.ledger import posting, queries
from service.messages import chats, dialogues, inbox, sending
from service.messages.models import Chat, Outgoing
from service.messages.models import inbox as inbox_rows
from service.messages.models import outbox as outbox_rows
from tests.support.talk import MONDAY, StandingClock, enrol


@dataclass
class Answered:
    """What a turn led to, as `bot.rasa_agent.Answered` has it."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    snapshot: dict[str, Any] = field(default_factory=dict)


class Echo:
    """Says back what it heard with a button, remembers it, and gives the person a point for it.

    The point has no key of its own, so a turn that was done twice shows in the balance.
    """

    async def parse(self, text: str, now: str) -> dict[str, Any]:
        """Words as they are."""
        return {"text": text, "intent": {"name": "greet", "confidence": 1.0}, "entities": []}

    async def turn(
        self,
        sender_id: str,
        text: str,
        parse_data: dict[str, Any],
        metadata: dict[str, Any],
        before: dict[str, Any] | None,
    ) -> Answered:
        """Write, remember, answer."""
        chat = chats.chat_of_sender(sender_id, MONDAY)
        if chat.person_id is not None:
            reason = posting.Reason("activities", "说了一句话", date(2026, 11, 23), uuid.uuid4().hex)
            posting.credit(chat.person_id, posting.POINTS, 1, reason, MONDAY)
        button = {"title": "再说一遍", "payload": "/repeat"}
        heard = [*(before or {}).get("heard", []), text]
        return Answered([{"text": f"听到了：{text}", "buttons": [button]}], {"heard": heard})


def resident(name: str, address: str = "") -> Chat:
    """Somebody on the roster with a chat on the page."""
    person = enrol(name)
    chat = chats.open_chat("page", address or f"page-{person.id}", MONDAY)
    chats.bind(chat, person, "staff", MONDAY)
    return chats.get_chat(chat.id)


def write(chat: Chat, *texts: str, now: datetime = MONDAY) -> None:
    """Put messages of a chat into the inbox."""
    for text in texts:
        inbox.receive(chat, uuid.uuid4().hex, "words", {"text": text}, now)


def conversation(agent: Any = None, now: StandingClock | None = None) -> Conversation:
    """A conversation of its own, with the stand-in unless told otherwise."""
    return Conversation(agent or Echo(), now or StandingClock(), alerts.raise_for_failure)


def delivery(now: StandingClock | None = None, rechecks: Any = None, **messengers: Messenger) -> Delivery:
    """A delivery to the page, and to what else is given."""
    return Delivery({"page": Screen(), **messengers}, rechecks or {}, now or StandingClock())


async def answer_all(agent: Any = None, now: StandingClock | None = None) -> None:
    """Answer and deliver until nothing waits."""
    worker = conversation(agent, now)
    while await worker.handle_one():
        pass
    sender = delivery(now)
    while await sender.deliver_due():
        pass


def answer_everything() -> None:
    """The same, for a process of its own."""
    inbox.release_claims_of_the_gone()
    sending.recover(MONDAY)
    asyncio.run(answer_all())


def replies(chat: Chat, *states: str) -> list[str]:
    """The texts of the chat's outgoing messages, in the order they were written; in these states where given."""
    with reading() as session:
        query = select(Outgoing).where(outbox_rows.c.chat_id == chat.id).order_by(outbox_rows.c.id)
        rows = list(session.execute(query).scalars())
    return [(row.payload or {})["text"] for row in rows if not states or row.state in states]


def states(chat: Chat) -> list[tuple[str, int]]:
    """State and attempts of what the chat wrote, in order."""
    with reading() as session:
        query = (
            select(inbox_rows.c.state, inbox_rows.c.attempts)
            .where(inbox_rows.c.chat_id == chat.id)
            .order_by(inbox_rows.c.id)
        )
        return [(row.state, row.attempts) for row in session.execute(query)]


def points(chat: Chat) -> int:
    """How many points the chat's person has."""
    assert chat.person_id is not None
    return queries.balance(chat.person_id, posting.POINTS)


def heard(chat: Chat) -> list[str]:
    """What the stand-in remembers having heard from the chat."""
    kept = dialogues.load(chat.id)
    return list(kept.snapshot["heard"]) if kept else []
