"""Scarce places by lot: entered until a date, drawn once, in an order that anybody can recompute."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from service.activities.models import Activity, Booking, activities, bookings
from service.activities.news import tell
from service.activities.seats import IN_WORDS, clash, count_seats, lock, mark
from service.db import is_infrastructure, reading, savepoint, unit_of_work
from service.errors import TurnAborted

logger = logging.getLogger(__name__)


def commitment(activity: Activity) -> str:
    """What is published beforehand: the SHA-256 of the seed, by which it can be seen that it was not chosen later."""
    return hashlib.sha256(activity.draw_seed.encode()).hexdigest()


def order_of(seed: str, receipt_nos: list[str]) -> list[str]:
    """The order in which these are drawn: by the SHA-256 of seed:number, in hexadecimal."""
    return sorted(receipt_nos, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).hexdigest())


def entered(activity_id: int) -> list[str]:
    """The numbers in the draw, or that were in it, in the order in which they entered."""
    with reading() as session:
        query = (
            select(bookings.c.receipt_no)
            .where(bookings.c.activity_id == activity_id, bookings.c.drawn_place.is_not(None))
            .order_by(bookings.c.id)
        )
        waits = select(bookings.c.receipt_no).where(
            bookings.c.activity_id == activity_id, bookings.c.state == "entered"
        )
        return [*session.execute(query).scalars(), *session.execute(waits.order_by(bookings.c.id)).scalars()]


def draw(activity_id: int, now: datetime) -> list[Booking]:
    """Draw, if it is time and has not been done: the first get the places, the rest wait in the drawn order.

    Who has something else at that time by now is passed over and waits. Everybody is told.

    Returns:
        The bookings in the drawn order; none when there was nothing to draw.

    Raises:
        NotFound: there is no such activity.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        due = activity.draw_at is not None and activity.draw_at <= now
        if not due or activity.drawn_at is not None or activity.state == "cancelled":
            return []
        query = select(Booking).where(bookings.c.activity_id == activity_id, bookings.c.state == "entered")
        by_number = {booking.receipt_no: booking for booking in session.execute(query).scalars()}
        drawn = [by_number[number] for number in order_of(activity.draw_seed, list(by_number))]
        left = activity.capacity or 0
        for place, booking in enumerate(drawn, 1):
            wins = left > 0 and clash(booking.person_id, activity) is None
            left -= wins
            booking.state = "booked" if wins else "waiting"
            booking.drawn_place = place
            # The waiting list is ordered by this; a microsecond keeps the drawn order.
            booking.queued_at = now + timedelta(microseconds=place)
            mark(booking, IN_WORDS[booking.state], now)
        activity.drawn_at = now
        session.flush()
        count_seats(activity)
        position = 0
        for booking in drawn:
            position += booking.state == "waiting"
            key = "drawn" if booking.state == "booked" else "not_drawn"
            tell(booking, activity, key, now, of=now, position=position, seed=activity.draw_seed)
        return drawn


def draw_due(now: datetime) -> int:
    """Draw whatever it is time for; for the timetable, harmless to repeat.

    Returns:
        How many draws were held.
    """
    c = activities.c
    with reading() as session:
        query = select(c.id).where(c.draw_at <= now, c.drawn_at.is_(None), c.state != "cancelled")
        due = list(session.execute(query.order_by(c.id)).scalars())
    for activity_id in due:
        try:
            with savepoint():
                draw(activity_id, now)
        except Exception as error:
            if isinstance(error, TurnAborted) or is_infrastructure(error):
                raise
            logger.error("draw of activity %d: %s", activity_id, type(error).__name__)
    return len(due)
