"""A small invented office for the tests of suggestions: Monday, 23 November 2026, half past nine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from service import clock
from service.db import reading, unit_of_work
from service.matters.models import matters
from service.messages import chats
from service.messages.models import Outgoing, outbox
from service.organisations.models import Office
from service.organisations.units import Unit, keep_unit
from service.people.models import Person
from service.staff.models import Staff
from service.suggestions.models import Suggestion, suggestions
from service.suggestions.path import decide, forward, start
from service.suggestions.replying import draft_reply, publish_reply
from service.suggestions.states import ADOPTED
from service.suggestions.submitting import submit

NOW = clock.parse("2026-11-23T09:30")
DUE = date(2026, 12, 7)
BENCH = "建议在南华社区公交站加一排带扶手的长椅"


def person(name: str, **details: Any) -> Person:
    """Somebody on the roster."""
    with unit_of_work() as session:
        row = Person(name=name, **details)
        session.add(row)
        session.flush()
        return row


def desk() -> tuple[Staff, Unit]:
    """An office with 田小满, who is reached in a chat, and the unit that benches are the business of."""
    with unit_of_work() as session:
        office = Office(name="清溪县离退休干部服务中心")
        session.add(office)
        session.flush()
        chat = chats.open_chat("telegram", "9001", NOW)
        tian = Staff(office.id, "田小满", "值班", chat_id=chat.id)
        session.add(tian)
        session.flush()
        return tian, keep_unit(office.id, "清溪县住建局", "曹立秋", "0000-6123001")


def hand_in(author: Person, words: str = BENCH, now: datetime = NOW, **details: Any) -> str:
    """Hand a suggestion in; returns its receipt number."""
    chat = chats.open_chat("terminal", f"person-{author.id}", NOW)
    return submit(author, chat, words, [], now, **details).receipt_no


def answered(
    number: str, staff: Staff, unit: Unit, words: str = "长椅本月装好。", now: datetime = NOW
) -> None:
    """Take a suggestion to its published reply."""
    forward(number, unit, max(DUE, clock.local(now).date()), now, staff=staff)
    start(number, now, staff=staff)
    draft_reply(number, words, now, staff=staff)
    publish_reply(number, now, staff=staff)


def adopted(number: str, staff: Staff, unit: Unit) -> None:
    """Take a suggestion to its adoption."""
    answered(number, staff, unit)
    decide(number, ADOPTED, NOW, staff=staff)


def told(person_id: int) -> list[str]:
    """What was written to a person unasked, oldest first."""
    with reading() as session:
        query = select(Outgoing).where(outbox.c.person_id == person_id).order_by(outbox.c.id)
        return [row.payload["text"] for row in session.execute(query).scalars()]


def alerts() -> list[str]:
    """What was written to staff, oldest first."""
    with reading() as session:
        query = select(Outgoing).where(outbox.c.kind == "alert").order_by(outbox.c.id)
        return [row.payload["text"] for row in session.execute(query).scalars()]


def suggestion(number: str) -> Suggestion:
    """The suggestion of that number as it is in the database."""
    with reading() as session:
        query = (
            select(Suggestion)
            .join(matters, matters.c.id == suggestions.c.matter_id)
            .where(matters.c.receipt_no == number)
        )
        return session.execute(query).scalars().one()
