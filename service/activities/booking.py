"""Booking a place, waiting for one, giving it back: every seat is counted under a lock on its activity."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from service import wording
from service.activities.listing import Listing, get_listing
from service.activities.models import LIVE, Activity, Booking, activities, bookings
from service.activities.refusals import (
    ActivityClosed,
    ActivityFull,
    AlreadyBooked,
    BookingGone,
    NotEligible,
    TimeClash,
    TooLateToCancel,
)
from service.clock import local, moment_words
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.messages import outbox
from service.people.models import Person, people

_IN_WORDS = {"booked": "已报名", "waiting": "排队中", "cancelled": "已取消"}


def check(person: Person, activity_id: int, now: datetime) -> Listing:
    """The activity, when nothing but a full house could keep the person from booking it.

    Raises:
        NotFound, ActivityClosed, AlreadyBooked, NotEligible, TimeClash: as they say.
    """
    listing = get_listing(activity_id, person)
    title = listing.activity.title
    if (booking := live_booking(person.id, activity_id)) is not None:
        raise AlreadyBooked(title=title, receipt_no=booking.receipt_no, how=_IN_WORDS[booking.state])
    if (closed := listing.why_closed(now)) is not None:
        raise ActivityClosed(title=title, reason=closed)
    if (reason := listing.why_not_for(person)) is not None:
        raise NotEligible(title=title, reason=reason)
    if (other := _clash(person.id, listing.activity)) is not None:
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
        activity = _lock(person, activity_id)
        listing = check(person, activity_id, now)
        state = _seat_or_queue(listing, wait)
        receipt_no = next_receipt_no("booking", now)
        on_behalf = actor_id if actor_id != person.id else None
        session.add(
            Matter(
                receipt_no=receipt_no,
                kind="booking",
                subject=activity.title,
                state=_IN_WORDS[state],
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
        _count_seats(activity)
        if on_behalf is not None:
            _tell(booking, activity, "booked_for_you", now)
        return booking


def cancel_booking(person: Person, receipt_no: str, now: datetime) -> Booking:
    """Give a place back; the first in the waiting list who can take it gets it and is told.

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
        mark(booking, _IN_WORDS["cancelled"], now)
        _promote(activity, now)
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
        activity = _lock(person, booking.activity_id)
        session.refresh(booking)
        booking.state = _seat_or_queue(check(person, activity.id, now), wait=False)
        booking.queued_at, booking.cancelled_at = now, None
        mark(booking, _IN_WORDS[booking.state], now)
        _count_seats(activity)
        return booking


def get_booking(person_id: int, receipt_no: str) -> Booking:
    """The person's booking of that number, live or not.

    Raises:
        NotFound: there is none; another's is not told apart from none.
    """
    with reading() as session:
        query = select(Booking).where(
            bookings.c.receipt_no == receipt_no.strip().upper(), bookings.c.person_id == person_id
        )
        booking = session.execute(query).scalars().first()
        if booking is None:
            raise NotFound()
        return booking


def live_booking(person_id: int, activity_id: int) -> Booking | None:
    """The person's place in an activity or in its waiting list."""
    with reading() as session:
        query = select(Booking).where(
            bookings.c.person_id == person_id,
            bookings.c.activity_id == activity_id,
            bookings.c.state.in_(LIVE),
        )
        return session.execute(query).scalars().first()


def place_in_queue(booking: Booking) -> int:
    """Which one in the waiting list it is, from 1."""
    earlier = (bookings.c.queued_at < booking.queued_at) | (
        (bookings.c.queued_at == booking.queued_at) & (bookings.c.id < booking.id)
    )
    with reading() as session:
        query = (
            select(func.count())
            .select_from(bookings)
            .where(bookings.c.activity_id == booking.activity_id, bookings.c.state == "waiting", earlier)
        )
        return int(session.execute(query).scalar_one()) + 1


def lock(activity_id: int) -> Activity:
    """The activity as it is now, held until the transaction ends, so that seats are counted by one at a time.

    Raises:
        NotFound: there is none of that id.
    """
    with unit_of_work() as session:
        query = (
            select(Activity)
            .where(activities.c.id == activity_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        activity = session.execute(query).scalars().first()
        if activity is None:
            raise NotFound()
        return activity


def mark(booking: Booking, state: str, now: datetime) -> None:
    """Write into the matter of a booking how it stands, in words."""
    with unit_of_work() as session:
        query = select(Matter).where(matters.c.receipt_no == booking.receipt_no)
        matter = session.execute(query).scalars().one()
        matter.state, matter.changed_at = state, now
        session.flush()


def _lock(person: Person, activity_id: int) -> Activity:
    """Hold the activity, then the person, so that two bookings of theirs at once cannot clash unseen."""
    with unit_of_work() as session:
        activity = lock(activity_id)
        held = select(people.c.id).where(people.c.id == person.id).with_for_update(key_share=True)
        session.execute(held)
        return activity


def _seat_or_queue(listing: Listing, wait: bool) -> str:
    """Booked while a seat is left and nobody waits for it, else waiting.

    Raises:
        ActivityFull: there is no seat, and waiting was not asked for.
    """
    if listing.seats_left is None or listing.seats_left > 0:
        return "booked"
    if not wait:
        raise ActivityFull(title=listing.activity.title, position=listing.waiting + 1)
    return "waiting"


def _clash(person_id: int, activity: Activity, but: int | None = None) -> tuple[Booking, Activity] | None:
    """Another place that the person has at the same time."""
    with reading() as session:
        query = (
            select(Booking, Activity)
            .join(activities, activities.c.id == bookings.c.activity_id)
            .where(
                bookings.c.person_id == person_id,
                bookings.c.state == "booked",
                activities.c.id != activity.id,
                activities.c.state != "cancelled",
                activities.c.starts_at < activity.ends_at,
                activities.c.ends_at > activity.starts_at,
            )
            .order_by(activities.c.starts_at)
        )
        return session.execute(query).first()


def _promote(activity: Activity, now: datetime) -> None:
    """Give free seats to those who wait, in order, passing over whoever has something else at that time by now."""
    with unit_of_work() as session:
        session.flush()
        waiting = (
            select(Booking)
            .where(bookings.c.activity_id == activity.id, bookings.c.state == "waiting")
            .order_by(bookings.c.queued_at, bookings.c.id)
        )
        for booking in list(session.execute(waiting).scalars()):
            if get_listing(activity.id, None).seats_left == 0:
                break
            if _clash(booking.person_id, activity) is None:
                booking.state = "booked"
                mark(booking, _IN_WORDS["booked"], now)
                _tell(booking, activity, "promoted", now)
        _count_seats(activity)


def _count_seats(activity: Activity) -> None:
    """Let the activity say whether it is full; the caller holds its lock."""
    with unit_of_work() as session:
        taken = select(func.count()).select_from(bookings)
        taken = taken.where(bookings.c.activity_id == activity.id, bookings.c.state == "booked")
        full = activity.capacity is not None and session.execute(taken).scalar_one() >= activity.capacity
        if activity.state in ("open", "full"):
            activity.state = "full" if full else "open"
        session.flush()


def _tell(booking: Booking, activity: Activity, key: str, now: datetime) -> None:
    when = moment_words(activity.starts_at, local(now).date())
    said = wording.say(
        key, title=activity.title, when=when, receipt_no=booking.receipt_no, activity_id=activity.id
    )
    outbox.tell(
        booking.person_id,
        "notice",
        said,
        now,
        expires_at=activity.ends_at,
        dedupe_key=f"{key}:{booking.receipt_no}:{booking.queued_at.timestamp():.0f}",
    )
