"""Finding people on the roster."""

from __future__ import annotations

import re

from sqlalchemy import select

from service.db import reading
from service.people.models import Person, people, phones


def digits(phone: str) -> str:
    """A phone number as it is stored: digits only, without the country's 86."""
    bare = re.sub(r"\D", "", phone)
    return bare[2:] if len(bare) == 13 and bare.startswith("86") else bare


def by_phone(phone: str) -> list[Person]:
    """Everybody with that number; a couple may share one."""
    with reading() as session:
        query = (
            select(Person)
            .join(phones, phones.c.person_id == people.c.id)
            .where(phones.c.number == digits(phone))
            .order_by(people.c.id)
        )
        return list(session.execute(query).scalars())


def by_name(name: str) -> list[Person]:
    """Everybody of that name."""
    with reading() as session:
        query = select(Person).where(people.c.name == name.strip()).order_by(people.c.id)
        return list(session.execute(query).scalars())


def get(person_id: int) -> Person:
    """The person of that id."""
    with reading() as session:
        return session.execute(select(Person).where(people.c.id == person_id)).scalars().one()
