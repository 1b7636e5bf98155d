"""Study reminders, and being left in peace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.handler import Handler
from actions.turn import Turn
from service import clock, wording
from service.people import preferences
from service.study import recurrence, reminders

# Said at any hour, these keep the night quiet.
_NIGHT = (21, 8)


class SetStudyReminder(Handler):
    """Reads back the time said, or asks for one."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_set_study_reminder"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        if turn.entity("go_on"):
            if reminders.go_on(person.id, turn.now):
                turn.say("reminder_goes_on", when=recurrence.words(reminders.of_person(person.id).rrule))
            else:
                turn.say("reminder_none_to_go_on")
            return
        rrule = turn.entity("rrule") or rrule_of(turn.time)
        if rrule is None:
            turn.set("reminder_time", None)
            turn.start_form("reminder_form")
            return
        if turn.open_form == "reminder_form":
            turn.drop_form()
        _read_back(turn, rrule)


class AskReminderTime(Handler):
    """Asks when."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_reminder_form_reminder_time"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        turn.say("ask_reminder_time")


class ValidateReminderForm(FormValidationAction):
    """Takes a time out of whatever is said while the form is open."""

    def name(self) -> str:
        """Its name in the domain."""
        return "validate_reminder_form"

    async def extract_reminder_time(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The rule of the time that was said."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if tracker.get_slot("requested_slot") != "reminder_time" or intent == "set_study_reminder":
            return {}
        entities = tracker.latest_message.get("entities") or []
        times = (entity.get("resolved") for entity in entities if entity["entity"] == "time")
        rrule = rrule_of(next((time for time in times if time), None))
        return {"reminder_time": rrule} if rrule else {}


class ReadBackReminder(Handler):
    """Reads back the time that the form asked for."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_read_back_reminder"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        rrule = str(turn.slot("reminder_time"))
        turn.set("reminder_time", None)
        _read_back(turn, rrule)


class StopReminders(Handler):
    """Stops study reminders, keeps hours quiet, or stops everything unasked."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_stop_reminders"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        person = turn.require_person()
        which = turn.entity("which")
        if which == "study" or (which is None and "学习" in turn.text):
            stopped = reminders.stop(person.id, turn.now)
            turn.say("study_reminder_stopped" if stopped else "study_reminder_none")
        elif which == "all":
            turn.confirm("stop_all", "stop_all_read_back", {})
        elif which == "night" or turn.time is not None:
            start, end = _NIGHT if turn.time is None else _quiet_hours(turn.time)
            turn.confirm("keep_quiet", "quiet_read_back", {"start": start, "end": end}, start=start, end=end)
        else:
            turn.say("ask_which_stop")


def rrule_of(time: dict[str, Any] | None) -> str | None:
    """The rule to be reminded by: the time's own, or once at a time of a clock; None without an hour."""
    if time is None:
        return None
    if rrule := time.get("rrule"):
        return str(rrule) if "BYHOUR" in rrule else None
    return None


def _quiet_hours(time: dict[str, Any]) -> tuple[int, int]:
    """From the hour said until the end of the span said; until the morning when no end was said, or midnight."""
    start, end = clock.parse(time["start"]), clock.parse(time["end"])
    return start.hour, end.hour if start < end and end.hour not in (0, start.hour) else _NIGHT[1]


def _read_back(turn: Turn, rrule: str) -> None:
    earlier = reminders.of_person(turn.require_person().id)
    instead = (
        wording.phrase("reminder_instead", when=recurrence.words(earlier.rrule))
        if earlier is not None
        else ""
    )
    turn.confirm(
        "set_reminder", "reminder_read_back", {"rrule": rrule}, instead=instead, **_words(turn, rrule)
    )


def _words(turn: Turn, rrule: str) -> dict[str, str]:
    first = recurrence.following(rrule, turn.now)
    return {"when": recurrence.words(rrule), "first": clock.moment_words(first) if first else ""}


def _set_reminder(turn: Turn, details: dict[str, Any]) -> None:
    reminders.set_reminder(turn.require_person().id, details["rrule"], turn.now)
    turn.say("reminder_set", **_words(turn, details["rrule"]))


def _keep_quiet(turn: Turn, details: dict[str, Any]) -> None:
    preferences.keep_quiet(turn.require_person().id, details["start"], details["end"])
    turn.say("quiet_set", **details)


def _stop_all(turn: Turn, details: dict[str, Any]) -> None:
    preferences.stop_all(turn.require_person().id, turn.now)
    turn.say("all_stopped")


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    "set_reminder": _set_reminder,
    "keep_quiet": _keep_quiet,
    "stop_all": _stop_all,
}


def actions() -> list[Any]:
    """The custom actions of this module."""
    return [
        SetStudyReminder(),
        AskReminderTime(),
        ValidateReminderForm(),
        ReadBackReminder(),
        StopReminders(),
    ]
