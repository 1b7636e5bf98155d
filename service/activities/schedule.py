"""What a person has signed up for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.activities.booking import place_in_queue
from service.activities.listing import Listing, read_listings
from service.activities.models import LIVE, Booking, activities, bookings
from service.db import reading


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
            for listing in read_listings(activities.c.id.in_(mine))
            for booking in [mine[listing.id]]
        ]
