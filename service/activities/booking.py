"""Booking a place, waiting for one, giving it back: every seat is counted under a lock on its activity."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service.activities.listing import Listing, get_listing
from service.activities.models import LIVE, Activity, Booking
from service.activities.news import tell
from service.activities.refusals import (
    ActivityClosed,
    ActivityFull,
    AlreadyBooked,
    BookingGone,
    NotEligible,
    TimeClash,
    TooLateToCancel,
)
from service.activities.schedule import get_booking, live_booking
from service.activities.seats import IN_WORDS, clash, count_seats, lock, mark, promote
from service.clock import local, moment_words
from service.db import reading, unit_of_work
from service.matters.models import Matter
from service.matters.receipts import next_receipt_no
from service.people.models import Person, people


def check(person: Person, activity_id: int, now: datetime) -> Listing:
    """The activity, when nothing but a full house could keep the person from booking it.

    Raises:
        NotFound, ActivityClosed, AlreadyBooked, NotEligible, TimeClash: as they say.
    """
    listing = get_listing(activity_id)
    title = listing.activity.title
    if (booking := live_booking(person.id, activity_id)) is not None:
        raise AlreadyBooked(title=title, receipt_no=booking.receipt_no, how=IN_WORDS[booking.state])
    if (closed := listing.why_closed(now)) is not None:
        raise ActivityClosed(title=title, reason=closed)
    if (reason := listing.why_not_for(person)) is not None:
        raise NotEligible(title=title, reason=reason)
    if (other := clash(person.id, listing.activity)) is not None:
        booked, activity = other
        when = moment_words(activity.starts_at, local(now).date())
        raise TimeClash(title=title, other=activity.title, when=when, receipt_no=booked.receipt_no)
    return listing


def book(
    person: Person, activity_id: int, now: datetime, *, actor_id: int | None = None, wait: bool = False
) -> Booking:
    """Take a seat or, with `wait`, the last place in the waiting list when none is left.

    Args:
        actor_id: who asks, when that is not the person; the person is then told.

    Raises:
        ActivityFull: no seat is left, and `wait` was not asked for.
        NotFound, ActivityClosed, AlreadyBooked, NotEligible, TimeClash: as `check`.
    """
    with unit_of_work() as session:
        activity = _hold(person, activity_id)
        listing = check(person, activity_id, now)
        state = _seat_or_queue(listing, wait)
        receipt_no = next_receipt_no("booking", now)
        on_behalf = actor_id if actor_id != person.id else None
        session.add(
            Matter(
                receipt_no=receipt_no,
                kind="booking",
                subject=activity.title,
                state=IN_WORDS[state],
                created_at=now,
                changed_at=now,
                person_id=person.id,
                actor_id=on_behalf,
            )
        )
        session.flush()
        booking = Booking(receipt_no, activity_id, person.id, state, queued_at=now, actor_id=on_behalf)
        session.add(booking)
        session.flush()
        count_seats(activity)
        if on_behalf is not None:
            tell(booking, activity, "booked_for_you", now, who=_name(on_behalf))
        return booking


def cancel_booking(person: Person, receipt_no: str, now: datetime, *, actor_id: int | None = None) -> Booking:
    """Give a place back; the first in the waiting list who can take it gets it and is told.

    Args:
        actor_id: who asks, when that is not the person; the person is then told.

    Raises:
        NotFound: the person has no booking of that number.
        BookingGone: it was given back already.
        TooLateToCancel: the activity has begun.
    """
    with unit_of_work() as session:
        booking = get_booking(person.id, receipt_no)
        activity = lock(booking.activity_id)
        session.refresh(booking)
        if booking.state not in LIVE:
            raise BookingGone(title=activity.title, receipt_no=receipt_no)
        if activity.starts_at <= now:
            raise TooLateToCancel(title=activity.title)
        booking.state, booking.cancelled_at = "cancelled", now
        mark(booking, IN_WORDS["cancelled"], now)
        if actor_id not in (None, person.id):
            tell(booking, activity, "cancelled_for_you", now, who=_name(actor_id))
        promote(activity, now)
        return booking


def can_restore(booking: Booking, now: datetime) -> bool:
    """Whether giving the place back can still be undone without waiting."""
    listing = get_listing(booking.activity_id)
    return booking.state == "cancelled" and listing.why_closed(now) is None and listing.seats_left != 0


def restore(person: Person, receipt_no: str, now: datetime) -> Booking:
    """Undo giving a place back, under the same number.

    Raises:
        ActivityFull: somebody else has the place by now.
        NotFound, ActivityClosed, AlreadyBooked, NotEligible, TimeClash: as `check`.
    """
    with unit_of_work() as session:
        booking = get_booking(person.id, receipt_no)
        activity = _hold(person, booking.activity_id)
        session.refresh(booking)
        booking.state = _seat_or_queue(check(person, activity.id, now), wait=False)
        booking.queued_at, booking.cancelled_at = now, None
        mark(booking, IN_WORDS[booking.state], now)
        count_seats(activity)
        return booking


def _name(person_id: int | None) -> str:
    with reading() as session:
        return str(session.execute(select(people.c.name).where(people.c.id == person_id)).scalar_one())


def _hold(person: Person, activity_id: int) -> Activity:
    """Hold the activity, then the person, so that two bookings of theirs at once cannot clash unseen."""
    with unit_of_work() as session:
        activity = lock(activity_id)
        held = select(people.c.id).where(people.c.id == person.id).with_for_update(key_share=True)
        session.execute(held)
        return activity


def _seat_or_queue(listing: Listing, wait: bool) -> str:
    """In the draw until it is held; booked while a seat is left, else waiting.

    Raises:
        ActivityFull: there is no seat, and waiting was not asked for.
    """
    if listing.by_lot:
        return "entered"
    if listing.seats_left is None or listing.seats_left > 0:
        return "booked"
    if not wait:
        raise ActivityFull(title=listing.activity.title, position=listing.waiting + 1)
    return "waiting"
