"""The reminder the evening before, written once for each booking and time, late within its bound or not at all."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from sqlalchemy import and_, select

from service.activities.models import Activity, Booking, activities, booking_reminders, bookings
from service.activities.news import REMINDER, tell
from service.clock import SHANGHAI, hour_words, local
from service.db import is_infrastructure, savepoint, unit_of_work
from service.errors import TurnAborted
from service.organisations.models import Venue, venues

logger = logging.getLogger(__name__)

FROM, UNTIL = time(18), time(21)
_AT_ONCE = 200
# What was missed longer ago than this nobody asks about any more.
_LOOKED_BACK = timedelta(days=3)


def write_evening(now: datetime) -> int:
    """Remind everybody of what they have a place in tomorrow; for the timetable, harmless to repeat.

    Between FROM and UNTIL (Asia/Shanghai) of the evening before. What was missed then is recorded as skipped, and what
    was booked only after FROM as not due, since the person has just heard of it. Another time means another reminder.

    Returns:
        How many were written.
    """
    written = 0
    while True:
        with unit_of_work() as session:
            found = session.execute(_unreminded(now)).all()
            done = [_one_alone(booking, activity, venue, now) for booking, activity, venue in found]
        written += sum(outcome == "written" for outcome in done)
        if len(found) < _AT_ONCE or None in done:
            return written


def evening_of(starts_at: datetime) -> tuple[datetime, datetime]:
    """When the reminder of something is due, and when it is too late for it."""
    before = local(starts_at).date() - timedelta(days=1)
    return datetime.combine(before, FROM, SHANGHAI), datetime.combine(before, UNTIL, SHANGHAI)


def _unreminded(now: datetime):  # type: ignore[no-untyped-def]
    """Bookings whose evening has come and of which nothing is recorded for their present time."""
    at = local(now)
    tomorrow = datetime.combine(at.date() + timedelta(days=1), time(0), SHANGHAI)
    last = tomorrow + timedelta(days=1) if at.time() >= FROM else tomorrow
    recorded = and_(
        booking_reminders.c.booking_id == bookings.c.id,
        booking_reminders.c.starts_at == activities.c.starts_at,
    )
    return (
        select(Booking, Activity, Venue)
        .join(activities, activities.c.id == bookings.c.activity_id)
        .outerjoin(venues, venues.c.id == activities.c.venue_id)
        .where(
            bookings.c.state == "booked",
            activities.c.state.in_(("open", "full", "closed")),
            activities.c.starts_at > now - _LOOKED_BACK,
            activities.c.starts_at < last,
            ~select(booking_reminders.c.id).where(recorded).exists(),
        )
        .order_by(bookings.c.id)
        .limit(_AT_ONCE)
        .with_for_update(of=bookings, skip_locked=True)
    )


def _one_alone(booking: Booking, activity: Activity, venue: Venue | None, now: datetime) -> str | None:
    """Deal with one so that a fault in it harms no other; None where there was one."""
    try:
        with savepoint() as session:
            outcome = _write(booking, activity, venue, now)
            values = {"booking_id": booking.id, "starts_at": activity.starts_at}
            session.execute(booking_reminders.insert().values(outcome=outcome, recorded_at=now, **values))
            return outcome
    except Exception as error:
        if isinstance(error, TurnAborted) or is_infrastructure(error):
            raise
        logger.error("reminder of booking %d: %s", booking.id, type(error).__name__)
        return None


def _write(booking: Booking, activity: Activity, venue: Venue | None, now: datetime) -> str:
    due, too_late = evening_of(activity.starts_at)
    told_at = max(booking.queued_at, activity.changed_at or booking.queued_at)
    if told_at >= due:
        return "not_due"
    if now >= too_late:
        return "skipped"
    place = "，".join(filter(None, [venue.name if venue else "", activity.meeting_point]))
    tell(
        booking,
        activity,
        REMINDER,
        now,
        due_at=due,
        # Quiet hours may put it off until the morning, when it is still of use.
        expires_at=activity.starts_at,
        of=activity.starts_at,
        place=place,
        bring=activity.bring or "平常用的东西",
        hour=hour_words(activity.starts_at),
    )
    return "written"
