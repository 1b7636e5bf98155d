"""Messages of which nobody knows whether they arrived; staff decide what to do about each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service.db import reading
from service.messages.models import Chat, Outgoing, chats, outbox
from service.people.models import Person, people


@dataclass(frozen=True)
class Uncertain:
    """An outbox row of unknown fate, the chat it was sent to, and the person it was for, if known."""

    row: Outgoing
    chat: Chat | None
    person: Person | None


def uncertain(limit: int = 200) -> list[Uncertain]:
    """The latest messages of unknown fate, newest first."""
    with reading() as session:
        query = (
            select(Outgoing, Chat, Person)
            .outerjoin(chats, chats.c.id == outbox.c.chat_id)
            .outerjoin(people, people.c.id == outbox.c.person_id)
            .where(outbox.c.state == "uncertain")
            .order_by(outbox.c.id.desc())
            .limit(limit)
        )
        return [Uncertain(*row) for row in session.execute(query)]
