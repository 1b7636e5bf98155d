"""Publishing activities and calling them off; what time alone does to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from service.activities.models import CLASSES, KINDS, LIVE, Activity, Booking, activities, bookings
from service.activities.news import tell
from service.activities.seats import lock, mark
from service.activities.terms import index
from service.db import unit_of_work
from service.organisations.models import venues

# Whoever may not go out at all is offered only what says so.
_USUAL_CLASSES = ("正常活动", "适当参加")


def publish(
    title: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    topics: Sequence[str] = (),
    venue: str | None = None,
    meeting_point: str = "",
    bring: str = "",
    about: str = "",
    capacity: int | None = None,
    booking_closes_at: datetime | None = None,
    eligible_classes: Sequence[str] = _USUAL_CLASSES,
    public: bool = True,
    draft: bool = False,
) -> Activity:
    """Make an activity that can be found and booked, or a draft of one.

    Args:
        kind: one of KINDS.
        topics: words that people ask for it by, besides its title.
        venue: the name of a venue.
        capacity: seats; None for no limit.
        booking_closes_at: the cut-off, by default when it starts.
        eligible_classes: those of CLASSES that may come.
        public: whether strangers see it.

    Raises:
        ValueError: the kind, a class or the venue is unknown, or the times are in the wrong order.
    """
    closes_at = booking_closes_at or starts_at
    if kind not in KINDS or not set(eligible_classes) <= set(CLASSES):
        raise ValueError("unknown kind or class")
    if ends_at <= starts_at or closes_at > ends_at:
        raise ValueError("an activity ends after it starts, and its booking closes before it ends")
    with unit_of_work() as session:
        venue_id = None
        if venue is not None:
            venue_id = session.execute(select(venues.c.id).where(venues.c.name == venue)).scalar()
            if venue_id is None:
                raise ValueError("unknown venue")
        activity = Activity(
            kind=kind,
            title=title,
            topics=list(topics),
            starts_at=starts_at,
            ends_at=ends_at,
            booking_closes_at=closes_at,
            eligible_classes=list(eligible_classes),
            venue_id=venue_id,
            meeting_point=meeting_point,
            bring=bring,
            about=about,
            capacity=capacity,
            public=public,
            state="draft" if draft else "open",
        )
        session.add(activity)
        session.flush()
        index(activity)
        return activity


def cancel_activity(activity_id: int, reason: str, now: datetime) -> list[Booking]:
    """Call an activity off and tell all who have a place or wait for one; twice is as good as once.

    Args:
        reason: told to them: 因雨, 老师生病.

    Returns:
        The bookings that were live.

    Raises:
        NotFound: there is none of that id.
        ValueError: it is over.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        if activity.state == "cancelled":
            return []
        if activity.ends_at <= now:
            raise ValueError("what is over cannot be called off")
        activity.state, activity.cancel_reason = "cancelled", reason
        live = select(Booking).where(bookings.c.activity_id == activity_id, bookings.c.state.in_(LIVE))
        affected = list(session.execute(live).scalars())
        for booking in affected:
            booking.state, booking.cancelled_at = "cancelled", now
            mark(booking, "活动取消", now)
            tell(booking, activity, "activity_cancelled", now)
        session.flush()
        return affected


def move_on(now: datetime) -> None:
    """Close what is past its cut-off and mark as held what is over; for the timetable, harmless to repeat."""
    bookable = activities.c.state.in_(("open", "full"))
    with unit_of_work() as session:
        late = activities.c.booking_closes_at <= now
        over = (activities.c.state == "closed") & (activities.c.ends_at <= now)
        for condition, state in ((bookable & late, "closed"), (over, "held")):
            session.execute(update(activities).where(condition).values(state=state))
