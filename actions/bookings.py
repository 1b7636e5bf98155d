"""Signing up and giving a place back: read back, yes or no, receipt, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions import beneficiary, enrolments, entries, posts, rooms
from actions.activity_meant import meant, wanted_of
from actions.activity_words import ask_which, button_words, lines_of, show_gone, show_next_best
from actions.handler import Handler
from actions.turn import Choice, Turn
from service.activities import booking as use_cases
from service.activities.contests import get_entry
from service.activities.listing import Listing, get_listing
from service.activities.models import LIVE, Booking
from service.activities.posts import get_claim
from service.activities.refusals import ActivityClosed, ActivityFull, BookingGone
from service.activities.rooms import get_room_booking, rooms_of
from service.activities.schedule import Appointment, get_booking, live_booking, place_in_queue, schedule
from service.activities.search import SHOWN, bookable, next_best
from service.clock import local, moment_words
from service.db import savepoint
from service.errors import NotFound
from service.matters.queries import belongs_to, normal_no
from service.messages import chats
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
            _restore(turn, owner_of(turn, receipt_no), receipt_no)
            return
        if posts.take_up(turn) or rooms.take_up(turn) or entries.take_up(turn):
            return
        worth_offering = [each for each in meant(turn) if _could_book(each, person, turn)]
        # What was named and cannot be booked is refused with the reason.
        candidates = worth_offering or meant(turn, by_name_only=True)[:1]
        if len(candidates) == 1:
            _for_whom(turn, candidates[0])
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
    if listing.why_closed(turn.now) is not None:
        return False
    people = [person, *chats.people_of(turn.chat)]
    return any(
        listing.why_not_for(each) is None and live_booking(each.id, listing.id) is None for each in people
    )


def _for_whom(turn: Turn, listing: Listing) -> None:
    """Read back for whom the message says it is; in a shared chat ask when it does not say."""
    people = beneficiary.named(turn)
    if people is None:
        turn.set("activity", listing.id)
        beneficiary.ask_for_whom(turn, "book_for_whom", "book_activity", {"activity_id": listing.id})
        return
    with beneficiary.told():
        _read_back(turn, people, listing)


def _read_back(turn: Turn, people: list[Person], listing: Listing) -> None:
    """Ask for a yes, to a seat, a place in the draw or in the queue, once nothing else stands in the way."""
    turn.set("activity", listing.id)
    for person in people:
        try:
            with beneficiary.refusals_named(turn, person):
                listing = use_cases.check(person, listing.id, turn.now)
        except ActivityClosed as closed:
            show_gone(turn, listing, str(closed.reasons["reason"]))
            return
    if listing.seats_left is not None and listing.seats_left < len(people) and not listing.by_lot:
        _offer_waiting(turn, people, listing)
        return
    lines = "\n".join(lines_of(listing, turn.now))
    details = {"activity_id": listing.id, "for": beneficiary.ids(people)}
    key = "draw_read_back" if listing.by_lot else "booking_read_back"
    draw_at = listing.activity.draw_at
    turn.confirm(
        "book",
        key,
        details,
        who=beneficiary.called(turn, people),
        title=listing.activity.title,
        lines=lines,
        draw=moment_words(draw_at, local(turn.now).date()) if draw_at else "",
    )


def _offer_waiting(turn: Turn, people: list[Person], listing: Listing) -> None:
    turn.confirm(
        "wait",
        "waiting_read_back",
        {"activity_id": listing.id, "for": beneficiary.ids(people)},
        who=beneficiary.called(turn, people),
        title=listing.activity.title,
        position=listing.waiting + 1,
        lines="\n".join(lines_of(listing, turn.now)),
    )


def book(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: book, or offer the queue when the last seat went in the meantime."""
    people = beneficiary.of_ids(turn, details["for"])
    try:
        with savepoint():
            made = [_book_one(turn, person, details["activity_id"], wait=False) for person in people]
    except ActivityFull:
        _offer_waiting(turn, people, get_listing(details["activity_id"]))
        return
    _say_booked(turn, "entered_draw" if made[0].state == "entered" else "booked", made, people)


def wait(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: queue, or book when a seat came free in the meantime."""
    people = beneficiary.of_ids(turn, details["for"])
    made = [_book_one(turn, person, details["activity_id"], wait=True) for person in people]
    key = "booked" if all(each.state == "booked" for each in made) else "waiting"
    _say_booked(turn, key, made, people)


def _book_one(turn: Turn, person: Person, activity_id: int, *, wait: bool) -> Booking:
    return use_cases.book(person, activity_id, turn.now, actor_id=turn.require_person().id, wait=wait)


def _restore(turn: Turn, person: Person, receipt_no: str) -> None:
    """Undo giving a place back, or offer the queue when it is gone."""
    try:
        booking = use_cases.restore(person, receipt_no, turn.now)
    except ActivityFull:
        listing = get_listing(get_booking(person.id, receipt_no).activity_id)
        _offer_waiting(turn, [person], listing)
        return
    _say_booked(turn, "restored", [booking], [person])


def owner_of(turn: Turn, receipt_no: str) -> Person:
    """Whose booking it is, of those whom the chat speaks for; whoever writes, when it is none's."""
    speaker = turn.require_person()
    for person in [speaker, *chats.people_of(turn.chat)]:
        if belongs_to(person.id, receipt_no):
            return person
    return speaker


def _say_booked(turn: Turn, key: str, made: list[Booking], people: list[Person]) -> None:
    listing = get_listing(made[0].activity_id)
    turn.set("activity", listing.id)
    numbers = "、".join(booking.receipt_no for booking in made)
    waiting = [booking for booking in made if booking.state == "waiting"]
    draw_at = listing.activity.draw_at
    today = local(turn.now).date()
    undo = [Choice(phrase("button_undo_booking"), "cancel_booking", {"undo": made[0].receipt_no})]
    speaker = turn.require_person()
    turn.say(
        key,
        [*(undo if len(made) == 1 else []), Choice(phrase("button_schedule"), "my_schedule")],
        receipt_no=numbers,
        who="" if [person.id for person in people] == [speaker.id] else beneficiary.called(turn, people),
        title=listing.activity.title,
        when=moment_words(listing.activity.starts_at, today),
        position=place_in_queue(waiting[0]) if waiting else None,
        draw=moment_words(draw_at, today) if draw_at else "",
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
            _give_back(turn, owner_of(turn, receipt_no), receipt_no)
            return
        if receipt_no := turn.entity("receipt_no") or turn.entity("matter_no"):
            self._by_number(turn, receipt_no)
            return
        people = beneficiary.anybody_here(turn)
        if len(held := posts.held_and_named(turn, people)) == 1:
            posts.read_back_handing(turn, held[0].person, held[0].claim.receipt_no)
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


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    **rooms.ACTS,
    **posts.ACTS,
    **entries.ACTS,
    "book": book,
    "wait": wait,
    "cancel_booking": cancel,
}


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [BookActivity(), CancelBooking()]
