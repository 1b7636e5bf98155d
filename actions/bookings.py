"""Signing up and giving a place back: read back, yes or no, receipt, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions import enrolments
from actions.activity_meant import meant, wanted_of
from actions.activity_words import ask_which, button_words, lines_of, show_gone, show_next_best
from actions.handler import Handler
from actions.turn import Choice, Turn
from service.activities import booking as use_cases
from service.activities.listing import Listing, get_listing
from service.activities.models import LIVE, Booking
from service.activities.refusals import ActivityClosed, ActivityFull, BookingGone
from service.activities.schedule import Appointment, get_booking, live_booking, place_in_queue, schedule
from service.activities.search import SHOWN, bookable, next_best
from service.clock import local, moment_words
from service.people.models import Person
from service.wording import phrase


class BookActivity(Handler):
    """Links what was said to one activity and reads it back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_book_activity"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if enrolments.takes_over(turn, person):
            return
        if receipt_no := turn.entity("restore"):
            _restore(turn, person, receipt_no)
            return
        worth_offering = [each for each in meant(turn) if _could_book(each, person, turn)]
        # What was named and cannot be booked is refused with the reason.
        candidates = worth_offering or meant(turn, by_name_only=True)[:1]
        if len(candidates) == 1:
            _read_back(turn, person, candidates[0])
        elif candidates:
            ask_which(turn, "which_activity_to_book", candidates, "book_activity")
        else:
            self._nothing_meant(turn, person)

    @staticmethod
    def _nothing_meant(turn: Turn, person: Person) -> None:
        wanted = wanted_of(turn)
        offered = [each for each in bookable(person, turn.now) if _could_book(each, person, turn)]
        if wanted.narrows or not offered:
            show_next_best(turn, wanted, next_best(wanted, person, turn.now))
        else:
            ask_which(turn, "which_activity_to_book", offered, "book_activity")


def _could_book(listing: Listing, person: Person, turn: Turn) -> bool:
    """Whether it is worth offering; a clash or a full house is told when it is chosen."""
    open_to_them = listing.why_closed(turn.now) is None and listing.why_not_for(person) is None
    return open_to_them and live_booking(person.id, listing.id) is None


def _read_back(turn: Turn, person: Person, listing: Listing) -> None:
    """Ask for a yes, to a seat or to a place in the queue, once nothing else stands in the way."""
    turn.set("activity", listing.id)
    try:
        listing = use_cases.check(person, listing.id, turn.now)
    except ActivityClosed as closed:
        show_gone(turn, listing, str(closed.reasons["reason"]))
        return
    if listing.seats_left == 0:
        _offer_waiting(turn, listing)
        return
    lines = "\n".join(lines_of(listing, turn.now))
    details = {"activity_id": listing.id}
    turn.confirm("book", "booking_read_back", details, title=listing.activity.title, lines=lines)


def _offer_waiting(turn: Turn, listing: Listing) -> None:
    turn.confirm(
        "wait",
        "waiting_read_back",
        {"activity_id": listing.id},
        title=listing.activity.title,
        position=listing.waiting + 1,
        lines="\n".join(lines_of(listing, turn.now)),
    )


def book(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: book, or offer the queue when the last seat went in the meantime."""
    try:
        booking = use_cases.book(turn.require_person(), details["activity_id"], turn.now)
    except ActivityFull:
        _offer_waiting(turn, get_listing(details["activity_id"]))
        return
    _say_booked(turn, "booked", booking)


def wait(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: queue, or book when a seat came free in the meantime."""
    booking = use_cases.book(turn.require_person(), details["activity_id"], turn.now, wait=True)
    _say_booked(turn, booking.state, booking)


def _restore(turn: Turn, person: Person, receipt_no: str) -> None:
    """Undo giving a place back, or offer the queue when it is gone."""
    try:
        booking = use_cases.restore(person, receipt_no, turn.now)
    except ActivityFull:
        _offer_waiting(turn, get_listing(get_booking(person.id, receipt_no).activity_id))
        return
    _say_booked(turn, "restored", booking)


def _say_booked(turn: Turn, key: str, booking: Booking) -> None:
    listing = get_listing(booking.activity_id)
    turn.set("activity", listing.id)
    turn.say(
        key,
        [
            Choice(phrase("button_undo_booking"), "cancel_booking", {"undo": booking.receipt_no}),
            Choice(phrase("button_schedule"), "my_schedule"),
        ],
        receipt_no=booking.receipt_no,
        title=listing.activity.title,
        when=moment_words(listing.activity.starts_at, local(turn.now).date()),
        position=place_in_queue(booking) if booking.state == "waiting" else None,
        lines="\n".join(lines_of(listing, turn.now)),
    )


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
            _give_back(turn, person, receipt_no)
            return
        if receipt_no := turn.entity("receipt_no") or turn.entity("matter_no"):
            self._read_back(turn, get_booking(person.id, receipt_no))
            return
        mine = [a for a in schedule(person.id, turn.now) if a.listing.activity.starts_at > turn.now]
        if not mine:
            turn.say("nothing_to_give_back")
            return
        spoken_of = {listing.id for listing in meant(turn)}
        candidates = [appointment for appointment in mine if appointment.listing.id in spoken_of]
        if not candidates and not wanted_of(turn).narrows:
            candidates = mine
        if len(candidates) == 1:
            self._read_back(turn, candidates[0].booking)
        else:
            self._ask_which(turn, candidates or mine, known=bool(candidates))

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
    _give_back(turn, turn.require_person(), details["receipt_no"])


def _give_back(turn: Turn, person: Person, receipt_no: str) -> None:
    booking = use_cases.cancel_booking(person, receipt_no, turn.now)
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


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    "book": book,
    "wait": wait,
    "cancel_booking": cancel,
}


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [BookActivity(), CancelBooking()]
