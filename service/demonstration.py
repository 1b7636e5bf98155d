"""A demonstration database: one that holds only invented people, and where one may be any of them."""

from __future__ import annotations

from sqlalchemy import func, select

from service.db import reading
from service.organisations.queries import office
from service.people.models import Person, people, phones


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
            select(Person, func.min(phones.c.number))
            .join(phones, phones.c.person_id == people.c.id)
            .group_by(people.c.id)
            .order_by(people.c.id)
            .limit(limit)
        )
        return [(person, number) for person, number in session.execute(query)]


def introductions() -> list[str]:
    """A line for each sample person, for the operator's terminal."""
    return [
        f"Try as {person.name}, phone {number} ({_about(person)}); in a terminal: make chat as={person.name}"
        for person, number in samples()
    ]


def _about(person: Person) -> str:
    born = f"born {person.birth_year}, " if person.birth_year else ""
    return f"{born}{person.activity_class}"
