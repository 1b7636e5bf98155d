"""Which classes a person is in, or waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from service.clock import local
from service.db import reading
from service.errors import NotFound
from service.matters.queries import normal_no
from service.study.class_models import LIVE, Enrolment, enrolments
from service.study.classes import Offer, get_offer


@dataclass(frozen=True)
class Place:
    """A live enrolment with its class; `position` is the place in the waiting list, None with a seat."""

    enrolment: Enrolment
    offer: Offer
    position: int | None


def get_enrolment(person_id: int, receipt_no: str) -> Enrolment:
    """The person's enrolment of that number, live or not.

    Raises:
        NotFound: there is none; another's is not told apart from none.
    """
    with reading() as session:
        query = select(Enrolment).where(
            enrolments.c.receipt_no == normal_no(receipt_no), enrolments.c.person_id == person_id
        )
        enrolment = session.execute(query).scalars().first()
        if enrolment is None:
            raise NotFound()
        return enrolment


def places_of(person_id: int, now: datetime) -> list[Place]:
    """The classes that the person is in or waits for, whose term is not over."""
    with reading() as session:
        query = select(Enrolment).where(enrolments.c.person_id == person_id, enrolments.c.state.in_(LIVE))
        live = list(session.execute(query.order_by(enrolments.c.id)).scalars())
    offers = [(each, get_offer(each.class_id)) for each in live]
    today = local(now).date()
    return [
        Place(each, offer, place_in_queue(each) if each.state == "waiting" else None)
        for each, offer in offers
        if not offer.has_ended(today) and not offer.study_class.cancel_reason
    ]


def place_in_queue(enrolment: Enrolment) -> int:
    """Which one in the waiting list it is, from 1."""
    earlier = (enrolments.c.queued_at < enrolment.queued_at) | (
        (enrolments.c.queued_at == enrolment.queued_at) & (enrolments.c.id < enrolment.id)
    )
    waiting = (enrolments.c.class_id == enrolment.class_id) & (enrolments.c.state == "waiting")
    with reading() as session:
        query = select(func.count()).select_from(enrolments).where(waiting, earlier)
        return int(session.execute(query).scalar_one()) + 1
