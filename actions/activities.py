"""Finding activities, asking about one, and what one has signed up for."""

from __future__ import annotations

from actions import beneficiary, bookings, check_in, enrolments, entries, rooms
from actions.activity_meant import meant, wanted_of
from actions.activity_words import (
    ask_which,
    asked_words,
    choices,
    show_detail,
    show_found,
    show_next_best,
)
from actions.handler import Handler
from actions.turn import Turn
from service.activities.listing import get_listing
from service.activities.schedule import Appointment, schedule
from service.activities.search import SHOWN, bookable, next_best, search
from service.clock import day_words, local, moment_words
from service.wording import phrase

ACTS = {**bookings.ACTS, **check_in.ACTS}


class FindActivity(Handler):
    """Lists what fits, else what comes nearest."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_find_activity"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if (chosen := turn.chosen("activities")) is not None:
            show_detail(turn, get_listing(int(chosen), stranger=turn.person is None))
            return
        if turn.chosen("activities") is None and rooms.take_up(turn):
            return
        wanted = wanted_of(turn)
        found = search(wanted, turn.person, turn.now)
        if found.listings:
            show_found(turn, wanted, found)
        else:
            show_next_best(turn, wanted, next_best(wanted, turn.person, turn.now))


class AskActivityDetail(Handler):
    """Answers what was asked about one activity."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_activity_detail"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        if turn.entity("activity_id") is None and rooms.take_up(turn):
            return
        found = meant(turn)
        if len(found) == 1:
            show_detail(turn, found[0])
            return
        wanted = wanted_of(turn)
        if not found and wanted.narrows:
            show_next_best(turn, wanted, next_best(wanted, turn.person, turn.now))
            return
        offered = found or bookable(turn.person, turn.now)
        if offered:
            ask_which(turn, "which_activity_detail", offered, "ask_activity_detail")
        else:
            turn.say("activities_none")


class MySchedule(Handler):
    """Tells what the person has signed up for, all of it or on the days asked about."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_my_schedule"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person, wanted = (beneficiary.named(turn) or [turn.require_person()])[0], wanted_of(turn)
        if (chosen := turn.chosen("activities")) is not None:
            show_detail(turn, get_listing(int(chosen)))
            return
        ahead = schedule(person.id, turn.now)
        asked_for = schedule(person.id, max(wanted.start or turn.now, turn.now), wanted.end)
        asked = asked_words(wanted, turn.now) if wanted.start else ""
        shown = (asked_for or ahead)[:SHOWN]
        buttons = choices([each.listing for each in shown], "ask_activity_detail")
        lines = "\n".join(_line(place, each, turn) for place, each in enumerate(asked_for or ahead, 1))
        if asked_for:
            said = {"count": len(asked_for), "lines": lines, "today": _today(ahead, turn)}
            turn.say("schedule", buttons, asked=asked or phrase("from_now_on"), **said)
        elif ahead:
            turn.say("schedule_empty_but", buttons, asked=asked, lines=lines)
        else:
            turn.say("schedule_empty", asked=asked or phrase("now"))
        turn.show("activities", [each.listing.id for each in asked_for or ahead])
        enrolments.tell_schedule(turn, person)


_LINES = {
    "booked": "schedule_line",
    "waiting": "schedule_line_waiting",
    "entered": "schedule_line_entered",
}


def _line(number: int, appointment: Appointment, turn: Turn) -> str:
    activity = appointment.listing.activity
    return phrase(
        _LINES[appointment.booking.state],
        number=number,
        when=moment_words(activity.starts_at, local(turn.now).date()),
        title=activity.title,
        place=appointment.listing.place,
        position=appointment.position,
        receipt_no=appointment.booking.receipt_no,
    )


def _today(ahead: list[Appointment], turn: Turn) -> str:
    today = local(turn.now).date()
    count = sum(local(each.listing.activity.starts_at).date() == today for each in ahead)
    return phrase("today_busy" if count else "today_free", today=day_words(today), count=count)


def actions() -> list[Handler]:
    """The custom actions of this area."""
    return [
        FindActivity(),
        AskActivityDetail(),
        MySchedule(),
        *bookings.actions(),
        *check_in.actions(),
        *entries.actions(),
    ]
