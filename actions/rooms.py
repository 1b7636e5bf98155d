"""Rooms of venues: which hours are free, and taking one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from actions import beneficiary
from actions.activity_meant import wanted_of
from actions.turn import Choice, Turn
from service import clock
from service.activities import rooms
from service.clock import day_words, hour_words, local, moment_words
from service.wording import phrase

_SHOWN = 6
_DAYS_LOOKED_AT = 7


def take_up(turn: Turn) -> bool:
    """Read back the room and hours that the message names, or show which hours are free.

    Returns:
        Whether it names a room.
    """
    if (chosen := turn.entity("room_id")) is not None:
        found = [rooms.get_room(int(chosen))]
    else:
        found = [] if turn.is_press else rooms.rooms_named(turn.text)
    if not found:
        return False
    if len(found) > 1:
        turn.say(
            "which_room",
            [Choice(each.name, "book_activity", {"room_id": each.room.id}) for each in found[:5]],
        )
        return True
    span = _hours_said(turn)
    if span is None:
        show_free(turn, found[0])
    else:
        _read_back(turn, found[0], *span)
    return True


def held_and_named(turn: Turn, person_id: int) -> list[Any]:
    """The rooms that the person has and the message names."""
    named = {each.room.id for each in rooms.rooms_named(turn.text)}
    return [each for each in rooms.rooms_of(person_id, turn.now) if each.room_id in named]


def show_free(turn: Turn, listing: rooms.RoomListing) -> None:
    """The hours at which the room is free on the day asked about, or on the next day that has any."""
    day = wanted_of(turn).start or turn.now
    for later in range(_DAYS_LOOKED_AT):
        on = day + timedelta(days=later)
        slots = rooms.free_slots(listing.room.id, on, turn.now)[
            :: max(1, int(rooms.SLOT.total_seconds() // 3600))
        ]
        if slots:
            buttons = [
                Choice(
                    phrase("button_slot", start=hour_words(start), end=hour_words(start + rooms.SLOT)),
                    "book_activity",
                    {"room_id": listing.room.id, "starts": start.isoformat()},
                )
                for start in slots[:_SHOWN]
            ]
            has = "、".join(listing.room.equipment)
            turn.say(
                "room_free",
                buttons,
                room=listing.name,
                day=day_words(on, local(turn.now).date()),
                places=phrase("room_places", places=listing.room.places) if listing.room.places else "",
                has=phrase("room_has", things=has) if has else "",
            )
            return
    turn.say("room_never_free", room=listing.name, hours=listing.venue.opening_hours)


def _hours_said(turn: Turn) -> tuple[datetime, datetime] | None:
    """From when to when, if an hour was said; two hours when no end was."""
    if (pressed := turn.entity("starts")) is not None:
        start = clock.parse(pressed)
        return start, start + rooms.SLOT
    time = turn.time
    if time is None or time.get("grain") not in ("hour", "minute") or not time.get("start"):
        return None
    start = clock.parse(time["start"])
    end = clock.parse(time["end"]) if time.get("end") else start
    if end - start > rooms.LONGEST:
        # 下午 is no hour.
        return None
    return (start, end) if end > start else (start, start + rooms.SLOT)


def _read_back(turn: Turn, listing: rooms.RoomListing, start: datetime, end: datetime) -> None:
    people = beneficiary.named(turn) or [turn.require_person()]
    details = {
        "room_id": listing.room.id,
        "starts": start.isoformat(),
        "ends": end.isoformat(),
        "for": beneficiary.ids(people[:1]),
    }
    today = local(turn.now).date()
    taken = rooms.taken_between(listing.room.id, start, end)
    if taken:
        turn.say("refused_room_taken", room=listing.name, when=moment_words(start, today))
        show_free(turn, listing)
        return
    turn.confirm(
        "book_room",
        "room_read_back",
        details,
        room=listing.name,
        when=moment_words(start, today),
        until=hour_words(end),
        access=listing.venue.access or listing.venue.address,
    )


def _book(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: the room is theirs."""
    (person,) = beneficiary.of_ids(turn, details["for"])
    start, end = clock.parse(details["starts"]), clock.parse(details["ends"])
    actor_id = turn.require_person().id if person.id != turn.require_person().id else None
    booking = rooms.book_room(person, details["room_id"], start, end, turn.now, actor_id)
    turn.say(
        "room_booked",
        [Choice(phrase("button_give_back_room"), "cancel_booking", {"receipt_no": booking.receipt_no})],
        receipt_no=booking.receipt_no,
        room=rooms.get_room(booking.room_id).name,
        when=moment_words(start, local(turn.now).date()),
        until=hour_words(end),
    )


def read_back_cancelling(turn: Turn, booking: Any) -> None:
    """Ask for a yes to giving a room back."""
    turn.confirm(
        "cancel_room",
        "cancel_room_read_back",
        {"receipt_no": booking.receipt_no, "for": [booking.person_id]},
        room=rooms.get_room(booking.room_id).name,
        when=moment_words(booking.starts_at, local(turn.now).date()),
        receipt_no=booking.receipt_no,
    )


def _cancel(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: the room is free again."""
    (person,) = beneficiary.of_ids(turn, details["for"])
    booking = rooms.cancel_room(person, details["receipt_no"], turn.now)
    turn.say("room_given_back", room=rooms.get_room(booking.room_id).name, receipt_no=booking.receipt_no)


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"book_room": _book, "cancel_room": _cancel}
