"""Enrolling in a class, waiting for a place, giving it back: every seat is counted under a lock on its class."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service import wording
from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.people.models import Person
from service.study.class_models import LIVE, Enrolment, StudyClass, enrolments, study_classes
from service.study.classes import Offer, get_offer
from service.study.enrolment_news import tell
from service.study.enrolment_refusals import (
    AlreadyEnrolled,
    ClassFull,
    ClassNotForYou,
    EnrolmentClosed,
    EnrolmentGone,
    TermOver,
)
from service.study.places import get_enrolment

IN_WORDS = {"enrolled": "已报名", "waiting": "排队中", "withdrawn": "已取消"}


def check(person: Person, class_id: int, now: datetime) -> Offer:
    """The class, when nothing but a full house could keep the person from enrolling.

    Raises:
        NotFound, AlreadyEnrolled, EnrolmentClosed, ClassNotForYou: as they say.
    """
    offer = get_offer(class_id)
    live = select(Enrolment).where(
        enrolments.c.person_id == person.id,
        enrolments.c.class_id == class_id,
        enrolments.c.state.in_(LIVE),
    )
    with reading() as session:
        held = session.execute(live).scalars().first()
    if held is not None:
        raise AlreadyEnrolled(title=offer.title, receipt_no=held.receipt_no, how=IN_WORDS[held.state])
    if (closed := offer.why_closed(now)) is not None:
        raise EnrolmentClosed(title=offer.title, reason=closed)
    if (reason := offer.why_not_for(person)) is not None:
        raise ClassNotForYou(title=offer.title, reason=reason)
    return offer


def enrol(
    person: Person, class_id: int, now: datetime, *, actor_id: int | None = None, wait: bool = False
) -> Enrolment:
    """Take a seat or, with `wait`, the last place in the waiting list when none is left.

    Args:
        actor_id: who asks, when that is not the person; the person is then told.

    Raises:
        ClassFull: no seat is left, and `wait` was not asked for.
        NotFound, AlreadyEnrolled, EnrolmentClosed, ClassNotForYou: as `check`.
    """
    with unit_of_work() as session:
        _lock(class_id)
        offer = check(person, class_id, now)
        state = _seat_or_queue(offer, wait)
        receipt_no = next_receipt_no("booking", now)
        on_behalf = actor_id if actor_id != person.id else None
        subject = wording.phrase("class_matter", title=offer.title, term=offer.term.name)
        session.add(
            Matter(
                receipt_no=receipt_no,
                kind="booking",
                subject=subject,
                state=IN_WORDS[state],
                created_at=now,
                changed_at=now,
                person_id=person.id,
                actor_id=on_behalf,
            )
        )
        session.flush()
        enrolment = Enrolment(receipt_no, class_id, person.id, state, queued_at=now, actor_id=on_behalf)
        session.add(enrolment)
        session.flush()
        if on_behalf is not None:
            tell(enrolment, offer, "enrolled_for_you", now)
        return enrolment


def withdraw(person: Person, receipt_no: str, now: datetime) -> Enrolment:
    """Give a place back; the first in the waiting list gets it and is told.

    Raises:
        NotFound: the person has no enrolment of that number.
        EnrolmentGone: it was given back already.
        TermOver: the term has ended.
    """
    with unit_of_work() as session:
        enrolment = get_enrolment(person.id, receipt_no)
        _lock(enrolment.class_id)
        session.refresh(enrolment)
        offer = get_offer(enrolment.class_id)
        if enrolment.state not in LIVE:
            raise EnrolmentGone(title=offer.title, receipt_no=enrolment.receipt_no)
        if offer.has_ended(local(now).date()):
            raise TermOver(title=offer.title)
        enrolment.state, enrolment.withdrawn_at = "withdrawn", now
        _mark(enrolment, now)
        _promote(offer.id, now)
        return enrolment


def can_restore(enrolment: Enrolment, now: datetime) -> bool:
    """Whether giving the place back can still be undone without waiting."""
    offer = get_offer(enrolment.class_id)
    return enrolment.state == "withdrawn" and offer.why_closed(now) is None and offer.seats_left != 0


def restore(person: Person, receipt_no: str, now: datetime) -> Enrolment:
    """Undo giving a place back, under the same number.

    Raises:
        ClassFull: somebody else has the place by now.
        NotFound, AlreadyEnrolled, EnrolmentClosed, ClassNotForYou: as `check`.
    """
    with unit_of_work() as session:
        enrolment = get_enrolment(person.id, receipt_no)
        _lock(enrolment.class_id)
        session.refresh(enrolment)
        enrolment.state = _seat_or_queue(check(person, enrolment.class_id, now), wait=False)
        enrolment.queued_at, enrolment.withdrawn_at = now, None
        _mark(enrolment, now)
        return enrolment


def cancel_class(class_id: int, reason: str, now: datetime) -> list[Enrolment]:
    """Call a class off and tell everybody who has a place or waits for one; again changes nothing.

    Returns:
        Whose places went.

    Raises:
        NotFound: there is no such class.
        ValueError: no reason is given, or its term is over.
    """
    if not reason.strip():
        raise ValueError("a class is called off for a reason")
    with unit_of_work() as session:
        found = _lock(class_id)
        offer = get_offer(class_id)
        if offer.has_ended(local(now).date()):
            raise ValueError("the term is over")
        if found.cancel_reason:
            return []
        found.cancel_reason = reason.strip()
        query = select(Enrolment).where(enrolments.c.class_id == class_id, enrolments.c.state.in_(LIVE))
        affected = list(session.execute(query.order_by(enrolments.c.id)).scalars())
        for enrolment in affected:
            enrolment.state, enrolment.withdrawn_at = "withdrawn", now
            _mark(enrolment, now)
            tell(enrolment, offer, "class_called_off", now, reason=reason.strip())
        return affected


def _lock(class_id: int) -> StudyClass:
    """The class as it is now, held until the transaction ends, so that seats are counted by one at a time."""
    with unit_of_work() as session:
        query = (
            select(StudyClass)
            .where(study_classes.c.id == class_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found = session.execute(query).scalars().first()
        if found is None:
            raise NotFound()
        return found


def _seat_or_queue(offer: Offer, wait: bool) -> str:
    if offer.seats_left is None or offer.seats_left > 0:
        return "enrolled"
    if not wait:
        raise ClassFull(title=offer.title, position=offer.waiting + 1)
    return "waiting"


def _promote(class_id: int, now: datetime) -> None:
    """Give free seats to those who wait, in order."""
    with unit_of_work() as session:
        session.flush()
        query = select(Enrolment).where(enrolments.c.class_id == class_id, enrolments.c.state == "waiting")
        for enrolment in list(
            session.execute(query.order_by(enrolments.c.queued_at, enrolments.c.id)).scalars()
        ):
            offer = get_offer(class_id)
            if offer.seats_left == 0:
                return
            enrolment.state = "enrolled"
            _mark(enrolment, now)
            session.flush()
            tell(enrolment, offer, "class_promoted", now)


def _mark(enrolment: Enrolment, now: datetime) -> None:
    """Write into the matter of an enrolment how it stands, in words."""
    with unit_of_work() as session:
        query = select(Matter).where(matters.c.receipt_no == enrolment.receipt_no)
        matter = session.execute(query).scalars().one()
        matter.state, matter.changed_at = IN_WORDS[enrolment.state], now
        session.flush()
