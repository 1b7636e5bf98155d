"""Rooms of venues: who has one when; no two at one time, held under the room's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from service import linking
from service.activities.contest_models import RoomBooking, room_bookings
from service.activities.models import activities
from service.activities.refusals import (
    BookingGone,
    RoomClosed,
    RoomTaken,
    TooLateToCancel,
)
from service.clock import SHANGHAI, local, moment_words
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.organisations.models import Room, Venue, rooms, venues
from service.organisations.opening import is_open
from service.people.models import Person

LONGEST = timedelta(hours=4)
SLOT = timedelta(hours=2)
# 会议室 of 201会议室.
_KIND_OF_ROOM = 3


@dataclass(frozen=True)
class RoomListing:
    """A room with its venue."""

    room: Room
    venue: Venue

    @property
    def name(self) -> str:
        """As people say it: 老干部活动中心201会议室."""
        return f"{self.venue.name}{self.room.name}"


def get_room(room_id: int) -> RoomListing:
    """The room of that id.

    Raises:
        NotFound: there is none.
    """
    found = _read(rooms.c.id == room_id)
    if not found:
        raise NotFound()
    return found[0]


def rooms_named(sentence: str) -> list[RoomListing]:
    """The rooms that a sentence names: by its whole name, or with its venue by what kind of room it is."""
    found = []
    for each in _read():
        here = linking.mentions(sentence, [each.venue.name]) > 0
        whole = linking.mentions(sentence, [each.room.name]) > 0
        if whole or (here and linking.mentions(sentence, [each.room.name[-_KIND_OF_ROOM:]]) > 0):
            found.append((here, whole, each))
    best = max((rank[:2] for rank in found), default=None)
    return [each for here, whole, each in found if (here, whole) == best]


def book_room(
    person: Person,
    room_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    actor_id: int | None = None,
) -> RoomBooking:
    """Give the person the room for that time; the same again is the same booking.

    Raises:
        NotFound: there is no such room.
        RoomClosed: the venue is not open, or the time is past or too long.
        RoomTaken: somebody else has it then.
    """
    with unit_of_work() as session:
        listing = get_room(room_id)
        _lock(room_id)
        same = (
            (room_bookings.c.room_id == room_id)
            & (room_bookings.c.person_id == person.id)
            & (room_bookings.c.starts_at == starts_at)
            & (room_bookings.c.ends_at == ends_at)
            & room_bookings.c.cancelled_at.is_(None)
        )
        known = session.execute(select(RoomBooking).where(same)).scalars().first()
        if known is not None:
            return known
        if starts_at <= now or not timedelta(0) < ends_at - starts_at <= LONGEST:
            raise RoomClosed(room=listing.name, hours=listing.venue.opening_hours)
        if not is_open(listing.venue.opening_hours, starts_at, ends_at):
            raise RoomClosed(room=listing.name, hours=listing.venue.opening_hours)
        require_free(room_id, starts_at, ends_at)
        receipt_no = next_receipt_no("booking", now)
        when = moment_words(starts_at, local(now).date())
        session.add(
            Matter(
                receipt_no=receipt_no,
                kind="booking",
                subject=f"{listing.name}，{when}",
                state="已预订",
                created_at=now,
                changed_at=now,
                person_id=person.id,
                actor_id=actor_id,
            )
        )
        session.flush()
        booking = RoomBooking(receipt_no, room_id, person.id, starts_at, ends_at, now, actor_id)
        session.add(booking)
        session.flush()
        return booking


def cancel_room(person: Person, receipt_no: str, now: datetime) -> RoomBooking:
    """Give a room back.

    Raises:
        NotFound: the person has no such booking.
        BookingGone: it was given back already.
        TooLateToCancel: its time has begun.
    """
    with unit_of_work() as session:
        booking = get_room_booking(person.id, receipt_no)
        _lock(booking.room_id)
        session.refresh(booking)
        name = get_room(booking.room_id).name
        if booking.cancelled_at is not None:
            raise BookingGone(title=name, receipt_no=booking.receipt_no)
        if booking.starts_at <= now:
            raise TooLateToCancel(title=name)
        booking.cancelled_at = now
        matter = session.execute(
            select(Matter).where(matters.c.receipt_no == booking.receipt_no)
        ).scalar_one()
        matter.state, matter.changed_at = "已取消", now
        session.flush()
        return booking


def get_room_booking(person_id: int, receipt_no: str) -> RoomBooking:
    """The person's room booking of that number.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        query = select(RoomBooking).where(
            room_bookings.c.receipt_no == receipt_no.strip().upper(), room_bookings.c.person_id == person_id
        )
        booking = session.execute(query).scalars().first()
        if booking is None:
            raise NotFound()
        return booking


