"""What a person has signed up for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from service.activities.listing import Listing, read_listings
from service.activities.models import LIVE, Booking, activities, bookings
from service.db import reading
from service.errors import NotFound


@dataclass(frozen=True)
class Appointment:
    """A live booking with its activity; `position` is the place in the waiting list, None with a seat."""

    booking: Booking
    listing: Listing
    position: int | None


def schedule(person_id: int, start: datetime, end: datetime | None = None) -> list[Appointment]:
    """What the person has a place in or waits for between two moments, the soonest first.

    Args:
        start: aware; what is over by then is left out.
        end: aware and excluded; None for all to come.
    """
    until = [activities.c.starts_at < end] if end is not None else []
    with reading() as session:
        query = (
            select(Booking)
            .join(activities, activities.c.id == bookings.c.activity_id)
            .where(
                bookings.c.person_id == person_id,
                bookings.c.state.in_(LIVE),
                activities.c.ends_at > start,
                *until,
            )
        )
        mine = {booking.activity_id: booking for booking in session.execute(query).scalars()}
        return [
            Appointment(booking, listing, place_in_queue(booking) if booking.state == "waiting" else None)
            for listing in read_listings(activities.c.id.in_(list(mine)))
            for booking in [mine[listing.id]]
        ]


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
