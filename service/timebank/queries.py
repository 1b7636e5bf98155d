"""Requests for help as people and staff look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, or_, select

from service.db import reading
from service.errors import NotFound
from service.people.models import Person, people, phones
from service.timebank.models import HelpRequest, help_requests


@dataclass(frozen=True)
class Asked:
    """A request with who asks."""

    request: HelpRequest
    asker: Person


def open_for(person: Person, now: datetime, limit: int = 5) -> list[Asked]:
    """What others ask for and nobody has claimed: of the person's own community first, then the soonest."""
    near = case((people.c.community_id == person.community_id, 0), else_=1)
    return _read(
        help_requests.c.state == "open",
        help_requests.c.starts_at > now,
        help_requests.c.person_id != person.id,
        order=(near, help_requests.c.starts_at, help_requests.c.id),
        limit=limit,
    )


def of_person(person_id: int, *states: str) -> list[Asked]:
    """Requests that the person made or took on, in those states, the latest first."""
    theirs = or_(help_requests.c.person_id == person_id, help_requests.c.helper_id == person_id)
    return _read(theirs, help_requests.c.state.in_(states), order=(help_requests.c.starts_at.desc(),))


def get(receipt_no: str) -> Asked:
    """The request of that number.

    Raises:
        NotFound: there is none.
    """
    found = _read(help_requests.c.receipt_no == receipt_no)
    if not found:
        raise NotFound()
    return found[0]


def phone_of(person_id: int) -> str | None:
    """The person's first phone number; those who ask and who help are told each other's."""
    with reading() as session:
        query = select(phones.c.number).where(phones.c.person_id == person_id).order_by(phones.c.id)
        return session.execute(query).scalars().first()


def in_state(state: str | None, limit: int = 200) -> list[Asked]:
    """Requests of everybody, the latest first."""
    conditions = [] if state is None else [help_requests.c.state == state]
    return _read(*conditions, order=(help_requests.c.starts_at.desc(),), limit=limit)


def _read(*conditions, order=(help_requests.c.id,), limit: int = 200) -> list[Asked]:  # type: ignore[no-untyped-def]
    with reading() as session:
        query = (
            select(HelpRequest, Person)
            .join(people, people.c.id == help_requests.c.person_id)
            .where(*conditions)
            .order_by(*order)
            .limit(limit)
        )
        return [Asked(*row) for row in session.execute(query)]