def rooms_of(person_id: int, now: datetime) -> list[RoomBooking]:
    """The rooms that the person has, the soonest first."""
    with reading() as session:
        query = select(RoomBooking).where(
            room_bookings.c.person_id == person_id,
            room_bookings.c.cancelled_at.is_(None),
            room_bookings.c.ends_at > now,
        )
        return list(session.execute(query.order_by(room_bookings.c.starts_at)).scalars())


def free_slots(room_id: int, day: datetime, now: datetime) -> list[datetime]:
    """When, on the day of that moment, the room is free for SLOT, on the hour."""
    listing = get_room(room_id)
    taken = taken_between(room_id, day, day + timedelta(days=1))
    morning = datetime.combine(local(day).date(), datetime.min.time(), SHANGHAI)
    starts = [morning + timedelta(hours=hour) for hour in range(24)]
    return [
        start
        for start in starts
        if start > now
        and is_open(listing.venue.opening_hours, start, start + SLOT)
        and not any(begin < start + SLOT and start < end for begin, end in taken)
    ]


def hold_for_activity(venue_id: int | None, name: str, starts_at: datetime, ends_at: datetime) -> int:
    """The room of that name, free for an activity at that time and locked.

    Raises:
        ValueError: the venue has no such room.
        RoomTaken: somebody has it then.
    """
    found = _read(rooms.c.venue_id == venue_id, rooms.c.name == name)
    if not found:
        raise ValueError("unknown room")
    _lock(found[0].room.id)
    require_free(found[0].room.id, starts_at, ends_at)
    return found[0].room.id


def require_free(
    room_id: int, starts_at: datetime, ends_at: datetime, but_for_activity: int | None = None
) -> None:
    """Lock the room and see that nobody has it then.

    Raises:
        RoomTaken: somebody has.
    """
    _lock(room_id)
    if taken_between(room_id, starts_at, ends_at, but_for_activity):
        raise RoomTaken(room=get_room(room_id).name, when=moment_words(starts_at))


def taken_between(
    room_id: int, start: datetime, end: datetime, but_for_activity: int | None = None
) -> Sequence[tuple[datetime, datetime]]:
    """When the room is taken between two moments, by people and by activities."""
    c, a = room_bookings.c, activities.c
    by_people = select(c.starts_at, c.ends_at).where(
        c.room_id == room_id, c.cancelled_at.is_(None), c.starts_at < end, c.ends_at > start
    )
    by_activities = select(a.starts_at, a.ends_at).where(
        a.room_id == room_id, a.state != "cancelled", a.starts_at < end, a.ends_at > start
    )
    if but_for_activity is not None:
        by_activities = by_activities.where(a.id != but_for_activity)
    with reading() as session:
        return [tuple(row) for query in (by_people, by_activities) for row in session.execute(query)]


def _lock(room_id: int) -> None:
    with unit_of_work() as session:
        session.execute(select(rooms.c.id).where(rooms.c.id == room_id).with_for_update())


def _read(*conditions: object) -> list[RoomListing]:
    with reading() as session:
        query = select(Room, Venue).join(venues, venues.c.id == rooms.c.venue_id).where(*conditions)
        return [RoomListing(room, venue) for room, venue in session.execute(query.order_by(rooms.c.id))]
