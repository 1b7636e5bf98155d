"""A demonstration database: one that holds only invented people, and where one may be any of them."""

from __future__ import annotations

from sqlalchemy import select

from service.db import reading
from service.organisations.queries import office
from service.people.models import Person, Phone, people, phones


def is_demonstration() -> bool:
    """Whether the database was stamped as demonstration when it was filled."""
    found = office()
    return found is not None and found.demonstration


def samples(limit: int = 3) -> list[tuple[Person, str]]:
    """A few people to try, each with a phone number; nobody in a database of real people."""
    if not is_demonstration():
        return []
    with reading() as session:
        query = (
            select(Person, Phone)
            .join(phones, phones.c.person_id == people.c.id)
            .order_by(people.c.id, phones.c.id)
            .limit(limit)
        )
        return [(person, phone.number) for person, phone in session.execute(query)]


def introductions() -> list[str]:
    """A line for each sample person, for the operator's terminal."""
    return [f"Try as {person.name}, phone {number}" for person, number in samples()]
