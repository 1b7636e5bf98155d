"""Checking in: by the code shown at the door, by being there, by staff; from an hour before until half an hour after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import select

from service.activities.attendance_models import Attendance, attendances
from service.activities.eligibility import standing_of
from service.activities.listing import Listing, get_listing, read_listings
from service.activities.models import Activity, Booking, activities, bookings
from service.activities.refusals import (
    ActivityClosed,
    ActivityFull,
    NotBooked,
    NotEligible,
    NotYetTime,
    PlaceUnknown,
    TooFarAway,
    TooLateToCheckIn,
    WrongCode,
)
from service.activities.schedule import live_booking, place_in_queue
from service.activities.seats import IN_WORDS, count_seats, lock, mark
from service.clock import local, moment_words
from service.db import reading, unit_of_work
from service.matters.models import Matter
from service.matters.receipts import next_receipt_no
from service.people.models import Person

OPENS_BEFORE = timedelta(hours=1)
CLOSES_AFTER = timedelta(minutes=30)
# What a telephone in a building gets wrong, and the way from the gate to the door.
NEAR_METRES = 300
_EARTH_METRES = 6_371_000


@dataclass(frozen=True)
class Spot:
    """A place on earth in WGS 84 degrees."""

    latitude: float
    longitude: float

    def metres_to(self, other: Spot) -> int:
        """How far it is as the crow flies."""
        one, two = radians(self.latitude), radians(other.latitude)
        across = sin(radians(other.longitude - self.longitude) / 2) ** 2
        along = sin((two - one) / 2) ** 2
        return round(2 * _EARTH_METRES * asin(sqrt(along + cos(one) * cos(two) * across)))


def expected_now(person_id: int, now: datetime) -> list[Listing]:
    """What the person has a place in and may check in to now, or is in already, the soonest first."""
    mine = select(bookings.c.activity_id).where(
        bookings.c.person_id == person_id, bookings.c.state == "booked"
    )
    return read_listings(activities.c.id.in_(mine), *_window(now))


def attendance_of(person_id: int, activity_id: int) -> Attendance | None:
    """That the person has checked in, if they have."""
    with reading() as session:
        query = select(Attendance).where(
            attendances.c.person_id == person_id, attendances.c.activity_id == activity_id
        )
        return session.execute(query).scalars().first()


def by_code(person: Person, code: str, now: datetime, actor_id: int | None = None) -> Attendance:
    """Check in by the code that is shown there; again is as good as once.

    Raises:
        WrongCode: nothing is checked in to by that code now.
        NotBooked: the person has no place; `let_in` may give one.
        NotYetTime, TooLateToCheckIn: outside the time for it.
    """
    return _check_in(person, with_code(code, now), "code", now, actor_id)


def with_code(code: str, now: datetime) -> Listing:
    """What is checked in to by that code about now.

    Raises:
        WrongCode: nothing is.
    """
    c = activities.c
    about_now = (c.starts_at > now - timedelta(days=1)) & (c.starts_at < now + timedelta(days=1))
    states = c.state.in_(("open", "full", "closed", "held"))
    found = read_listings(c.code == code.strip().upper(), (about_now | (c.lasts & (c.ends_at > now))), states)
    if not found or not code.strip():
        raise WrongCode()
    return min(found, key=lambda each: abs(each.activity.starts_at - now))


def by_place(person: Person, activity_id: int, spot: Spot, now: datetime) -> Attendance:
    """Check in by being at the venue.

    Raises:
        PlaceUnknown: nobody has measured where the venue is.
        TooFarAway: the spot is not within NEAR_METRES of it.
        NotBooked, NotYetTime, TooLateToCheckIn: as `by_code`.
    """
    listing = get_listing(activity_id)
    there = spot_of(listing)
    if there is None:
        raise PlaceUnknown(title=listing.activity.title)
    if (metres := spot.metres_to(there)) > NEAR_METRES:
        raise TooFarAway(title=listing.activity.title, metres=metres, place=listing.place)
    return _check_in(person, listing, "place", now, None)


def spot_of(listing: Listing) -> Spot | None:
    """Where the venue is, if somebody has measured it."""
    venue = listing.venue
    if venue is None or venue.latitude is None or venue.longitude is None:
        return None
    return Spot(venue.latitude, venue.longitude)


def let_in(person: Person, activity_id: int, now: datetime, actor_id: int | None = None) -> Attendance:
    """Give somebody at the door a place that is left, and check them in.

    Raises:
        ActivityFull: none is left, or others have been waiting for it.
        NotEligible: it is not for this person.
        ActivityClosed: it was called off.
        NotYetTime, TooLateToCheckIn: as `by_code`.
    """
    with unit_of_work():
        activity = lock(activity_id)
        listing = get_listing(activity_id)
        if live_booking(person.id, activity_id) is None:
            _require_time(activity, now)
            if activity.state == "cancelled":
                raise ActivityClosed(title=activity.title, reason=listing.why_closed(now))
            if (reason := standing_of(person).why_not(activity)) is not None:
                raise NotEligible(title=activity.title, reason=reason)
            if listing.seats_left is not None and listing.seats_left <= listing.waiting:
                raise ActivityFull(title=activity.title, position=listing.waiting + 1)
            _book_at_the_door(person, activity, now, actor_id)
        return _check_in(person, get_listing(activity_id), "let_in", now, actor_id)


def by_staff(person: Person, activity_id: int, now: datetime, *, late: bool = False) -> Attendance:
    """Write down that somebody came, at any time until it is settled; without a booking they get one.

    Args:
        late: they came after it began.

    Raises:
        NotFound: there is no such activity.
        TooLateToCheckIn: it is settled.
        ActivityClosed: it was called off, or is not today.
    """
    with unit_of_work():
        activity = lock(activity_id)
        if activity.settled_at is not None:
            raise TooLateToCheckIn(title=activity.title)
        if activity.state in ("cancelled", "draft") or activity.starts_at - now > OPENS_BEFORE:
            raise ActivityClosed(title=activity.title, reason=get_listing(activity_id).why_closed(now) or "")
        booking = live_booking(person.id, activity_id)
        if booking is None:
            _book_at_the_door(person, activity, now, None)
        elif booking.state != "booked":
            booking.state = "booked"
            count_seats(activity)
        return _write(person, activity, "staff", now, None, late=late)


def _check_in(person: Person, listing: Listing, how: str, now: datetime, actor_id: int | None) -> Attendance:
    with unit_of_work() as session:
        activity = lock(listing.id)
        session.flush()
        if (known := attendance_of(person.id, activity.id)) is not None:
            return known
        _require_time(activity, now)
        booking = live_booking(person.id, activity.id)
        if booking is None or booking.state != "booked":
            position = place_in_queue(booking) if booking else 0
            raise NotBooked(title=activity.title, activity_id=activity.id, position=position)
        return _write(person, activity, how, now, actor_id, late=now > activity.starts_at)


def _write(
    person: Person, activity: Activity, how: str, now: datetime, actor_id: int | None, *, late: bool
) -> Attendance:
    with unit_of_work() as session:
        if (known := attendance_of(person.id, activity.id)) is not None:
            return known
        on_behalf = actor_id if actor_id != person.id else None
        attendance = Attendance(activity.id, person.id, now, how, late, on_behalf)
        session.add(attendance)
        session.flush()
        booking = live_booking(person.id, activity.id)
        if booking is not None:
            mark(booking, "已签到", now)
        return attendance


def _book_at_the_door(person: Person, activity: Activity, now: datetime, actor_id: int | None) -> Booking:
    """A place for somebody who is there without one; the activity is locked."""
    with unit_of_work() as session:
        receipt_no = next_receipt_no("booking", now)
        on_behalf = actor_id if actor_id != person.id else None
        matter = Matter(
            receipt_no, "booking", activity.title, IN_WORDS["booked"], now, now, person.id, on_behalf
        )
        session.add(matter)
        session.flush()
        booking = Booking(receipt_no, activity.id, person.id, "booked", queued_at=now, actor_id=on_behalf)
        session.add(booking)
        session.flush()
        count_seats(activity)
        return booking


def _require_time(activity: Activity, now: datetime) -> None:
    opens = activity.starts_at - OPENS_BEFORE
    if now < opens:
        raise NotYetTime(title=activity.title, when=moment_words(opens, local(now).date()))
    closes = activity.ends_at if activity.lasts else min(activity.starts_at + CLOSES_AFTER, activity.ends_at)
    if now > closes or activity.settled_at is not None:
        raise TooLateToCheckIn(title=activity.title)


def _window(now: datetime) -> tuple[object, ...]:
    c = activities.c
    return (
        c.state.in_(("open", "full", "closed", "held")),
        c.starts_at <= now + OPENS_BEFORE,
        c.ends_at > now - OPENS_BEFORE,
    )
