"""Redemptions as people and staff look at them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service.db import reading
from service.errors import NotFound
from service.people.models import Person, people
from service.rewards.models import Redemption, Reward, redemptions, rewards


@dataclass(frozen=True)
class Kept:
    """A redemption with its reward and whose it is."""

    redemption: Redemption
    reward: Reward
    person: Person


def get(person_id: int, receipt_no: str) -> Kept:
    """The person's redemption of that number.

    Raises:
        NotFound: they have none.
    """
    found = _read(redemptions.c.receipt_no == receipt_no, redemptions.c.person_id == person_id)
    if not found:
        raise NotFound()
    return found[0]


def reserved_for(person_id: int) -> list[Kept]:
    """What is kept for a person, what has to be fetched first at the head."""
    return _read(redemptions.c.person_id == person_id, redemptions.c.state == "reserved")


def in_state(state: str | None, limit: int = 200) -> list[Kept]:
    """Redemptions of everybody, those with the earliest last day first.

    Args:
        state: only those reserved, picked_up, lapsed or cancelled.
    """
    conditions = [] if state is None else [redemptions.c.state == state]
    return _read(*conditions, limit=limit)


def _read(*conditions, limit: int = 200) -> list[Kept]:  # type: ignore[no-untyped-def]
    with reading() as session:
        query = (
            select(Redemption, Reward, Person)
            .join(rewards, rewards.c.id == redemptions.c.reward_id)
            .join(people, people.c.id == redemptions.c.person_id)
            .where(*conditions)
            .order_by(redemptions.c.pick_up_until, redemptions.c.id)
            .limit(limit)
        )
        return [Kept(*row) for row in session.execute(query)]
