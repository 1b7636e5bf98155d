"""People as staff look them up: with their phones, branch and community."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service.db import reading
from service.organisations.models import branches, communities
from service.people.models import Person, people, phones
from service.people.queries import digits

_SHORTEST_NUMBER = 4


@dataclass(frozen=True)
class Card:
    """A person with what belongs to them; `branch` and `community` are names, empty when unknown."""

    person: Person
    phones: tuple[str, ...]
    branch: str
    community: str


def look_up(words: str, limit: int = 50) -> list[Card]:
    """Everybody whose name contains the words or whose phone number ends with them, by name.

    Args:
        words: a name or a part of one, or a phone number or at least its last four digits.
    """
    number = digits(words)
    fits = people.c.name.contains(words.strip(), autoescape=True)
    if len(number) >= _SHORTEST_NUMBER:
        fits = people.c.id.in_(select(phones.c.person_id).where(phones.c.number.endswith(number)))
    with reading() as session:
        query = (
            select(Person, branches.c.name, communities.c.name)
            .outerjoin(branches, branches.c.id == people.c.branch_id)
            .outerjoin(communities, communities.c.id == people.c.community_id)
            .where(fits)
            .order_by(people.c.name, people.c.id)
            .limit(limit)
        )
        found = session.execute(query).all()
        numbers: dict[int, list[str]] = {person.id: [] for person, _, _ in found}
        listed = select(phones.c.person_id, phones.c.number).where(phones.c.person_id.in_(list(numbers)))
        for person_id, each in session.execute(listed.order_by(phones.c.id)):
            numbers[person_id].append(each)
    return [
        Card(person, tuple(numbers[person.id]), branch or "", community or "")
        for person, branch, community in found
    ]
