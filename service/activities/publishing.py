"""Publishing activities and calling them off; what time alone does to them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from service.activities import rooms
from service.activities.listing import Listing, get_listing
from service.activities.models import CLASSES, KINDS, LIVE, Activity, Booking, activities, bookings
from service.activities.news import tell
from service.activities.search import like
from service.activities.seats import lock, mark
from service.activities.team_models import teams
from service.activities.terms import index
from service.db import reading, unit_of_work
from service.organisations.models import venues
from service.people import queries as people

# Whoever may not go out at all is offered only what says so.
_USUAL_CLASSES = ("正常活动", "适当参加")
_CODES_APART = timedelta(days=30)


@dataclass(frozen=True)
class OnlyFor:
    """Whom an activity is for, besides their class.

    Args:
        branches, regions: names; none means all.
        skill: what one has to be able to do.
        health_note: read to everybody, as a sentence without a full stop.
        unfit_for: words that, in the reason of a person's class, keep them from it: 膝关节, 心脏.
    """

    branches: Sequence[str] = ()
    regions: Sequence[str] = ()
    skill: str = ""
    health_note: str = ""
    unfit_for: Sequence[str] = ()


_EVERYBODY = OnlyFor()


def publish(
    title: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    topics: Sequence[str] = (),
    venue: str | None = None,
    room: str | None = None,
    meeting_point: str = "",
    bring: str = "",
    about: str = "",
    capacity: int | None = None,
    booking_closes_at: datetime | None = None,
    eligible_classes: Sequence[str] = _USUAL_CLASSES,
    only_for: OnlyFor = _EVERYBODY,
    hosts: Sequence[str] = (),
    public: bool = True,
    draft: bool = False,
    draw_at: datetime | None = None,
    entries_close_at: datetime | None = None,
    team: str | None = None,
) -> Activity:
    """Make an activity that can be found and booked, or a draft of one.

    Args:
        kind: one of KINDS.
        topics: words that people ask for it by, besides its title.
        venue: the name of a venue; room: of one of its rooms, which is then taken for that time.
        capacity: seats; None for no limit.
        booking_closes_at: the cut-off, by default when it starts.
        eligible_classes: those of CLASSES that may come; only_for: who else may not.
        hosts: the regions that hold it together.
        public: whether strangers see it.
        draw_at: when places are drawn by lot; until then people enter the draw, and afterwards book what is left.
        entries_close_at: until when works are handed in, where it is a contest.
        team: the name of the volunteer team that does it.

    Raises:
        ValueError: a kind, class or name is unknown, or the times are in the wrong order.
        RoomTaken: somebody else has the room then.
    """
    closes_at = booking_closes_at or starts_at
    if kind not in KINDS or not set(eligible_classes) <= set(CLASSES):
        raise ValueError("unknown kind or class")
    if ends_at <= starts_at or closes_at > ends_at:
        raise ValueError("an activity ends after it starts, and its booking closes before it ends")
    if draw_at is not None and (capacity is None or draw_at > closes_at):
        raise ValueError("a draw needs a number of places, and a time before booking closes")
    with unit_of_work() as session:
        venue_id = _id_of(venues, venue, "venue")
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
            eligible_branches=list(only_for.branches),
            eligible_regions=list(only_for.regions),
            skill=only_for.skill,
            health_note=only_for.health_note,
            unfit_for=list(only_for.unfit_for),
            hosts=list(hosts),
            code=_free_code(starts_at),
            draw_at=draw_at,
            draw_seed=secrets.token_hex(16) if draw_at is not None else "",
            entries_close_at=entries_close_at,
            team_id=_id_of(teams, team, "team"),
            lasts=ends_at - starts_at > timedelta(days=1),
        )
        if room is not None:
            activity.room_id = rooms.hold_for_activity(venue_id, room, starts_at, ends_at)
        session.add(activity)
        session.flush()
        index(activity)
        return activity


def open_draft(activity_id: int) -> Activity:
    """Let a draft be found and booked; one that is open already stays so.

    Raises:
        NotFound: there is none of that id.
        ValueError: it is neither a draft nor open.
    """
    with unit_of_work() as session:
        activity = lock(activity_id)
        if activity.state not in ("draft", "open", "full"):
            raise ValueError("only a draft can be opened")
        if activity.state == "draft":
            activity.state = "open"
        session.flush()
        return activity


def _id_of(table: Any, name: str | None, what: str) -> int | None:
    """The id of what goes by that name.

    Raises:
        ValueError: nothing does.
    """
    if name is None:
        return None
    with reading() as session:
        found = session.execute(select(table.c.id).where(table.c.name == name)).scalar()
    if found is None:
        raise ValueError(f"unknown {what}")
    return int(found)


def _free_code(starts_at: datetime) -> str:
    """Six digits that no other activity of those days is checked in by."""
    c = activities.c
    near = (c.starts_at > starts_at - _CODES_APART) & (c.starts_at < starts_at + _CODES_APART)
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        with reading() as session:
            if session.execute(select(c.id).where(c.code == code, near)).scalar() is None:
                return code


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
            tell(booking, activity, "activity_cancelled", now, others=_next_best(activity, booking, now))
        session.flush()
        return affected


def _next_best(activity: Activity, booking: Booking, now: datetime) -> list[Listing]:
    """What the person could go to instead."""
    person = people.get(booking.person_id)
    return like(get_listing(activity.id), person, now, limit=2).listings


def move_on(now: datetime) -> None:
    """Close what is past its cut-off and mark as held what is over; for the timetable, harmless to repeat."""
    bookable = activities.c.state.in_(("open", "full"))
    with unit_of_work() as session:
        late = activities.c.booking_closes_at <= now
        over = (activities.c.state == "closed") & (activities.c.ends_at <= now)
        for condition, state in ((bookable & late, "closed"), (over, "held")):
            session.execute(update(activities).where(condition).values(state=state))
