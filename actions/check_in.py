"""Checking in: 我到了, the code at the door, a place sent; and duties of standing posts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions import beneficiary, duties
from actions.handler import Handler
from actions.turn import Turn
from service import linking
from service.activities import checking_in, holdings
from service.activities.attendance_models import Attendance
from service.activities.listing import Listing, get_listing
from service.activities.refusals import NotBooked, PlaceUnknown, TooFarAway, WrongCode
from service.activities.schedule import live_booking, schedule
from service.clock import local, moment_words
from service.people.models import Person
from service.wording import phrase

_CODE = re.compile(r"(?<![0-9A-Z])(?:[0-9]{4,8}|[A-Z]{1,4}-?[0-9]{3,6})(?![0-9A-Z])")
_SPOKEN = str.maketrans("〇零幺一二两三四五六七八九", "0011223456789")
_SPOKEN_RUN = re.compile(r"[〇零幺一二两三四五六七八九]{4,8}")


class CheckIn(Handler):
    """Checks in by the code or place that came with the words, or asks for one."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_in"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        people = beneficiary.named(turn) or [turn.require_person()]
        if receipt_no := turn.entity("duty"):
            duties.record(turn, people[0], receipt_no)
        elif (code := turn.entity("code") or code_in(turn.text)) is not None:
            _by_code(turn, people, code)
        elif take_place(turn):
            return
        else:
            self._ask(turn, people)

    @staticmethod
    def _ask(turn: Turn, people: list[Person]) -> None:
        """Ask for what proves it, or say why there is nothing to check in to."""
        person = people[0]
        if duties.is_about(turn, person):
            duties.record_meant(turn, person)
            return
        here = _meant(turn, checking_in.expected_now(person.id, turn.now))
        open_ = [each for each in here if checking_in.attendance_of(person.id, each.id) is None]
        if open_:
            turn.set("check_in_for", {"people": beneficiary.ids(people), "activity": open_[0].id})
            turn.start_form("check_in_form")
        elif here:
            _say_checked_in(turn, people, here[0], again=True)
        elif holdings.held_by(person.id, turn.now):
            duties.record_meant(turn, person)
        else:
            _nothing_now(turn, person)


def _nothing_now(turn: Turn, person: Person) -> None:
    """Nothing of theirs is on: say what comes next, if anything, and that a code would do."""
    ahead = [each for each in schedule(person.id, turn.now) if each.position is None]
    if ahead:
        activity = ahead[0].listing.activity
        opens = activity.starts_at - checking_in.OPENS_BEFORE
        today = local(turn.now).date()
        turn.say(
            "check_in_too_early",
            title=activity.title,
            when=moment_words(activity.starts_at, today),
            opens=moment_words(opens, today),
        )
    else:
        turn.say("check_in_nothing")


