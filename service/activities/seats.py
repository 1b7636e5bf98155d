"""The seats of an activity: held under its lock, passed on in the order of the waiting list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from service.activities.listing import get_listing
from service.activities.models import Activity, Booking, activities, bookings
from service.activities.news import tell
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import Matter, matters

IN_WORDS = {"booked": "已报名", "waiting": "排队中", "entered": "等抽签", "cancelled": "已取消"}


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


def clash(person_id: int, activity: Activity) -> tuple[Booking, Activity] | None:
    """Another place that the person has at the same time; what takes more than a day leaves time for others."""
    if activity.lasts:
        return None
    with reading() as session:
        query = (
            select(Booking, Activity)
            .join(activities, activities.c.id == bookings.c.activity_id)
            .where(
                bookings.c.person_id == person_id,
                bookings.c.state == "booked",
                activities.c.id != activity.id,
                activities.c.state != "cancelled",
                activities.c.lasts.is_(False),
                activities.c.starts_at < activity.ends_at,
                activities.c.ends_at > activity.starts_at,
            )
            .order_by(activities.c.starts_at)
        )
        return session.execute(query).first()


def promote(activity: Activity, now: datetime) -> None:
    """Give free seats to those who wait, in order, but for whoever has something else at that time.

    Once it has begun nobody is called any more.
    """
    with unit_of_work() as session:
        if activity.starts_at <= now or (activity.draw_at is not None and activity.drawn_at is None):
            return
        session.flush()
        waiting = (
            select(Booking)
            .where(bookings.c.activity_id == activity.id, bookings.c.state == "waiting")
            .order_by(bookings.c.queued_at, bookings.c.id)
        )
        for booking in list(session.execute(waiting).scalars()):
            if get_listing(activity.id).seats_left == 0:
                break
            if clash(booking.person_id, activity) is None:
                booking.state = "booked"
                mark(booking, IN_WORDS["booked"], now)
                tell(booking, activity, "promoted", now)
        count_seats(activity)


def count_seats(activity: Activity) -> None:
    """Let the activity say whether it is full; the caller holds its lock."""
    with unit_of_work() as session:
        taken = select(func.count()).select_from(bookings)
        taken = taken.where(bookings.c.activity_id == activity.id, bookings.c.state == "booked")
        full = activity.capacity is not None and session.execute(taken).scalar_one() >= activity.capacity
        if activity.state in ("open", "full"):
            activity.state = "full" if full else "open"
        session.flush()
