"""Changing an activity that people have signed up for: another time or place is told to all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service import wording
from service.activities import rooms
from service.activities.models import LIVE, Activity, Booking, bookings
from service.activities.news import tell
from service.activities.seats import lock, promote
from service.activities.terms import index
from service.clock import local, moment_words
from service.db import unit_of_work
from service.errors import NotFound
from service.organisations.models import Venue, venues


@dataclass(frozen=True)
class Change:
    """What becomes different; None stays as it is.

    Args:
        starts_at, ends_at: aware; without an end it lasts as long as before.
        venue: the name of a venue.
        capacity: more seats go to those who wait; fewer take nobody's place away.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: str | None = None
    meeting_point: str | None = None
    bring: str | None = None
    about: str | None = None
    capacity: int | None = None


def change(activity_id: int, wanted: Change, now: datetime) -> list[Booking]:
    """Change an activity; where its time or place is another one, tell all who have a place or wait for one.

    The booking closes as long before the start as it did. The same change again changes nothing.

    Returns:
        The bookings of those who are told.

    Raises:
        NotFound: there is no such activity or venue.
        ValueError: it is over or called off, or the times are in the wrong order.
        RoomTaken: its room is another's at the new time.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        if activity.state not in ("draft", "open", "full", "closed") or activity.ends_at <= now:
            raise ValueError("what is over or called off cannot be changed")
        before = _time_and_place(activity)
        _move(activity, wanted, now)
        for name in ("meeting_point", "bring", "about", "capacity"):
            if (value := getattr(wanted, name)) is not None:
                setattr(activity, name, value)
        session.flush()
        index(activity)
        promote(activity, now)
        if _time_and_place(activity) == before:
            return []
        activity.changed_at = now
        session.flush()
        return [] if activity.state == "draft" else _tell_all(activity, before, now)


def _move(activity: Activity, wanted: Change, now: datetime) -> None:
    """Give it its new time and venue."""
    starts_at = wanted.starts_at or activity.starts_at
    ends_at = wanted.ends_at or starts_at + (activity.ends_at - activity.starts_at)
    if ends_at <= starts_at or ends_at <= now:
        raise ValueError("an activity ends after it starts, and not in the past")
    later = starts_at - activity.starts_at
    if later and activity.room_id is not None:
        rooms.require_free(activity.room_id, starts_at, ends_at, but_for_activity=activity.id)
    activity.booking_closes_at = min(activity.booking_closes_at + later, ends_at)
    activity.starts_at, activity.ends_at = starts_at, ends_at
    if activity.state == "closed" and activity.booking_closes_at > now:
        activity.state = "open"
    if wanted.venue is None:
        return
    with unit_of_work() as session:
        venue_id = session.execute(select(venues.c.id).where(venues.c.name == wanted.venue)).scalar()
    if venue_id is None:
        raise NotFound()
    if venue_id != activity.venue_id:
        activity.venue_id, activity.room_id = int(venue_id), None


def _time_and_place(activity: Activity) -> tuple[datetime, datetime, int | None, str]:
    return activity.starts_at, activity.ends_at, activity.venue_id, activity.meeting_point


def _tell_all(
    activity: Activity, before: tuple[datetime, datetime, int | None, str], now: datetime
) -> list[Booking]:
    today = local(now).date()
    with unit_of_work() as session:
        live = select(Booking).where(bookings.c.activity_id == activity.id, bookings.c.state.in_(LIVE))
        affected = list(session.execute(live.order_by(bookings.c.id)).scalars())
        venue = session.get(Venue, activity.venue_id) if activity.venue_id else None
    place = "，".join(filter(None, [venue.name if venue else "", activity.meeting_point]))
    was = moment_words(before[0], today)
    moved = before[:2] != (activity.starts_at, activity.ends_at)
    changes = [wording.phrase("change_time", was=was)] if moved else []
    changes += [wording.phrase("change_place")] if before[2:] != _time_and_place(activity)[2:] else []
    for booking in affected:
        tell(booking, activity, "activity_changed", now, of=now, place=place, changes="\n".join(changes))
    return affected