class AskCode(Handler):
    """Asks for the code at the door."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_check_in_form_check_in_code"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        wanted = turn.slot("check_in_for") or {}
        listing = get_listing(int(wanted["activity"]))
        key = "ask_check_in_code" if checking_in.spot_of(listing) is None else "ask_check_in_code_or_place"
        turn.say(key, title=listing.activity.title)


class ValidateCheckInForm(FormValidationAction):
    """Takes the digits out of what is said while the code is asked for."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_check_in_form"

    async def extract_check_in_code(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The code, when the message holds one."""
        if tracker.get_slot("requested_slot") != "check_in_code":
            return {}
        code = code_in(str(tracker.latest_message.get("text") or ""))
        return {} if code is None else {"check_in_code": code}


class CheckedIn(Handler):
    """Checks in by the code that the form asked for."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_checked_in"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        wanted, code = turn.slot("check_in_for") or {}, str(turn.slot("check_in_code"))
        turn.set("check_in_code", None)
        people = beneficiary.of_ids(turn, wanted.get("people") or []) or [turn.require_person()]
        try:
            _by_code(turn, people, code)
        except WrongCode:
            # Asked once more: six digits read off a sheet go wrong easily.
            turn.say("refused_wrong_code")
            turn.start_form("check_in_form")


def code_in(words: str) -> str | None:
    """The code that the words hold, said in digits or in characters."""
    normal = unicodedata.normalize("NFKC", words).upper()
    spoken = _SPOKEN_RUN.sub(lambda run: run[0].translate(_SPOKEN), normal)
    found = _CODE.search(spoken)
    return found[0] if found else None


def take_place(turn: Turn) -> bool:
    """Check in by a place that was sent, if something of the person's is on now.

    Returns:
        Whether the place was taken for that.
    """
    spots = [each for each in turn.media if each.get("kind") == "location"]
    if not spots or turn.person is None or turn.open_form not in (None, "check_in_form"):
        return False
    people = beneficiary.of_ids(turn, (turn.slot("check_in_for") or {}).get("people") or []) or [turn.person]
    person = people[0]
    here = [
        each
        for each in checking_in.expected_now(person.id, turn.now)
        if checking_in.attendance_of(person.id, each.id) is None
    ]
    if not here:
        return False
    spot = checking_in.Spot(float(spots[0]["latitude"]), float(spots[0]["longitude"]))
    for listing in here:
        try:
            for each in people:
                checking_in.by_place(each, listing.id, spot, turn.now)
        except (PlaceUnknown, TooFarAway):
            if listing is here[-1]:
                raise
            continue
        turn.drop_form()
        _say_checked_in(turn, people, listing)
        return True
    return False


def _by_code(turn: Turn, people: list[Person], code: str) -> None:
    actor_id = turn.require_person().id
    with beneficiary.told():
        for person in people:
            with beneficiary.refusals_named(turn, person):
                try:
                    checking_in.by_code(person, code, turn.now, actor_id)
                except NotBooked as refusal:
                    if refusal.reasons["position"]:
                        raise
                    _offer_to_let_in(turn, people, refusal.reasons["activity_id"])
                    return
        _say_checked_in(turn, people, checking_in.with_code(code, turn.now))


def _offer_to_let_in(turn: Turn, people: list[Person], activity_id: int) -> None:
    listing = get_listing(activity_id)
    turn.confirm(
        "let_in",
        "let_in_read_back",
        {"activity_id": activity_id, "for": beneficiary.ids(people)},
        title=listing.activity.title,
        who=beneficiary.called(turn, people),
    )


def _let_in(turn: Turn, details: dict[str, Any]) -> None:
    """On yes: a place that is left, and checked in."""
    people = beneficiary.of_ids(turn, details["for"])
    for person in people:
        checking_in.let_in(person, details["activity_id"], turn.now, turn.require_person().id)
    _say_checked_in(turn, people, get_listing(details["activity_id"]))


def _say_checked_in(turn: Turn, people: list[Person], listing: Listing, *, again: bool = False) -> None:
    found: list[Attendance | None] = [checking_in.attendance_of(each.id, listing.id) for each in people]
    numbers = [booking.receipt_no for each in people if (booking := live_booking(each.id, listing.id))]
    late = any(each is not None and each.late for each in found)
    turn.set("activity", listing.id)
    turn.say(
        "checked_in_already" if again else "checked_in",
        who=beneficiary.called(turn, people),
        title=listing.activity.title,
        receipt_no="、".join(numbers),
        late=phrase("checked_in_late") if late else "",
    )


def _meant(turn: Turn, listings: list[Listing]) -> list[Listing]:
    """Those that the words name, else all."""
    if turn.is_press:
        return listings
    named = [
        each
        for each in listings
        if linking.mentions(turn.text, [each.activity.title, *each.activity.topics, each.place])
    ]
    return named or listings


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {"let_in": _let_in}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [CheckIn(), AskCode(), ValidateCheckInForm(), CheckedIn()]
