"""Signing up: read back, yes or no, receipt, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions import beneficiary, cancelling, enrolments, entries, posts, rooms
from actions.activity_meant import meant, wanted_of
from actions.activity_words import ask_which, lines_of, show_gone, show_next_best
from actions.handler import Handler
from actions.turn import Choice, Turn
from service.activities import booking as use_cases
from service.activities.listing import Listing, get_listing
from service.activities.models import Booking
from service.activities.refusals import ActivityClosed, ActivityFull
from service.activities.schedule import get_booking, live_booking, place_in_queue
from service.activities.search import bookable, next_best
from service.clock import local, moment_words
from service.db import savepoint
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
            _restore(turn, cancelling.owner_of(turn, receipt_no), receipt_no)
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


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    **rooms.ACTS,
    **posts.ACTS,
    **entries.ACTS,
    **cancelling.ACTS,
    "book": book,
    "wait": wait,
}


def actions() -> list[Handler]:
    """The custom actions of this module."""
    return [BookActivity(), *cancelling.actions()]
