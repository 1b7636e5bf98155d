"""Giving a place back, and whatever else stands under a number: read back, yes or no, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions import beneficiary, enrolments, entries, posts, rooms
from actions.activity_meant import meant, wanted_of
from actions.activity_words import button_words
from actions.handler import Handler
from actions.turn import Choice, Turn
from service.activities import booking as use_cases
from service.activities.contests import get_entry
from service.activities.listing import get_listing
from service.activities.models import LIVE, Booking
from service.activities.posts import get_claim
from service.activities.refusals import BookingGone
from service.activities.rooms import get_room_booking, rooms_of
from service.activities.schedule import Appointment, get_booking, schedule
from service.activities.search import SHOWN
from service.clock import local, moment_words
from service.errors import NotFound
from service.matters.queries import belongs_to, normal_no
from service.messages import chats
from service.people.models import Person
from service.wording import phrase


class CancelBooking(Handler):
    """Finds the booking that is meant and reads it back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_cancel_booking"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if enrolments.takes_back(turn, person):
            return
        if receipt_no := turn.entity("undo"):
            _give_back(turn, owner_of(turn, receipt_no), receipt_no)
            return
        if receipt_no := turn.entity("receipt_no") or turn.entity("matter_no"):
            self._by_number(turn, receipt_no)
            return
        people = beneficiary.anybody_here(turn)
        if len(held := posts.held_and_named(turn, people)) == 1:
            posts.read_back_handing(turn, held[0].person, held[0].claim.receipt_no)
            return
        if len(booked := rooms.held_and_named(turn, person.id)) == 1:
            rooms.read_back_cancelling(turn, booked[0])
            return
        mine = [
            a
            for each in people
            for a in schedule(each.id, turn.now)
            if a.listing.activity.starts_at > turn.now
        ]
        if not mine:
            self._rooms_or_nothing(turn, person)
            return
        spoken_of = {listing.id for listing in meant(turn)}
        candidates = [appointment for appointment in mine if appointment.listing.id in spoken_of]
        if not candidates and not wanted_of(turn).narrows:
            candidates = mine
        if len(candidates) == 1:
            self._read_back(turn, candidates[0].booking)
        else:
            self._ask_which(turn, candidates or mine, known=bool(candidates))

    def _by_number(self, turn: Turn, words: str) -> None:
        """Read back what stands under a number: a place, a room, a post or a work."""
        receipt_no = normal_no(words) or words
        person = owner_of(turn, receipt_no)
        readers: list[tuple[Callable[[int, str], Any], Callable[[Any], None]]] = [
            (get_booking, lambda found: self._read_back(turn, found)),
            (get_room_booking, lambda found: rooms.read_back_cancelling(turn, found)),
            (get_claim, lambda found: posts.read_back_handing(turn, person, found.receipt_no)),
            (get_entry, lambda found: entries.read_back_withdrawing(turn, found)),
        ]
        for find, read_back in readers:
            try:
                found = find(person.id, receipt_no)
            except NotFound:
                continue
            read_back(found)
            return
        raise NotFound()

    @staticmethod
    def _rooms_or_nothing(turn: Turn, person: Person) -> None:
        """With no place to give back, there may be one room."""
        booked = rooms_of(person.id, turn.now)
        if len(booked) == 1:
            rooms.read_back_cancelling(turn, booked[0])
        else:
            turn.say("nothing_to_give_back")

    @staticmethod
    def _ask_which(turn: Turn, appointments: list[Appointment], known: bool) -> None:
        shown = appointments[:SHOWN]
        buttons = [
            Choice(
                button_words(place, each.listing),
                "cancel_booking",
                {"receipt_no": each.booking.receipt_no},
            )
            for place, each in enumerate(shown, 1)
        ]
        more = phrase("and_more", rest=len(appointments) - SHOWN) if len(appointments) > SHOWN else ""
        turn.say("which_booking_to_cancel" if known else "not_booked_that", buttons, more=more)
        turn.show("activities", [each.listing.id for each in shown])

    @staticmethod
    def _read_back(turn: Turn, booking: Booking) -> None:
        activity = get_listing(booking.activity_id).activity
        turn.set("activity", activity.id)
        if booking.state not in LIVE:
            raise BookingGone(title=activity.title, receipt_no=booking.receipt_no)
        turn.confirm(
            "cancel_booking",
            "cancel_read_back",
            {"receipt_no": booking.receipt_no},
            title=activity.title,
            when=moment_words(activity.starts_at, local(turn.now).date()),
            receipt_no=booking.receipt_no,
        )


def cancel(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: give the place back."""
    _give_back(turn, owner_of(turn, details["receipt_no"]), details["receipt_no"])


def _give_back(turn: Turn, person: Person, receipt_no: str) -> None:
    booking = use_cases.cancel_booking(person, receipt_no, turn.now, actor_id=turn.require_person().id)
    activity = get_listing(booking.activity_id).activity
    undo = [Choice(phrase("button_undo_cancelling"), "book_activity", {"restore": receipt_no})]
    turn.say(
        "booking_cancelled",
        [
            *(undo if use_cases.can_restore(booking, turn.now) else []),
            Choice(phrase("button_other_activities"), "find_activity"),
        ],
        receipt_no=booking.receipt_no,
        title=activity.title,
        when=moment_words(activity.starts_at, local(turn.now).date()),
    )


def owner_of(turn: Turn, receipt_no: str) -> Person:
    """Whose booking it is, of those whom the chat speaks for; whoever writes, when it is none's."""
    speaker = turn.require_person()
    for person in [speaker, *chats.people_of(turn.chat)]:
        if belongs_to(person.id, receipt_no):
            return person
    return speaker


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"cancel_booking": cancel}


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [CancelBooking()]
