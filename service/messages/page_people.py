"""Who sits at a chat page: a sample person in a demonstration, and somebody who gets up and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.messages import chats
from service.messages.models import Chat, bindings, dialogues
from service.messages.models import chats as chat_rows
from service.organisations.models import offices
from service.organisations.queries import office
from service.people.models import Person, people

OFFERED = 6
_CLASSES = {
    "正常活动": "能参加各类活动",
    "适当参加": "适合参加轻松的活动",
    "不能参加": "在家休养，适合上门和线上服务",
}


@dataclass(frozen=True)
class SamplePerson:
    """An invented person that anybody may be in a demonstration; `about` is one line."""

    id: int
    name: str
    about: str


@dataclass(frozen=True)
class Host:
    """The office behind the page, and whom one may be there; `people` is empty outside a demonstration."""

    office: str
    phone: str
    people: tuple[SamplePerson, ...]


def host(now: datetime) -> Host:
    """The office and, in a demonstration, the first few of its sample people."""
    found = office()
    people = tuple(_describe(person, now) for person in _offered())
    return Host(found.name if found else "", found.phone if found else "", people)


def become(address: str, person_id: int, now: datetime) -> None:
    """Let a page's chat speak for a sample person, for nobody else, and forget what was being talked about.

    Raises:
        NotFound: the database is no demonstration, or the person is not among those offered.
    """
    with unit_of_work() as session:
        person = next((person for person in _offered() if person.id == person_id), None)
        if person is None:
            raise NotFound()
        chat = chats.open_chat("page", address, now)
        if chat.person_id == person.id:
            return
        _unbind(chat, now)
        session.execute(delete(dialogues).where(dialogues.c.chat_id == chat.id))
        chats.bind(chat, person, "demo", now)


def leave(address: str, now: datetime) -> None:
    """End a page's chat: it speaks for nobody any more and nothing unasked is sent there."""
    with unit_of_work() as session:
        chat = chats.find_chat("page", address)
        if chat is None:
            return
        _unbind(chat, now)
        session.execute(
            update(chat_rows).where(chat_rows.c.id == chat.id).values(person_id=None, blocked_at=now)
        )


def _unbind(chat: Chat, now: datetime) -> None:
    with unit_of_work() as session:
        live = (bindings.c.chat_id == chat.id, bindings.c.unbound_at.is_(None))
        session.execute(update(bindings).where(*live).values(unbound_at=now))


def _offered() -> list[Person]:
    with reading() as session:
        demonstration = exists().where(offices.c.demonstration.is_(True))
        query = select(Person).where(demonstration).order_by(people.c.id).limit(OFFERED)
        return list(session.execute(query).scalars())


def _describe(person: Person, now: datetime) -> SamplePerson:
    age = f"{local(now).year - person.birth_year}岁" if person.birth_year else ""
    unit = f"原单位{person.former_unit}" if person.former_unit else ""
    parts = (age, person.status, unit, _CLASSES.get(person.activity_class, ""))
    return SamplePerson(person.id, person.name, "，".join(part for part in parts if part))
